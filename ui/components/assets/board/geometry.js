// The arithmetic of dragging: what lies under a hand, how far it went, and how fast an edge scrolls.
/** @typedef {{ x: number, y: number }} Point */
/** @typedef {{ left: number, right: number, top: number, bottom: number }} Area */

const SLIP = 8 // pixels a resting finger may stray
const PULL = 5 // pixels a mouse goes before it drags
const EDGE = 48
const FASTEST = 16 // pixels a frame

/**
 * Whether a point lies in an area; its left and upper border belong to it, the others don't.
 *
 * @param {Point} point
 * @param {Area} area
 */
export function inside({ x, y }, { left, right, top, bottom }) {
  return x >= left && x < right && y >= top && y < bottom
}

/**
 * The place among cards, from above, that a height belongs to: above the first card whose middle is below it.
 *
 * @param {number} y
 * @param {{ top: number, height: number }[]} cards
 */
export function indexUnder(y, cards) {
  const at = cards.findIndex(({ top, height }) => y < top + height / 2)
  return at < 0 ? cards.length : at
}

/**
 * Whether a pointer went too far to be at rest: then a mouse begins to drag, and a finger scrolls.
 *
 * @param {Point & { touch: boolean }} from
 * @param {Point} to
 */
export function strayed({ x, y, touch }, to) {
  return Math.hypot(to.x - x, to.y - y) > (touch ? SLIP : PULL)
}

/**
 * How fast to scroll between two edges, in pixels a frame: the nearer to one, the faster; negative at the lower end.
 *
 * @param {number} at
 * @param {number} low
 * @param {number} high
 */
export function pull(at, low, high) {
  const depth = at < low + EDGE ? at - low - EDGE : at > high - EDGE ? at - high + EDGE : 0
  return Math.max(-1, Math.min(1, depth / EDGE)) * FASTEST
}
