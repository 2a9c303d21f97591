// A timer that goes on by itself from what the server counted, so that a wrong clock in the browser changes nothing.
import { make } from "./dom.js"
import { mounted } from "./mounted.js"
import { follow } from "./navigate.js"
/** @import { Component } from "./mounted.js" */

class Clock {
  began = 0

  /** @param {HTMLElement} root */
  constructor(root) {
    this.time = make("span", { className: "time", role: "timer" })
    this.title = make("bdi", { className: "title" })
    this.link = make("a", {}, this.time, " ", this.title)
    this.link.addEventListener("click", follow)
    root.replaceChildren(this.link)
    this.timer = setInterval(() => this.tick(), 1000)
  }

  /** @param {Component<{ href: string, ticket: number, title: string, seconds: number }>} component */
  take({ data: { href, ticket, title, seconds } }) {
    this.began = performance.now() - seconds * 1000
    this.link.setAttribute("href", href)
    this.title.textContent = title ? `#${ticket} ${title}` : `#${ticket}`
    this.tick()
  }

  tick() {
    const seconds = Math.max(0, Math.floor((performance.now() - this.began) / 1000))
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    this.time.textContent = parts.map((part, place) => (place ? String(part).padStart(2, "0") : part)).join(
      ":",
    )
  }

  end() {
    clearInterval(this.timer)
  }
}

export default mounted(Clock)
