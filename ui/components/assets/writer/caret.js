// Where the caret stands in a text area, measured in a copy of it: {top, left} in the area's own pixels.
import { make, required } from "../dom.js"

/** @type {("boxSizing" | "width" | "padding" | "border" | "font" | "lineHeight" | "letterSpacing" | "tabSize")[]} */
const SAME = ["boxSizing", "width", "padding", "border", "font", "lineHeight", "letterSpacing", "tabSize"]

/**
 * @param {HTMLTextAreaElement} field
 * @param {number} at
 */
export function caret(field, at = field.selectionStart) {
  const copy = make("div", { ariaHidden: "true" })
  const style = getComputedStyle(field)
  for (const name of SAME) copy.style[name] = style[name]
  Object.assign(copy.style, {
    position: "absolute",
    visibility: "hidden",
    whiteSpace: "pre-wrap",
    overflowWrap: "break-word",
  })
  const mark = make("span", {}, "\u200b")
  copy.append(field.value.slice(0, at), mark)
  required(field.parentElement).append(copy)
  const found = { top: mark.offsetTop + mark.offsetHeight - field.scrollTop, left: mark.offsetLeft }
  copy.remove()
  return found
}
