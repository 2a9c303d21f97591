// A sentence that stays until the next deed, or until it is put away.
import { make } from "../dom.js"

export class Notice {
  constructor() {
    this.box = make("div", { className: "notice", hidden: true, role: "alert" })
  }

  /** @param {string} sentence */
  tell(sentence) {
    const close = make("button", { type: "button", ariaLabel: "Close", onclick: () => this.dismiss() }, "×")
    this.box.hidden = false
    this.box.replaceChildren(make("p", {}, sentence), close)
  }

  dismiss() {
    this.box.hidden = true
    this.box.replaceChildren()
  }
}
