// What scrolls when a carried card comes near an edge, and how fast.
import { still } from "./glide.js"

const EDGE = 48
const FASTEST = 16 // pixels a frame
const TURN = 900 // milliseconds at the edge of a small screen until the next lane comes

export class Edge {
  constructor(board) {
    this.board = board
  }

  // Once a frame, with the place of the hand and the cell under it, if there is one.
  scroll({ x, y }, cell) {
    const pane = this.board.getBoundingClientRect()
    this.turn(pull(x, pane.left, pane.right))
    down(this.board, pull(y, pane.top, pane.bottom))
    const area = cell?.getBoundingClientRect()
    if (cell) down(cell, pull(y, Math.max(area.top, 0), Math.min(area.bottom, innerHeight)))
    const page = document.querySelector('[data-testid="stMain"]')
    if (page && (pane.top < 0 || pane.bottom > innerHeight)) down(page, pull(y, 0, innerHeight))
  }

  // Where one lane fills the screen, lanes come one by one: a stream of them could not be stopped in time.
  turn(speed) {
    const { board } = this
    const [first, second] = board.querySelectorAll(".head")
    const step = second ? second.offsetLeft - first.offsetLeft : board.clientWidth
    if (step < board.clientWidth * 0.6) {
      board.scrollLeft += speed
    } else if (speed && !(performance.now() - this.turned < TURN)) {
      this.turned = performance.now()
      const left = (Math.round(board.scrollLeft / step) + Math.sign(speed)) * step
      board.scrollTo({ left, behavior: still.matches ? "instant" : "smooth" })
    }
  }
}

// The nearer to an edge, the faster.
function pull(at, low, high) {
  const depth = at < low + EDGE ? at - low - EDGE : at > high - EDGE ? at - high + EDGE : 0
  return Math.max(-1, Math.min(1, depth / EDGE)) * FASTEST
}

// Setting what is set already would break off a smooth scroll.
function down(pane, speed) {
  if (speed) pane.scrollTop += speed
}
