// The bell in the upper corner: it hears over the page's one connection that there is something, and asks how much.
import { call } from "./api.js"
import { boxAround, make } from "./dom.js"
import { shared } from "./live/line.js"
import { mounted } from "./mounted.js"
import { follow } from "./navigate.js"
/** @import { Component } from "./mounted.js" */

const MANY = 99
const SETTLED = [600, 3000] // a page that shows what happened marks it as read meanwhile
const line = shared()

class Bell {
  /** @type {string | undefined} */
  topic
  since = 0
  /** @type {number | undefined} */
  given
  unread = 0
  /** @type {ReturnType<typeof setTimeout>[]} */
  timers = []

  /** @param {HTMLElement} root */
  constructor(root) {
    // It stands in the upper corner of the page, where the page leaves room for it, and takes no row.
    const box = boxAround(root)
    if (box) Object.assign(box.style, { position: "absolute", inset: "0 0 auto", height: "0", zIndex: "2" })
    this.badge = make("span", { className: "badge" })
    this.link = make("a", { href: "/notifications" }, make("span", { className: "shape" }), this.badge)
    this.told = make("span", { className: "unseen", role: "status" })
    root.replaceChildren(this.link, this.told)
    this.link.addEventListener("click", follow)
    this.changed = () => this.ask()
    document.addEventListener("docket:notices", this.changed)
  }

  /** @param {Component<{ unread: number, since: number, topic: string }>} component */
  take({ data: { unread, since, topic } }) {
    this.topic = topic
    this.since = Math.max(this.since, since)
    if (unread !== this.given) this.show(this.given = unread)
    line.join(this)
  }

  /** @param {number} event */
  hear(event) {
    if (event <= this.since) return
    this.since = event
    for (const timer of this.timers) clearTimeout(timer)
    this.timers = SETTLED.map((wait, at) => setTimeout(() => this.ask({ aloud: at === 0 }), wait))
  }

  async ask({ aloud = false } = {}) {
    const before = this.unread
    const { status, body } = await call("GET", "/notifications/count")
    if (status !== 200) return
    this.show(this.given = body.unread)
    if (aloud && body.unread > before) this.told.textContent = `${label(body.unread)}.`
  }

  /** @param {number} unread */
  show(unread) {
    this.unread = unread
    this.badge.textContent = unread > MANY ? `${MANY}+` : String(unread || "")
    this.badge.hidden = !unread
    this.link.ariaLabel = this.link.title = unread ? `Notifications: ${label(unread)}` : "Notifications"
  }

  end() {
    for (const timer of this.timers) clearTimeout(timer)
    document.removeEventListener("docket:notices", this.changed)
    line.leave(this)
  }
}

export default mounted(Bell)

/** @param {number} unread */
const label = (unread) => `${unread > MANY ? `more than ${MANY}` : unread} unread`
