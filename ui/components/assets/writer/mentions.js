// Names behind an @: suggested while they are typed, and said before sending when one of them may not read it.
import { call } from "../api.js"
import { debounce, make } from "../dom.js"
/** @import { Answer } from "../api.js" */
/** @import { Offer } from "./offers.js" */

export class Mentions {
  begun = /(?:^|[^\w@/.])@([\p{L}\p{N}][^\n@]{0,60}|)$/u
  mark = 0
  #asked = ""

  /**
   * `ticket()` gives the number of the ticket, `visibility()` who is to read it.
   *
   * @param {HTMLTextAreaElement} field
   * @param {{ ticket: () => number, visibility: () => string }} about
   */
  constructor(field, { ticket, visibility }) {
    this.field = field
    this.ticket = ticket
    this.visibility = visibility
    this.missed = make("p", { className: "missed", role: "status" })
    this.check = debounce(500, () => this.look())
  }

  /**
   * @param {string} search
   * @returns {Promise<Offer[]>}
   */
  async ask(search) {
    if (!this.ticket()) return []
    const query = new URLSearchParams({ search, visibility: this.visibility() })
    const { status, body } = await call("GET", `/tickets/${this.ticket()}/mentionable?${query}`)
    const people = status === 200 && Array.isArray(body?.items) ? body.items : []
    return people.map((/** @type {{ name: string }} */ { name }) => ({ text: name, put: `${name} ` }))
  }

  async look() {
    const { value } = this.field
    const asked = `${this.visibility()} ${value}`
    if (asked === this.#asked) return
    this.#asked = asked
    if (!value.includes("@") || !this.ticket()) return this.warn([])
    const { status, body } = await this.show(value)
    if (asked === this.#asked) this.warn(status === 200 ? body.not_mentioned : [])
  }

  /**
   * Whom a text would mention, and how it would look with their names marked.
   *
   * @param {string} body
   * @returns {Promise<Answer>}
   */
  show(body) {
    return call("POST", `/tickets/${this.ticket()}/mentions`, {
      json: { body, visibility: this.visibility() },
    })
  }

  /** @param {string[]} names */
  warn(names) {
    const note = this.visibility() === "internal" ? "can't read internal notes here" : "can't see this ticket"
    this.missed.textContent = names.length
      ? `${names.join(" and ")} ${note}, so they won't be mentioned.`
      : ""
  }
}
