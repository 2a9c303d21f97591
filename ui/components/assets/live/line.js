// The connection to /live, one for the whole page whichever component listens. It asks for the topics that are listened to, each with the newest event that is known,
// so that whatever was missed while it was down comes at once; while nobody looks at the tab it is down.
/** @typedef {Record<string, number>} Topics  the newest event that is known of each */
/**
 * @typedef {object} Listener
 * @property {string | undefined} topic
 * @property {number} since
 * @property {(event: number) => void} [hear]
 * @property {(people: any[]) => void} [meet]
 */

const FIRST = 500
const LONGEST = 30_000
const STEADY = 10_000 // a connection that lasted this long was a good one
const SIGNED_OUT = 4401

const SHARED = Symbol.for("docket.line")
const globals = /** @type {any} */ (globalThis)

/** @type {() => Line} */
export const shared = () => (globals[SHARED] ??= new Line())

/**
 * Whether `asked` holds the topics of `topics` and no others, each from an event on that is no later.
 *
 * @type {(asked: Topics, topics: Topics) => boolean}
 */
const covers = (asked, topics) =>
  Object.keys(asked).length === Object.keys(topics).length &&
  Object.entries(topics).every(([topic, since]) => asked[topic] <= since)

class Line {
  /** @type {Set<Listener>} */
  listeners
  /** @type {WebSocket | undefined} */
  socket
  /** @type {Topics | undefined} */
  asked
  /** @type {{ topic: string, doing: string } | null | undefined} */
  here
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  constructor() {
    this.listeners = new Set()
    this.failures = 0
    document.addEventListener("visibilitychange", () => this.look())
    addEventListener("online", () => this.look())
    addEventListener("pageshow", () => this.look())
  }

  /** @param {Listener} listener */
  join(listener) {
    this.listeners.add(listener)
    if (this.socket?.readyState === WebSocket.OPEN) this.ask()
    else this.open()
  }

  /** @param {Listener} listener */
  leave(listener) {
    this.listeners.delete(listener)
    if (this.listeners.size) this.ask()
    else this.close()
  }

  /**
   * What the person does at a topic: looking, replying or noting.
   *
   * @param {string} topic
   * @param {string} doing
   */
  be(topic, doing) {
    if (this.here?.topic === topic && this.here.doing === doing) return
    this.here = { topic, doing }
    if (this.socket?.readyState === WebSocket.OPEN) this.say()
  }

  /**
   * Nothing more is done there; what was begun elsewhere meanwhile stays.
   *
   * @param {string} topic
   */
  quit(topic) {
    if (this.here?.topic !== topic) return
    this.here = null
    if (this.socket?.readyState === WebSocket.OPEN) this.say()
  }

  say() {
    if (this.here !== undefined) this.socket?.send(JSON.stringify({ here: this.here }))
  }

  look() {
    this.failures = 0
    clearTimeout(this.timer)
    this.timer = undefined
    if (document.hidden) this.close()
    else this.open()
  }

  open() {
    if (this.socket || this.timer || document.hidden || !this.listeners.size) return
    const socket = this.socket = new WebSocket(new URL("/live", location.href.replace(/^http/, "ws")))
    const began = performance.now()
    this.asked = undefined
    socket.onopen = () => {
      this.ask()
      this.say()
    }
    socket.onmessage = ({ data }) => this.hear(data)
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return
      this.socket = undefined
      if (code === SIGNED_OUT) return // nothing more comes to this page, until somebody looks at it again
      this.failures = performance.now() - began > STEADY ? 1 : this.failures + 1
      this.again()
    }
  }

  // Later and later, and not all at the same moment when the server is back.
  again() {
    const wait = Math.min(LONGEST, FIRST * 2 ** (this.failures - 1)) * (0.5 + Math.random() / 2)
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.open()
    }, wait)
  }

  ask() {
    if (this.socket?.readyState !== WebSocket.OPEN) return
    /** @type {Topics} */
    const topics = {}
    for (const { topic, since } of this.listeners) {
      if (topic) topics[topic] = Math.min(since, topics[topic] ?? since)
    }
    if (this.asked && covers(this.asked, topics)) return
    this.asked = topics
    this.socket.send(JSON.stringify({ topics }))
  }

  /** @param {string} text */
  hear(text) {
    let news
    try {
      news = JSON.parse(text)
    } catch {
      return
    }
    const about = [...this.listeners].filter(({ topic }) => topic === news?.topic)
    if (Number.isSafeInteger(news?.event)) { for (const listener of about) listener.hear?.(news.event) }
    if (Array.isArray(news?.people)) { for (const listener of about) listener.meet?.(news.people) }
  }

  close() {
    const { socket } = this
    this.socket = undefined
    clearTimeout(this.timer)
    this.timer = undefined
    socket?.close()
  }
}
