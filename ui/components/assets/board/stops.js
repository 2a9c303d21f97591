// One card of each cell takes part in the tab order, the one that was used last: Tab goes from lane to lane.
import { parts, required } from "../dom.js"
/** @import { Arrangement } from "./arrangement.js" */

export class Stops {
  constructor() {
    /** @type {Map<string | undefined, number>} */
    this.used = new Map()
    /** @type {Set<HTMLElement>} */
    this.stops = new Set()
  }

  /**
   * @param {number} number
   * @param {Arrangement} shown
   */
  use(number, shown) {
    this.used.set(shown.key(number), number)
  }

  /**
   * @param {Arrangement} shown
   * @param {Map<number, HTMLElement>} elements
   */
  draw(shown, elements) {
    /** @type {Set<HTMLElement>} */
    const stops = new Set()
    for (const [key, { cards }] of shown.cells) {
      const last = this.used.get(key)
      if (cards.length) {
        stops.add(
          required(elements.get(last !== undefined && shown.key(last) === key ? last : cards[0].number)),
        )
      }
    }
    for (const card of this.stops) if (!stops.has(card)) index(card, -1)
    for (const card of stops) if (!this.stops.has(card)) index(card, 0)
    this.stops = stops
  }
}

/**
 * @param {HTMLElement} card
 * @param {number} to
 */
function index(card, to) {
  for (const part of parts(card, ".title, .clock, .assign, .more")) part.tabIndex = to
}
