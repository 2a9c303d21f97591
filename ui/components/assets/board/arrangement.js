// Which card stands where: what Python said, with moves laid over it. Knows nothing of the screen.
import { required } from "../dom.js"

/**
 * @typedef {object} Lane
 * @property {number} id
 * @property {string} name
 * @property {string} kind
 * @property {number} count  of all tickets in it, drawn or not
 * @property {string} more_href
 * @property {number | null} limit
 * @property {number[] | null} goals  lanes to which its cards may go; null when they keep still
 */
/** @typedef {{ id: string, label: string }} Group */
/**
 * @typedef {object} Card
 * @property {number} number
 * @property {string} href
 * @property {string} title
 * @property {number} lane
 * @property {string} group
 * @property {string} priority
 * @property {string} category
 * @property {string} assignee
 * @property {string} initials
 * @property {number} tone
 * @property {string} updated
 * @property {number} version
 * @property {boolean} unread
 * @property {string} blocked
 * @property {boolean} confidential
 * @property {string} clock
 * @property {boolean} assigns
 */
/** @typedef {{ lane: number, group: string, cards: Card[] }} Cell */
/** @typedef {{ lane: number, group: string, index: number }} Place */
/** @typedef {Place & { of: number }} Standing */
/** @typedef {{ to: number, before: number | null, after?: number | null }} Goal  before and after: the cards there */
/** @typedef {Goal & { number: number }} Laid */
/** @typedef {Laid & { seen: number, turn?: number }} Move */
/**
 * A card that was picked up; without a goal it would go back to where it was.
 *
 * @typedef {{ number: number, seen: number, home: Standing, goal: Goal | null }} Carried
 */
/**
 * @typedef {object} BoardData
 * @property {string} label
 * @property {Lane[]} lanes
 * @property {Group[]} groups
 * @property {Card[]} cards
 * @property {string} refused
 * @property {Move | null} asked
 * @property {number} turn
 */

export class Arrangement {
  /**
   * @param {Pick<BoardData, "lanes" | "groups" | "cards">} data
   * @param {Iterable<Laid>} moves
   */
  constructor({ lanes, groups, cards }, moves) {
    this.groups = groups.length ? groups.map(({ id }) => id) : [""]
    /** @type {Map<string, Cell>} */
    this.cells = new Map()
    this.counts = new Map(lanes.map((lane) => [lane.id, lane.count]))
    for (const group of this.groups) {
      for (const lane of lanes) this.cells.set(place(lane.id, group), { lane: lane.id, group, cards: [] })
    }
    for (const card of cards) {
      this.cells.get(place(card.lane, groups.length ? card.group : ""))?.cards.push(card)
    }
    for (const move of moves) this.apply(move)
    /** @type {Map<number, Cell>} */
    this.places = new Map()
    for (const cell of this.cells.values()) cell.cards.forEach((card) => this.places.set(card.number, cell))
  }

  /** @param {Laid} move */
  apply({ number, to, before, after }) {
    const from = [...this.cells.values()].find((cell) => cell.cards.some((card) => card.number === number))
    const goal = from && this.cells.get(place(to, from.group))
    if (!goal) return
    const [card] = from.cards.splice(index(from, number), 1)
    const above = index(goal, before)
    const below = index(goal, after) + 1
    const top = before != null && after == null // what stood below it has gone: it is the first all the same
    goal.cards.splice(above >= 0 ? above : below || (top ? 0 : goal.cards.length), 0, card)
    this.counts.set(from.lane, this.count(from.lane) - 1)
    this.counts.set(to, this.count(to) + 1)
  }

  /**
   * @param {number} lane
   * @param {string} group
   */
  cell(lane, group) {
    return this.cells.get(place(lane, group))
  }

  /**
   * How many tickets are in a lane, drawn or not.
   *
   * @param {number} lane
   */
  count(lane) {
    return required(this.counts.get(lane))
  }

  /**
   * @param {number} number
   * @returns {Standing}
   */
  at(number) {
    const cell = required(this.places.get(number))
    return { lane: cell.lane, group: cell.group, index: index(cell, number), of: cell.cards.length }
  }

  /**
   * The card at a place, or the last one above it.
   *
   * @param {Place} place
   */
  near({ lane, group, index: wanted }) {
    const cards = this.cell(lane, group)?.cards ?? []
    return cards.at(Math.min(wanted, cards.length - 1))
  }

  /** @param {number} number */
  key(number) {
    const cell = this.places.get(number)
    return cell && place(cell.lane, cell.group)
  }

  /**
   * What a card would say of itself if it were put at this index of a cell.
   *
   * @param {Place} place
   * @param {number} number
   * @returns {Goal}
   */
  goal({ lane, group, index: wanted }, number) {
    const others = required(this.cell(lane, group)).cards.filter((card) => card.number !== number)
    return { to: lane, before: others[wanted]?.number ?? null, after: others[wanted - 1]?.number ?? null }
  }

  /**
   * Numbers of the cards that stand in another cell than before, and of those that are watched anyway.
   *
   * @param {Arrangement} before
   * @param {Set<number>} watched
   */
  changes(before, watched) {
    return [...this.places].filter(([number, { lane, group }]) => {
      const was = before.places.get(number)
      return was && (watched.has(number) || was.lane !== lane || was.group !== group)
    }).map(([number]) => number)
  }
}

/** @type {(lane: number, group: string) => string} */
const place = (lane, group) => `${lane} ${group}`
/** @type {(cell: Cell, number: number | null | undefined) => number} */
const index = ({ cards }, number) => (number == null ? -1 : cards.findIndex((card) => card.number === number))
