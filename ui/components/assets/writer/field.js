// One text field: its label, what is wrong with it, and how much room is left.
import { make } from "../dom.js"
/** @import { Properties } from "../dom.js" */

export class Field {
  /**
   * @param {"input" | "textarea"} tag
   * @param {{ id: string, label: string, limit: number } & Properties<HTMLTextAreaElement & HTMLInputElement>} options
   */
  constructor(tag, { id, label, limit, ...properties }) {
    this.limit = limit
    this.input = make(tag, { id, dir: "auto", ...properties })
    this.input.setAttribute("aria-describedby", `${id}-error ${id}-count`)
    this.label = make("label", { htmlFor: id }, label)
    this.error = make("p", { id: `${id}-error`, className: "field-error", role: "alert" })
    this.counter = make("p", { id: `${id}-count`, className: "counter" })
  }

  get text() {
    return this.input.value
  }

  /** @param {string} value */
  set text(value) {
    this.input.value = value
  }

  // As Python counts, so that an emoji is one.
  get left() {
    return this.limit - [...this.text].length
  }

  measure() {
    const { left, counter } = this
    counter.hidden = left > this.limit / 10
    counter.classList.toggle("over", left < 0)
    counter.textContent = counter.hidden
      ? ""
      : left < 0
      ? `${-left} characters too many`
      : `${left} characters left`
  }

  /** @param {string} text */
  complain(text = "") {
    this.error.textContent = text
    if (text) this.input.setAttribute("aria-invalid", "true")
    else this.input.removeAttribute("aria-invalid")
  }
}
