// A list of choices under the caret: arrows move, Enter or Tab takes, Escape closes; the focus stays in the field.
import { make } from "../dom.js"
/** @import { Offer } from "./offers.js" */

let count = 0

export class Choices {
  /** @type {Offer[]} */
  #items = []
  #at = 0

  /**
   * `taken(item)` hears what was chosen.
   *
   * @param {HTMLTextAreaElement} field
   * @param {{ label: string, taken: (item: Offer) => void }} options
   */
  constructor(field, { label, taken }) {
    this.field = field
    this.taken = taken
    this.list = make("ul", {
      id: `choices-${++count}`,
      className: "choices",
      role: "listbox",
      ariaLabel: label,
      hidden: true,
    })
    this.list.addEventListener("mousedown", (event) => event.preventDefault())
    this.news = make("p", { className: "hidden", role: "status" })
    field.addEventListener("blur", () => this.close())
  }

  get open() {
    return !this.list.hidden
  }

  /**
   * Each item has `text`, and perhaps a `hint`.
   *
   * @param {Offer[]} items
   * @param {{ empty?: string }} options
   */
  show(items, { empty = "" } = {}) {
    this.#items = items
    this.list.hidden = !items.length
    this.news.textContent = items.length
      ? `${items.length} ${items.length === 1 ? "suggestion" : "suggestions"}`
      : empty
    if (!items.length) return this.close()
    this.list.replaceChildren(...items.map((item, at) =>
      make(
        "li",
        {
          id: `${this.list.id}-${at}`,
          role: "option",
          onclick: () => this.take(at),
          onmousemove: () => this.mark(at),
        },
        make("span", { className: "choice-text", dir: "auto" }, item.text),
        ...(item.hint ? [make("span", { className: "choice-hint", dir: "auto" }, item.hint)] : []),
      )
    ))
    this.field.setAttribute("aria-controls", this.list.id)
    this.mark(0)
  }

  /** @param {number} at */
  mark(at) {
    this.#at = (at + this.#items.length) % this.#items.length
    for (const [n, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(n === this.#at))
    }
    const chosen = this.list.children[this.#at]
    this.field.setAttribute("aria-activedescendant", chosen.id)
    chosen.scrollIntoView({ block: "nearest" })
  }

  /** @param {number} at */
  take(at = this.#at) {
    const item = this.#items[at]
    this.close()
    if (item) this.taken(item)
  }

  /**
   * True when the key belonged to the list.
   *
   * @param {KeyboardEvent} event
   */
  key(event) {
    if (!this.open || event.ctrlKey || event.metaKey || event.altKey) return false
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by) this.mark(this.#at + by)
    else if (event.key === "Enter" || event.key === "Tab" && !event.shiftKey) this.take()
    else if (event.key === "Escape") this.close()
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  close() {
    this.list.hidden = true
    this.field.removeAttribute("aria-activedescendant")
    this.field.removeAttribute("aria-controls")
  }
}
