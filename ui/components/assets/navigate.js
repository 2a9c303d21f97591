// Moving inside the running app: Streamlit reads the address when it hears "popstate", so pushing an entry and
// telling it so changes the page without a reload. What Back needs is kept in the entry that is being left.
import { targetOf } from "./dom.js"

const KEY = "docket"
/** @returns {HTMLElement | null} */
const app = () => document.querySelector('[data-testid="stApp"]')
const scroller = () => document.querySelector('[data-testid="stMain"]')

/** @param {MouseEvent} event */
export function plain(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
}

/**
 * @param {string} href
 * @param {object} place  what `arrived` gives back after Back
 */
export function go(href, place = {}) {
  const url = new URL(href, location.href)
  if (url.origin !== location.origin) return
  if (app()?.dataset.testConnectionState !== "CONNECTED") return location.assign(url)
  history.replaceState({ ...history.state, [KEY]: { ...place, scroll: scroller()?.scrollTop ?? 0 } }, "")
  history.pushState({}, "", url)
  dispatchEvent(new PopStateEvent("popstate", { state: {} }))
  scroller()?.scrollTo(0, 0)
}

/**
 * A click that stays in this tab goes on inside the app; any other is the browser's.
 *
 * @param {MouseEvent} event
 */
export function follow(event) {
  const link = targetOf(event).closest("a")
  if (!link || !plain(event)) return
  event.preventDefault()
  go(link.href)
}

/**
 * What `go` kept in this entry, once.
 *
 * @returns {any}
 */
export function arrived() {
  const place = history.state?.[KEY]
  if (!place) return null
  const { [KEY]: _, ...rest } = history.state
  history.replaceState(rest, "")
  return place
}

/**
 * The page grows while it is drawn: go on until the place is reached, a second has passed or the reader scrolls.
 *
 * @param {number | undefined} scroll
 */
export function restore(scroll) {
  const pane = scroller()
  if (!pane || !scroll) return
  const until = performance.now() + 1000
  let over = false
  const stop = () => {
    over = true
  }
  const gestures = ["wheel", "touchstart", "keydown", "pointerdown"]
  for (const gesture of gestures) addEventListener(gesture, stop, { once: true, passive: true })
  const step = () => {
    if (over || performance.now() > until) {
      return gestures.forEach((gesture) => removeEventListener(gesture, stop))
    }
    if (Math.abs(pane.scrollTop - scroll) > 1) pane.scrollTop = scroll
    requestAnimationFrame(step)
  }
  step()
}
