// Canned replies behind ::, found by their words and filled in by the server.
import { call } from "../api.js"
/** @import { Offer } from "./offers.js" */

const SHOWN = 80

export class Answers {
  begun = /(?:^|\s)::([^\n:]{0,60})$/
  mark = 2

  /**
   * `ticket()` gives the number of the ticket.
   *
   * @param {{ ticket: () => number }} about
   */
  constructor({ ticket }) {
    this.ticket = ticket
  }

  /**
   * @param {string} search
   * @returns {Promise<Offer[]>}
   */
  async ask(search) {
    if (!this.ticket()) return []
    const { status, body } = await call(
      "GET",
      `/tickets/${this.ticket()}/canned-replies?${new URLSearchParams({ search })}`,
    )
    const found = status === 200 && Array.isArray(body?.items) ? body.items : []
    return found.map((/** @type {{ name: string, body: string }} */ { name, body: text }) => ({
      text: name,
      hint: text.replace(/\s+/g, " ").slice(0, SHOWN),
      put: text,
    }))
  }
}
