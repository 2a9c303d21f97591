// What is offered while one types: each source says where it begins and what fits. Names and canned replies are two.
import { debounce } from "../dom.js"
import { caret } from "./caret.js"
import { Choices } from "./choices.js"
import { put } from "./markdown.js"

export class Offers {
  #turn = 0
  #source

  // A source has `begun`, a pattern whose first group is what was typed so far, `mark`, the characters before it that
  // a choice replaces as well, and `ask(typed)`, which resolves to items with `text`, perhaps a `hint`, and `put`.
  constructor(field, sources) {
    Object.assign(this, { field, sources })
    this.choices = new Choices(field, { label: "Suggestions", taken: (item) => this.insert(item) })
    this.ask = debounce(120, () => this.#ask())
  }

  typed() {
    if (this.begun()) this.ask()
    else this.stop()
  }

  // Offers now what follows `text`, put at the caret.
  begin(text) {
    const { selectionStart: at, value } = this.field
    this.field.focus()
    put(this.field, (at && !/\s$/.test(value.slice(0, at)) ? " " : "") + text)
    this.#ask()
  }

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

  place({ from }) {
    const { list } = this.choices
    const { top, left } = caret(this.field, from)
    const within = this.field.getBoundingClientRect()
    const around = list.offsetParent.getBoundingClientRect()
    list.style.top = `${Math.min(top, this.field.clientHeight) + within.top - around.top}px`
    list.style.left = `${Math.max(0, Math.min(left, within.width - list.offsetWidth))}px`
  }

  insert(item) {
    const begun = this.begun()
    if (!begun || begun.source !== this.#source) return
    this.field.setSelectionRange(begun.from, this.field.selectionStart)
    put(this.field, item.put)
  }
}
