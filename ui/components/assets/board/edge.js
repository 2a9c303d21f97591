// What scrolls when a carried card comes near an edge, and how fast.
import { parts } from "../dom.js"
import { pull } from "./geometry.js"
import { still } from "./glide.js"
/** @import { Point } from "./geometry.js" */

const TURN = 900 // milliseconds at the edge of a small screen until the next lane comes

export class Edge {
  turned = -TURN

  /** @param {HTMLElement} board */
  constructor(board) {
    this.board = board
  }

  /**
   * Once a frame, with the place of the hand and the cell under it, if there is one.
   *
   * @param {Point} hand
   * @param {HTMLElement | undefined} cell
   */
  scroll({ x, y }, cell) {
    const pane = this.board.getBoundingClientRect()
    this.turn(pull(x, pane.left, pane.right))
    down(this.board, pull(y, pane.top, pane.bottom))
    if (cell) {
      const { top, bottom } = cell.getBoundingClientRect()
      down(cell, pull(y, Math.max(top, 0), Math.min(bottom, innerHeight)))
    }
    const page = document.querySelector('[data-testid="stMain"]')
    if (page && (pane.top < 0 || pane.bottom > innerHeight)) down(page, pull(y, 0, innerHeight))
  }

  /**
   * Where one lane fills the screen, lanes come one by one: a stream of them could not be stopped in time.
   *
   * @param {number} speed
   */
  turn(speed) {
    const { board } = this
    const [first, second] = parts(board, ".head")
    const step = second ? second.offsetLeft - first.offsetLeft : board.clientWidth
    if (step < board.clientWidth * 0.6) {
      board.scrollLeft += speed
    } else if (speed && performance.now() - this.turned >= TURN) {
      this.turned = performance.now()
      const left = (Math.round(board.scrollLeft / step) + Math.sign(speed)) * step
      board.scrollTo({ left, behavior: still.matches ? "instant" : "smooth" })
    }
  }
}

/**
 * Setting what is set already would break off a smooth scroll.
 *
 * @param {Element} pane
 * @param {number} speed
 */
function down(pane, speed) {
  if (speed) pane.scrollTop += speed
}
