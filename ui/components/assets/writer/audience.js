// Who will read it: two choices that cannot be mistaken for one another.
import { make } from "../dom.js"

export class Audience {
  /**
   * @param {string} name
   * @param {() => void} changed
   */
  constructor(name, changed) {
    /** @type {(value: string, text: string) => HTMLElement} */
    const choice = (value, text) =>
      make(
        "label",
        { className: "choice", dataset: { visibility: value } },
        make("input", { type: "radio", name, value, onchange: changed }),
        make("span", {}, text),
      )
    this.box = make(
      "fieldset",
      { className: "audience" },
      make("legend", { className: "hidden" }, "Who can read it"),
      choice("public", "Public reply"),
      choice("internal", "Internal note – only staff can read it"),
    )
  }

  /** @returns {string | undefined} */
  get value() {
    return /** @type {HTMLInputElement | null} */ (this.box.querySelector(":checked"))?.value
  }

  /** @param {string | undefined} visibility */
  set value(visibility) {
    for (const radio of this.box.querySelectorAll("input")) radio.checked = radio.value === visibility
  }
}
