// A swipe past either end of the board would turn the page of the browser's history; overscroll-behavior alone does
/**
 * not keep Chromium from it when the scroller stands at its end, so such a swipe is not begun.
 *
 * @param {HTMLElement} board
 */
export function guard(board) {
  /** @type {{ x: number, y: number }} */
  let start
  /** @type {boolean | undefined} */
  let past
  board.addEventListener("touchstart", ({ touches: [{ clientX: x, clientY: y }] }) => {
    start = { x, y }
    past = undefined // as long as it is not known
  }, { passive: true })
  board.addEventListener("touchmove", (event) => {
    const [{ clientX, clientY }] = event.touches
    past ??= beyond(board, clientX - start.x, clientY - start.y)
    if (past && event.cancelable) event.preventDefault()
  }, { passive: false })
}

/**
 * @param {HTMLElement} board
 * @param {number} x
 * @param {number} y
 */
function beyond({ scrollLeft, scrollWidth, clientWidth }, x, y) {
  const room = x > 0 ? scrollLeft : scrollWidth - clientWidth - scrollLeft
  return Math.abs(x) > Math.abs(y) && room < 1
}
