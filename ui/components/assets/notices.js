// The list of notices. What is done with one goes to Docket's own routes; the list answers at once, and is put right if that failed.
import { call } from "./api.js"
import { find, focusedBeside, make, part } from "./dom.js"
import { mounted } from "./mounted.js"
import { follow } from "./navigate.js"
import { absolute, LOCALE, relative } from "./times.js"
/** @import { Component } from "./mounted.js" */

/**
 * @typedef {object} Notice
 * @property {number} id
 * @property {string} at
 * @property {string} href
 * @property {number} ticket
 * @property {string} title
 * @property {string} actor
 * @property {string} sentence
 * @property {string} excerpt
 * @property {boolean} internal
 * @property {string} reason
 * @property {boolean} read
 * @property {string} snoozed  until when, or nothing
 */

const until = new Intl.DateTimeFormat(LOCALE, {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
})

class List {
  /** @type {string | undefined} */
  seen
  /** @type {HTMLElement | null} */
  open = null

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.tick = setInterval(() => this.refresh(), 30_000)
    /** @param {Event} event */
    this.outside = (event) => this.open && !event.composedPath().includes(this.open) && this.close()
    /** @param {KeyboardEvent} event */
    this.escape = (event) => event.key === "Escape" && this.open && this.close({ focus: true })
    document.addEventListener("pointerdown", this.outside)
    document.addEventListener("keydown", this.escape)
  }

  /** @param {Component<{ items: Notice[], empty: string, more: string }>} component */
  take({ data }) {
    const seen = JSON.stringify(data)
    if (seen === this.seen) return
    this.seen = seen
    const held = focusedBeside(this.root)?.closest("li")?.dataset.id
    this.open = null
    if (!data.items.length) {
      this.root.replaceChildren(make("p", { className: "empty" }, data.empty))
      return
    }
    const list = make("ul", { role: "list", ariaLabel: "Notifications" })
    list.append(...data.items.map((item) => this.row(item)))
    const more = data.more
      ? make(
        "nav",
        { className: "more", ariaLabel: "More notifications" },
        make("a", { href: data.more }, "Earlier"),
      )
      : ""
    this.root.replaceChildren(list, more)
    if (held) find(this.root, `li[data-id="${Number(held)}"] a`)?.focus({ preventScroll: true })
  }

  /** @param {Notice} item */
  row(item) {
    const row = make("li", { dataset: { id: String(item.id) } })
    const link = make(
      "a",
      { href: item.href, dir: "auto" },
      make("bdi", { className: "who" }, item.actor),
      ` ${item.sentence}`,
    )
    link.addEventListener("click", (event) => {
      if (event.button > 1) return
      this.put(row, item, { read: true })
      follow(event)
    })
    const said = item.excerpt ? [make("p", { className: "said", dir: "auto" }, item.excerpt)] : []
    const lock = item.internal
      ? [
        make("span", {
          className: "dk-lock",
          role: "img",
          title: "Internal note",
          ariaLabel: "Internal note",
        }),
      ]
      : []
    row.append(
      make("span", { className: "dot" }),
      make(
        "div",
        { className: "what" },
        make("p", { className: "line" }, ...lock, link),
        ...said,
        make(
          "p",
          { className: "facts" },
          make("span", { className: "ticket", dir: "auto" }, `#${item.ticket} ${item.title}`),
          make("time", { dateTime: item.at, title: absolute(item.at) }, relative(item.at)),
          make("span", { className: "why" }, `because ${item.reason}`),
          make("span", { className: "later" }),
        ),
      ),
      make("div", { className: "deeds" }, this.reader(row, item), this.snoozer(row, item)),
    )
    this.show(row, item)
    return row
  }

  /**
   * @param {HTMLElement} row
   * @param {Notice} item
   */
  reader(row, item) {
    const button = make("button", { type: "button", className: "reader" })
    button.addEventListener("click", () => this.put(row, item, { read: !item.read }))
    return button
  }

  /**
   * @param {HTMLElement} row
   * @param {Notice} item
   */
  snoozer(row, item) {
    const button = make("button", {
      type: "button",
      className: "snoozer",
      ariaHasPopup: "true",
      ariaExpanded: "false",
    }, "Later")
    const box = make(
      "div",
      { className: "menu", hidden: true },
      ...choices().map(([label, when]) => {
        const choice = make("button", { type: "button" }, label, make("small", {}, until.format(when())))
        choice.addEventListener("click", () => {
          this.close({ focus: true })
          this.put(row, item, { snoozed: when().toISOString() })
        })
        return choice
      }),
    )
    const place = make("div", { className: "place" }, button, box)
    button.addEventListener("click", () => {
      const opens = box.hidden
      this.close()
      if (!opens) return
      this.open = place
      box.hidden = false
      button.ariaExpanded = "true"
      part(box, "button").focus()
    })
    return place
  }

  close({ focus = false } = {}) {
    if (!this.open) return
    const [button, box] = /** @type {HTMLCollectionOf<HTMLElement>} */ (this.open.children)
    box.hidden = true
    button.ariaExpanded = "false"
    this.open = null
    if (focus) button.focus()
  }

  /**
   * @param {HTMLElement} row
   * @param {Notice} item
   * @param {{ read: boolean } | { snoozed: string }} change
   */
  async put(row, item, change) {
    const before = { ...item }
    if ("snoozed" in change) Object.assign(item, { snoozed: change.snoozed, read: false })
    else Object.assign(item, { read: change.read, ...(change.read ? {} : { snoozed: "" }) })
    this.show(row, item)
    const path = `/notifications/${item.id}`
    const { status } = "snoozed" in change
      ? await call("PUT", `${path}/snooze`, { json: { until: change.snoozed } })
      : await call(change.read ? "PUT" : "DELETE", `${path}/read`, { keepalive: true })
    if (status !== 204) {
      Object.assign(item, before)
      this.show(row, item)
    }
    document.dispatchEvent(new CustomEvent("docket:notices"))
  }

  /**
   * @param {HTMLElement} row
   * @param {Notice} item
   */
  show(row, item) {
    const later = item.snoozed && new Date(item.snoozed) > new Date()
    row.className = item.read || later ? "read" : "unread"
    const dot = part(row, ".dot")
    if (row.className === "unread") {
      Object.assign(dot, { ariaLabel: "Unread", title: "Unread" }).setAttribute("role", "img")
    } else for (const name of ["role", "aria-label", "title"]) dot.removeAttribute(name)
    part(row, ".reader").textContent = item.read ? "Mark unread" : "Mark read"
    part(row, ".later").textContent = later ? `until ${until.format(new Date(item.snoozed))}` : ""
  }

  refresh() {
    for (const time of this.root.querySelectorAll("time")) time.textContent = relative(time.dateTime)
  }

  end() {
    clearInterval(this.tick)
    document.removeEventListener("pointerdown", this.outside)
    document.removeEventListener("keydown", this.escape)
  }
}

export default mounted(List)

/**
 * When somebody may want to hear again, in their own time.
 *
 * @returns {[string, () => Date][]}
 */
function choices() {
  /** @type {(days: number) => () => Date} */
  const morning = (days) => () => {
    const at = new Date()
    at.setDate(at.getDate() + days)
    at.setHours(9, 0, 0, 0)
    return at
  }
  const monday = () => morning((8 - new Date().getDay()) % 7 || 7)()
  return [
    ["In an hour", () => new Date(Date.now() + 3_600_000)],
    ["Tomorrow", morning(1)],
    ["Next Monday", monday],
  ]
}
