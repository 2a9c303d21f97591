// Who else is at this ticket, told by the same connection that tells of news; and what this person does there.
import { make } from "./dom.js"
import { shared } from "./live/line.js"
import { mounted } from "./mounted.js"
/** @import { Component } from "./mounted.js" */

const IDLE = 15_000 // after this long without a key, nobody is writing any more
const MOST = 3
const DOES = { looking: "is looking", replying: "is replying", noting: "is writing a note" }
const line = shared()

class Place {
  topic = ""
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  since = Number.MAX_SAFE_INTEGER // events are for others

  /** @param {HTMLElement} root */
  constructor(root) {
    this.told = make("p", { className: "told", role: "status" })
    root.replaceChildren(this.told)
    /** @param {Event} event */
    this.writes = (event) => {
      const { detail } = /** @type {CustomEvent} */ (event)
      if (detail.slot === this.topic) this.write(detail.doing)
    }
    document.addEventListener("docket:writing", this.writes)
  }

  /** @param {Component<{ topic: string }>} component */
  take({ data: { topic } }) {
    if (topic === this.topic) return
    this.topic = topic
    this.meet([])
    line.join(this)
    line.be(topic, "looking")
  }

  /** @param {string} doing */
  write(doing) {
    clearTimeout(this.timer)
    line.be(this.topic, doing)
    if (doing !== "looking") this.timer = setTimeout(() => line.be(this.topic, "looking"), IDLE)
  }

  /** @param {{ name: string, doing: keyof typeof DOES }[]} people */
  meet(people) {
    const known = people.filter(({ name, doing }) => name && Object.hasOwn(DOES, doing))
    const shown = known.slice(0, MOST).map(({ name, doing }) =>
      make("span", { className: "who", dataset: { doing } }, make("bdi", {}, name), ` ${DOES[doing]}`)
    )
    const rest = known.length - shown.length
    this.told.replaceChildren(
      ...shown,
      ...(rest > 0 ? [make("span", { className: "who" }, `and ${rest} more`)] : []),
    )
  }

  end() {
    clearTimeout(this.timer)
    document.removeEventListener("docket:writing", this.writes)
    line.quit(this.topic)
    line.leave(this)
  }
}

export default mounted(Place)
