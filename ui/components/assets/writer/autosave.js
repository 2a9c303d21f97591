// Keeps a draft on the server while it is written, and in this browser whenever the server does not have it.
import { call } from "../api.js"
/** @import { Answer } from "../api.js" */

/** @typedef {Record<string, unknown>} Fields  what was written, by the name of its field */

const PREFIX = "docket:draft:"
const WEEK = 7 * 86400 * 1000
const WAIT = 500
const LARGEST_KEEPALIVE = 60_000

export class Autosave {
  /** @type {Fields} */
  #dirty = {}
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #tries = 0
  /** @type {Promise<Answer> | null} */
  #sending = null
  #over = false

  /**
   * `values()` gives everything written so far; `tell(state, detail)` hears saving, saved, unsaved, signed_out,
   * refused or used.
   *
   * @param {{ slot: string, token: string, values: () => object, tell: (state: string, detail?: string) => void }} about
   */
  constructor({ slot, token, values, tell }) {
    this.slot = slot
    this.token = token
    this.values = values
    this.tell = tell
    this.key = `${PREFIX}${slot}:${token}`
  }

  /** @param {Fields} fields */
  touch(fields) {
    if (this.#over) return
    Object.assign(this.#dirty, fields)
    this.#later(WAIT)
  }

  // Now, because the page may go away; what cannot be known to have arrived stays in this browser.
  flush({ leaving = false } = {}) {
    if (this.#over || !Object.keys(this.#dirty).length) return
    if (leaving) this.#keep()
    this.#save(leaving)
  }

  // Whether the server may lack something that was written.
  get unsaved() {
    return this.#sending !== null || this.#tries > 0 || Object.keys(this.#dirty).length > 0
  }

  // Save what is not saved yet, once, and wait until that ended, well or not.
  async settle() {
    await this.#sending
    await this.#save()
  }

  // Nothing more is saved until the next touch: what was written is on its way by itself.
  hold() {
    this.#dirty = {}
    clearTimeout(this.#timer)
  }

  stop() {
    this.#over = true
    clearTimeout(this.#timer)
  }

  // After it was sent: nothing of it remains here.
  forget() {
    this.stop()
    drop(this.key)
  }

  /** @param {number} wait */
  #later(wait) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#save(), wait)
  }

  async #save(leaving = false) {
    clearTimeout(this.#timer)
    if (this.#sending && !leaving) return this.#later(WAIT)
    const values = this.#dirty
    if (this.#over || !Object.keys(values).length) return
    this.#dirty = {}
    this.tell("saving")
    const json = { token: this.token, values }
    const keepalive = leaving && JSON.stringify(json).length < LARGEST_KEEPALIVE
    const sending = call("PATCH", `/drafts/${encodeURIComponent(this.slot)}`, { json, keepalive })
    this.#sending = sending
    const answer = await sending
    this.#sending = null
    if (!this.#over) return this.#heard(answer, values)
    if (answer.status === 410 || answer.status < 300 && answer.status >= 200) drop(this.key)
  }

  /**
   * @param {Answer} answer
   * @param {Fields} values
   */
  #heard({ status, detail }, values) {
    if (status >= 200 && status < 300) {
      this.#tries = 0
      if (Object.keys(this.#dirty).length) return
      drop(this.key)
      return this.tell("saved")
    }
    if (status === 410) {
      this.stop()
      return this.tell("used", detail)
    }
    this.#dirty = { ...values, ...this.#dirty }
    this.#keep()
    if (status === 401) return this.tell("signed_out")
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) return this.tell("refused", detail)
    this.tell("unsaved")
    this.#later(Math.min(30_000, 2000 * 2 ** this.#tries++))
  }

  #keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), values: this.values() }))
    } catch {
      // Storage may be full or forbidden; the text is still on the page.
    }
  }
}

/**
 * What this browser kept of a draft the server may not have, unless the server heard something later.
 *
 * @param {string} slot
 * @param {string} token
 * @param {string} updated  when the server heard of it, or nothing
 */
export function recall(slot, token, updated) {
  sweep()
  const kept = read(`${PREFIX}${slot}:${token}`)
  return kept && !(Date.parse(updated) > kept.at) ? kept.values : null
}

function sweep() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && !(read(key)?.at > Date.now() - WEEK)) drop(key)
    }
  } catch {
    // Without storage there is nothing to sweep.
  }
}

/**
 * @param {string} key
 * @returns {any}
 */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null")
  } catch {
    return null
  }
}

/** @param {string} key */
function drop(key) {
  try {
    localStorage.removeItem(key)
  } catch {
    // Without storage there is nothing to drop.
  }
}
