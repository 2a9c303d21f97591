// What is offered while one types: each source says where it begins and what fits. Names and canned replies are two.
import { debounce, required } from "../dom.js"
import { caret } from "./caret.js"
import { Choices } from "./choices.js"
import { put } from "./markdown.js"

/** @typedef {{ text: string, hint?: string, put: string }} Offer  what is shown, and what is written */
/**
 * @typedef {object} Source
 * @property {RegExp} begun  whose first group is what was typed so far
 * @property {number} mark  how many characters before it a choice replaces as well
 * @property {(typed: string) => Promise<Offer[]>} ask
 */

export class Offers {
  #turn = 0
  /** @type {Source | undefined} */
  #source

  /**
   * @param {HTMLTextAreaElement} field
   * @param {Source[]} sources
   */
  constructor(field, sources) {
    this.field = field
    this.sources = sources
    this.choices = new Choices(field, { label: "Suggestions", taken: (item) => this.insert(item) })
    this.ask = debounce(120, () => this.#ask())
  }

  typed() {
    if (this.begun()) this.ask()
    else this.stop()
  }

  /**
   * Offers now what follows `text`, put at the caret.
   *
   * @param {string} text
   */
  begin(text) {
    const { selectionStart: at, value } = this.field
    this.field.focus()
    put(this.field, (at && !/\s$/.test(value.slice(0, at)) ? " " : "") + text)
    this.#ask()
  }

  /** @returns {{ source: Source, typed: string, from: number } | null} */
  begun() {
    const { selectionStart: at, selectionEnd: to, value } = this.field
    if (at !== to) return null
    for (const source of this.sources) {
      const found = source.begun.exec(value.slice(0, at))
      if (found) return { source, typed: found[1], from: at - found[1].length - source.mark }
    }
    return null
  }

  stop() {
    this.ask.cancel()
    this.#turn++
    this.choices.close()
  }

  async #ask() {
    const begun = this.begun()
    if (!begun) return this.stop()
    const turn = ++this.#turn
    const items = await begun.source.ask(begun.typed)
    const still = this.begun()
    if (turn !== this.#turn || !still) return
    this.#source = still.source
    this.choices.show(items, { empty: "Nothing fits" })
    if (items.length) this.place(still)
  }

  /** @param {{ from: number }} begun */
  place({ from }) {
    const { list } = this.choices
    const { top, left } = caret(this.field, from)
    const within = this.field.getBoundingClientRect()
    const around = required(list.offsetParent).getBoundingClientRect()
    list.style.top = `${Math.min(top, this.field.clientHeight) + within.top - around.top}px`
    list.style.left = `${Math.max(0, Math.min(left, within.width - list.offsetWidth))}px`
  }

  /** @param {Offer} item */
  insert(item) {
    const begun = this.begun()
    if (!begun || begun.source !== this.#source) return
    this.field.setSelectionRange(begun.from, this.field.selectionStart)
    put(this.field, item.put)
  }
}
