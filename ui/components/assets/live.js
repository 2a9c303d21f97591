// Tells Python that something happened, over one connection for the whole page however many listen.
import { boxAround } from "./dom.js"
import { shared } from "./live/line.js"
import { mounted } from "./mounted.js"
/** @import { Component } from "./mounted.js" */

const PAUSE = 150 // several events in a row are one piece of news
const ANSWER = 2000 // how long the page may take to draw the last news before it is told more

const line = shared()

class Listener {
  /** @type {string | undefined} */
  topic
  since = 0
  told = 0
  newest = 0
  at = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer
  /** @type {(name: string, value: unknown) => void} */
  setStateValue = () => {}

  /** @param {HTMLElement} root */
  constructor(root) {
    // It shows nothing, so it must not take a row of the page either.
    const box = boxAround(root)
    if (box) box.style.display = "none"
  }

  /** @param {Component<{ topic: string, since: number }>} component */
  take({ data: { topic, since }, setStateValue }) {
    if (topic !== this.topic) Object.assign(this, { topic, since, told: 0, newest: 0 })
    this.since = Math.max(this.since, since)
    this.setStateValue = setStateValue
    line.join(this)
  }

  /** @param {number} event */
  hear(event) {
    if (event <= this.known || event <= this.newest) return
    this.newest = event
    this.timer ??= setTimeout(() => this.tell(), PAUSE)
  }

  get known() {
    return Math.max(this.since, this.told)
  }

  tell() {
    this.timer = undefined
    if (this.newest <= this.known) return
    const busy = this.told > this.since && performance.now() - this.at < ANSWER
    if (busy) {
      this.timer = setTimeout(() => this.tell(), PAUSE)
      return
    }
    this.told = this.newest
    this.at = performance.now()
    this.setStateValue("event", this.told)
  }

  end() {
    clearTimeout(this.timer)
    line.leave(this)
  }
}

export default mounted(Listener)
