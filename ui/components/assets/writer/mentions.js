// Names behind an @: suggested while they are typed, and said before sending when one of them may not read it.
import { call } from "../api.js"
import { debounce, make } from "../dom.js"
import { caret } from "./caret.js"
import { Choices } from "./choices.js"
import { put } from "./markdown.js"

const BEGUN = /(?:^|[^\w@/.])@([\p{L}\p{N}][^\n@]{0,60}|)$/u

export class Mentions {
  #asked = ""
  #turn = 0

  // `ticket()` gives the number of the ticket, `visibility()` who is to read it.
  constructor(field, { ticket, visibility }) {
    Object.assign(this, { field, ticket, visibility })
    this.choices = new Choices(field, { label: "People", taken: ({ text }) => this.insert(text) })
    this.missed = make("p", { className: "missed", role: "status" })
    this.suggest = debounce(120, () => this.ask())
    this.check = debounce(500, () => this.look())
  }

  typed() {
    if (this.begun()) this.suggest()
    else this.stop()
    this.check()
  }

  // What stands between the last @ and the caret, if it may be a name.
  begun() {
    const { selectionStart: at, selectionEnd: to, value } = this.field
    return at === to ? BEGUN.exec(value.slice(0, at)) : null
  }

  stop() {
    this.suggest.cancel()
    this.#turn++
    this.choices.close()
  }

  async ask() {
    const begun = this.begun()
    if (!begun || !this.ticket()) return this.stop()
    const turn = ++this.#turn
    const query = new URLSearchParams({ search: begun[1], visibility: this.visibility() })
    const { status, body } = await call("GET", `/tickets/${this.ticket()}/mentionable?${query}`)
    if (turn !== this.#turn || !this.begun()) return
    const people = status === 200 && Array.isArray(body?.items) ? body.items : []
    this.choices.show(people.map(({ name }) => ({ text: name })))
    if (people.length) this.place(begun)
  }

  place(begun) {
    const { list } = this.choices
    const { top, left } = caret(this.field, this.field.selectionStart - begun[1].length - 1)
    const within = this.field.getBoundingClientRect()
    const around = list.offsetParent.getBoundingClientRect()
    list.style.top = `${Math.min(top, this.field.clientHeight) + within.top - around.top}px`
    list.style.left = `${Math.max(0, Math.min(left, within.width - list.offsetWidth))}px`
  }

  insert(name) {
    const begun = this.begun()
    if (!begun) return
    this.field.setSelectionRange(this.field.selectionStart - begun[1].length, this.field.selectionStart)
    put(this.field, `${name} `)
  }

  async look() {
    const { value } = this.field
    const asked = `${this.visibility()} ${value}`
    if (asked === this.#asked) return
    this.#asked = asked
    if (!value.includes("@") || !this.ticket()) return this.warn([])
    const json = { body: value, visibility: this.visibility() }
    const { status, body } = await call("POST", `/tickets/${this.ticket()}/mentions`, { json })
    if (asked === this.#asked) this.warn(status === 200 ? body.not_mentioned : [])
  }

  warn(names) {
    const note = this.visibility() === "internal" ? "can't read internal notes here" : "can't see this ticket"
    this.missed.textContent = names.length ? `${names.join(" and ")} ${note}, so they won't be mentioned.` : ""
  }
}
