// The board without a pointer: arrows walk, Space picks up and drops, Escape puts back.
import { find, part, required, targetOf } from "../dom.js"
import { numberOf } from "./card.js"
import * as words from "./words.js"
/** @import { Board } from "../board.js" */
/** @import { Card } from "./arrangement.js" */

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }

export class Keys {
  /** @param {Board} board */
  constructor(board) {
    this.board = board
    board.root.addEventListener("keydown", (event) => this.press(event))
    board.root.addEventListener("focusout", (event) => this.leave(event))
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { board } = this
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || board.drag.on) return
    if (!targetOf(event).matches?.(".title")) return
    const number = numberOf(targetOf(event))
    const act = this.act(event.key, number)
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }

  /**
   * @param {string} key
   * @param {number} number
   * @returns {(() => void) | undefined}
   */
  act(key, number) {
    const { board } = this
    const { carried } = board
    const assign = !carried && key === "a" && find(board.elements.get(number), ".assign")
    if (assign) return () => assign.click()
    if (key === " ") return () => (carried ? board.drop() : this.lift(number))
    if (carried && key === "Enter") return () => board.drop()
    if (carried && key === "Escape") return () => board.cancel()
    if (STEPS[key]) return () => (carried ? this.carry(...STEPS[key]) : this.walk(number, ...STEPS[key]))
    if (!carried && key === "Home") {
      return () => this.look(board.shown.near({ ...board.shown.at(number), index: 0 }))
    }
    if (!carried && key === "End") {
      return () => this.look(board.shown.near({ ...board.shown.at(number), index: Infinity }))
    }
  }

  /** @param {number} number */
  lift(number) {
    const { board } = this
    if (!board.movable(number)) return board.say(words.fixed(number, board.where(number).lane))
    board.lift(number).goal = board.shown.goal(board.shown.at(number), number)
    board.draw()
    board.say(words.picked(number, board.card(number).title, board.where(number)))
  }

  /**
   * To the next card in the lane, or to the next lane that has one in this row.
   *
   * @param {number} number
   * @param {number} across
   * @param {number} down
   */
  walk(number, across, down) {
    const { board } = this
    const at = board.shown.at(number)
    const index = at.index + down
    if (down && index >= 0 && index < at.of) return this.look(board.shown.near({ ...at, index }))
    for (const cell of down ? this.column(at, down) : this.line(at, across)) {
      const card = board.shown.near({ ...cell, index: down < 0 ? Infinity : down ? 0 : at.index })
      if (card) return this.look(card)
    }
  }

  /**
   * @param {{ lane: number, group: string }} cell
   * @param {number} step
   */
  line({ lane, group }, step) {
    const ids = this.board.data.lanes.map(({ id }) => id)
    return ahead(ids, lane, step).map((id) => ({ lane: id, group }))
  }

  /**
   * @param {{ lane: number, group: string }} cell
   * @param {number} step
   */
  column({ lane, group }, step) {
    const { shown, frame } = this.board
    return ahead(shown.groups, group, step).filter((id) => !frame.folded.has(id)).map((id) => ({
      lane,
      group: id,
    }))
  }

  /** @param {Card | undefined} card */
  look(card) {
    const element = card && this.board.elements.get(card.number)
    if (element) part(element, ".title").focus({ preventScroll: true })
    element?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  /**
   * @param {number} across
   * @param {number} down
   */
  carry(across, down) {
    const { board } = this
    const { number, home } = required(board.carried)
    const at = board.shown.at(number)
    const cell = across ? this.line(at, across).find(({ lane }) => board.may(home.lane, lane)) : at
    if (!cell) return board.say(words.nowhere(number))
    const { cards } = required(board.shown.cell(cell.lane, cell.group))
    const room = cards.length - (cell.lane === at.lane ? 1 : 0)
    const index = across ? Math.min(at.index, room) : at.index + down
    if (index < 0 || index > room) return board.say(words.nowhere(number))
    board.carry(board.shown.goal({ ...cell, index }, number))
    board.elements.get(number)?.scrollIntoView({ block: "nearest", inline: "nearest" })
    board.say(words.carried(board.where(number)))
  }

  /**
   * Who goes elsewhere in the middle of a move has not decided for it.
   *
   * @param {FocusEvent} event
   */
  leave({ relatedTarget }) {
    const { board } = this
    if (!board.carried || board.drag.on || board.root.contains(/** @type {Node | null} */ (relatedTarget))) {
      return
    }
    queueMicrotask(() => board.carried && !board.drag.on && !board.focused && board.cancel())
  }
}

/**
 * @template Each
 * @param {Each[]} list
 * @param {Each} from
 * @param {number} step
 */
function ahead(list, from, step) {
  const at = list.indexOf(from)
  return step > 0 ? list.slice(at + 1) : list.slice(0, at).reverse()
}
