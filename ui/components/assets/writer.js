// Where people write: the form of a new ticket, and replies. What is typed is never overwritten for the same token.
import { call } from "./api.js"
import { make, targetOf } from "./dom.js"
import { mounted } from "./mounted.js"
import { styled } from "./styled.js"
import { Answers } from "./writer/answers.js"
import { Audience } from "./writer/audience.js"
import { Autosave, recall } from "./writer/autosave.js"
import { Field } from "./writer/field.js"
import { Files, pasted } from "./writer/files.js"
import { shortcut, toolbar } from "./writer/markdown.js"
import { Mentions } from "./writer/mentions.js"
import { Offers } from "./writer/offers.js"
import { tabs } from "./writer/preview.js"
import { append, quoting } from "./writer/quote.js"
import { similar } from "./writer/similar.js"
/** @import { Properties } from "./dom.js" */
/** @import { Component } from "./mounted.js" */
/** @import { Attachment } from "./writer/files.js" */

/** @type {Map<string, any>} */
const unmounted = new Map() // slot and token → what was written, for a writer that Streamlit draws again elsewhere
const PATIENCE = 15_000
/** @type {Record<string, string>} */
const SAID = {
  saving: "Saving …",
  saved: "Draft saved",
  unsaved: "Not saved – kept in this browser, trying again",
  signed_out: "You were signed out. Your text is kept in this browser; sign in again to send it.",
  refused: "Not saved – kept in this browser.",
  used: "This was already sent, perhaps from another tab.",
}
/**
 * @typedef {object} WriterData
 * @property {"ticket" | "comment"} mode
 * @property {string} slot
 * @property {string} token
 * @property {string[]} tokens  of all drafts that this page has shown here
 * @property {string} title
 * @property {string} body
 * @property {Attachment[]} attachments
 * @property {string} visibility
 * @property {string} updated
 * @property {string[]} visibilities
 * @property {{ title?: string, body: string }} labels
 * @property {{ title: number, body: number, file: number }} limits
 * @property {Record<string, string>} submit  the label of the button for each visibility
 * @property {string} placeholder
 * @property {boolean} answers
 * @property {boolean} busy
 * @property {string} error
 * @property {Record<string, string>} field_errors
 * @property {number} turn
 */
let count = 0

class Writer {
  /** @type {WriterData} */
  data
  /** @type {(name: string, value: unknown) => void} */
  setStateValue
  /** @type {(name: string, value: unknown) => void} */
  setTriggerValue
  /** @type {string} */
  slot
  /** @type {string | undefined} */
  token
  /** @type {number | undefined} */
  sent
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  patience
  /** @type {string} */
  reported
  /** @type {Autosave} */
  saver
  /** @type {Record<string, Field>} */
  fields
  /** @type {ReturnType<typeof similar> | null} */
  similar
  /** @type {Audience | null} */
  who
  /** @type {Mentions | null} */
  mentions
  /** @type {Offers | null} */
  offers
  /** @type {Files} */
  files
  /** @type {ReturnType<typeof tabs>} */
  tabs
  /** @type {HTMLInputElement} */
  picker
  /** @type {HTMLButtonElement} */
  attach
  /** @type {HTMLElement} */
  saved
  /** @type {HTMLElement} */
  error
  /** @type {HTMLButtonElement} */
  send
  /** @type {HTMLButtonElement | false} */
  answer
  /** @type {() => void} */
  unquote
  /** @type {() => void} */
  leave
  /** @type {() => void} */
  hide
  /** @type {() => void} */
  online

  /**
   * @param {HTMLElement} root
   * @param {WriterData} data
   */
  constructor(root, data) {
    this.root = root
    this.ticket = data.mode === "ticket"
    this.id = `writer-${++count}`
    this.build(data)
    this.listen()
  }

  /** @param {WriterData} data */
  build({ limits, labels, visibilities, answers }) {
    /** @type {(part: "title" | "body", tag: "input" | "textarea", more: Properties<HTMLTextAreaElement & HTMLInputElement>) => Field} */
    const field = (part, tag, more) =>
      new Field(tag, { id: `${this.id}-${part}`, label: labels[part] ?? "", limit: limits[part], ...more })
    const body = field("body", "textarea", { rows: this.ticket ? 8 : 5 })
    const title = this.ticket ? field("title", "input", { type: "text", autocomplete: "off" }) : null
    this.fields = title ? { title, body } : { body }
    const { area } = this
    this.similar = title && similar()
    this.who = !title && visibilities.length > 1
      ? new Audience(`${this.id}-visibility`, () => this.turned())
      : null
    const ticket = () => this.number
    this.mentions = title ? null : new Mentions(area, { ticket, visibility: () => this.visibility })
    this.offers = this.mentions &&
      new Offers(area, [this.mentions, ...(answers ? [new Answers({ ticket })] : [])])
    this.files = new Files({
      limit: limits.file,
      changed: () => this.edited({ attachments: this.files.ready.map(({ id }) => id) }),
    })

    this.tabs = tabs(
      area,
      toolbar(area),
      (text) =>
        this.mentions && this.number
          ? this.mentions.show(text)
          : call("POST", "/preview", { json: { text } }),
    )
    this.picker = make("input", {
      type: "file",
      multiple: true,
      hidden: true,
      tabIndex: -1,
      onchange: () => this.picked(),
    })
    this.attach = make("button", {
      type: "button",
      className: "quiet attach",
      onclick: () => this.picker.click(),
    }, "Attach files")
    this.saved = make("p", { className: "saved", role: "status" })
    this.error = make("p", { className: "error", role: "alert" })
    this.send = make("button", { type: "button", className: "send", onclick: () => this.submit() })
    this.answer = answers &&
      make("button", {
        type: "button",
        className: "quiet",
        title: "Or type :: and a word",
        onclick: () => this.insertAnswer(),
      }, "Canned reply")
    const foot = make(
      "div",
      { className: "foot" },
      this.attach,
      ...(this.answer ? [this.answer] : []),
      make("span", { className: "hint" }, "or drop or paste them here"),
      this.picker,
    )
    this.root.replaceChildren(
      ...(title ? [title.label, title.input, title.error, title.counter] : []),
      ...(this.similar ? [this.similar.box, this.similar.news] : []),
      ...(this.who ? [this.who.box] : []),
      body.label,
      make(
        "div",
        { className: "stand" },
        make("div", { className: "box" }, this.tabs.head, ...this.tabs.panels, this.files.list, foot),
        ...(this.offers ? [this.offers.choices.list, this.offers.choices.news] : []),
      ),
      ...(this.mentions ? [this.mentions.missed] : []),
      body.error,
      body.counter,
      this.files.news,
      this.error,
      make("div", { className: "end" }, this.saved, ...(title ? [] : [this.send])),
    )
  }

  listen() {
    const { root } = this
    root.addEventListener("input", (event) => this.typed(event))
    root.addEventListener("keydown", (event) => this.key(event))
    root.addEventListener("keyup", (event) => this.hush(event))
    root.addEventListener("keypress", (event) => this.hush(event))
    root.addEventListener("paste", (event) => this.receive(event, pasted(event.clipboardData)))
    root.addEventListener("drop", (event) => this.receive(event, [...(event.dataTransfer?.files ?? [])]))
    for (const kind of /** @type {const} */ (["dragenter", "dragover", "dragleave", "drop"])) {
      root.addEventListener(kind, (event) => this.drag(event))
    }
    root.addEventListener("focusout", (event) => {
      if (root.contains(/** @type {Node | null} */ (event.relatedTarget))) return
      this.saver.flush()
      this.report()
    })
    this.unquote = this.ticket ? () => {} : quoting((text, internal) => this.quote(text, internal))
    this.leave = () => this.saver.flush({ leaving: true })
    this.hide = () => document.visibilityState === "hidden" && this.leave()
    this.online = () => this.saver.flush()
    addEventListener("pagehide", this.leave)
    addEventListener("online", this.online)
    document.addEventListener("visibilitychange", this.hide)
  }

  end() {
    this.leave()
    if (this.token !== undefined) unmounted.set(this.place, this.values())
    this.saver.stop()
    clearTimeout(this.patience)
    this.unquote()
    removeEventListener("pagehide", this.leave)
    removeEventListener("online", this.online)
    document.removeEventListener("visibilitychange", this.hide)
  }

  // The text field that the message is written into.
  get area() {
    return /** @type {HTMLTextAreaElement} */ (this.fields.body.input)
  }

  get place() {
    return `${this.slot}:${this.token}`
  }

  // The number of the ticket that is written on.
  get number() {
    return Number(/^ticket-(\d+)$/.exec(this.slot)?.[1] ?? 0)
  }

  /** @returns {string} */
  get visibility() {
    return this.who?.value ?? this.data.visibilities[0]
  }

  values() {
    const { title, body } = this.fields
    return {
      ...(title && { title: title.text }),
      body: body.text,
      attachments: this.files.ready,
      ...(!this.ticket && { visibility: this.visibility }),
    }
  }

  /**
   * What Python says: a new token brings new text, the same token only what surrounds it.
   *
   * @param {Component<WriterData>} component
   */
  take({ data, setStateValue, setTriggerValue }) {
    const before = /** @type {WriterData | undefined} */ (this.data)
    Object.assign(this, { data, setStateValue, setTriggerValue })
    if (data.token !== this.token || data.slot !== this.slot) this.load(data)
    else if (this.sent !== undefined && data.turn !== this.sent) this.answered(data)
    if (data.error || Object.keys(data.field_errors).length) this.complain(data)
    if (before?.busy !== data.busy) this.lock()
    this.dress()
  }

  /** @param {WriterData} data */
  load(data) {
    const last = this.token
    const again = last !== undefined
    // Another process may serve the page by now, which has never heard of what was written here.
    const unknown = again && data.slot === this.slot && !data.tokens.includes(last) &&
      this.saver.unsaved
    const lost = unknown ? this.values() : undefined
    this.saver?.forget()
    Object.assign(this, { slot: data.slot, token: data.token, sent: undefined })
    clearTimeout(this.patience)
    const kept = lost ?? unmounted.get(this.place) ?? recall(data.slot, data.token, data.updated)
    unmounted.delete(this.place)
    const values = { ...data, ...kept }
    for (const [part, field] of Object.entries(this.fields)) field.text = values[part] ?? ""
    if (this.who) this.who.value = values.visibility
    this.files.reset(values.attachments ?? [])
    this.saver = new Autosave({
      slot: data.slot,
      token: data.token,
      values: () => this.values(),
      tell: (state, detail) => this.tell(state, detail),
    })
    this.reported = JSON.stringify(this.written(data))
    this.saved.textContent = ""
    this.complain({ error: "", field_errors: {} })
    this.tabs.write()
    this.lock()
    this.similar?.look("")
    this.mentions?.check()
    if (kept) {
      this.saver.touch(this.draft())
      this.report()
    }
    if (again && document.activeElement === /** @type {ShadowRoot} */ (this.root.getRootNode()).host) {
      styled(this.root).then(() => this.fields.body.input.focus())
    }
  }

  draft() {
    const { attachments, ...rest } = this.values()
    return { ...rest, attachments: attachments.map(({ id }) => id) }
  }

  /** @param {Event} event */
  typed(event) {
    const target = /** @type {HTMLInputElement} */ (targetOf(event))
    const part = Object.keys(this.fields).find((each) => this.fields[each].input === target)
    if (!part) return
    if (part === "title") this.similar?.look(target.value)
    this.error.textContent = ""
    this.fields[part].complain()
    if (part === "body") {
      this.offers?.typed()
      this.mentions?.check()
    }
    this.edited({ [part]: target.value })
  }

  // Those at the same place are told that something is written; what is empty or sent is only looked at.
  announce() {
    const writes = this.fields.body.text.trim() && this.sent === undefined
    const doing = !writes ? "looking" : this.visibility === "internal" ? "noting" : "replying"
    document.dispatchEvent(new CustomEvent("docket:writing", { detail: { slot: this.slot, doing } }))
  }

  /**
   * What only staff may read is quoted to staff only.
   *
   * @param {string} text
   * @param {boolean} internal
   */
  quote(text, internal) {
    if (this.locked) return
    this.tabs.write()
    if (internal && this.visibility !== "internal") {
      if (!this.who) return
      this.who.value = "internal"
      this.turned()
    }
    append(this.area, text)
  }

  insertAnswer() {
    this.tabs.write()
    this.offers?.begin("::")
  }

  turned() {
    this.dress()
    this.mentions?.check()
    this.edited({ visibility: this.visibility })
  }

  /** @param {Record<string, unknown>} fields */
  edited(fields) {
    this.measure()
    this.saver.touch(fields)
    this.announce()
    if ("attachments" in fields) this.report()
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target === this.area && !event.isComposing && this.offers?.choices.key(event)) {
      return
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault()
      this.submit()
    } else if (event.target === this.area && shortcut(event, this.area)) {
      event.preventDefault()
    } else if (event.key === "Enter" && event.target === this.fields.title?.input && !event.isComposing) {
      event.preventDefault()
      this.fields.body.input.focus()
    }
    this.hush(event)
  }

  /**
   * Streamlit listens for single letters on the page and cannot see that these are typed into a field.
   *
   * @param {KeyboardEvent} event
   */
  hush(event) {
    if (targetOf(event).matches("input, textarea") && !["Tab", "Escape"].includes(event.key)) {
      event.stopPropagation()
    }
  }

  /**
   * @param {Event} event
   * @param {File[]} files
   */
  receive(event, files) {
    if (!files.length || this.locked) return
    event.preventDefault()
    this.files.add(files)
  }

  /** @param {DragEvent} event */
  drag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return
    event.preventDefault()
    const within = event.type === "dragleave" &&
      this.root.contains(/** @type {Node | null} */ (event.relatedTarget))
    this.root.classList.toggle("dropping", event.type === "dragenter" || event.type === "dragover" || within)
  }

  picked() {
    this.files.add([...(this.picker.files ?? [])])
    this.picker.value = ""
  }

  /**
   * What a button outside needs to know, and only when it changed: telling it runs the page.
   *
   * @param {{ title?: string, body?: string, attachments?: { id: string }[] }} values
   */
  written({ title, body, attachments }) {
    return {
      token: this.token,
      title: title ?? "",
      body: body ?? "",
      attachments: (attachments ?? []).map(({ id }) => id),
      uploading: this.files.uploading,
    }
  }

  report() {
    if (!this.ticket || this.locked) return
    const value = this.written(this.values())
    const text = JSON.stringify(value)
    if (text === this.reported) return
    this.reported = text
    this.setStateValue("value", value)
  }

  // The draft is saved first: should the process that serves the page die now, any other knows what was sent.
  async submit() {
    if (this.locked || !this.fit()) return
    this.sent = this.data.turn
    this.announce()
    this.lock()
    this.complain({ error: "", field_errors: {} })
    this.patience = setTimeout(
      () => this.release("Docket did not answer. Your text is still here; please try again."),
      PATIENCE,
    )
    const { token, patience } = this
    await this.saver.settle()
    // Meanwhile the text may have been freed and even sent again.
    if (this.sent === undefined || patience !== this.patience || token !== this.token) return
    this.saver.hold()
    this.setTriggerValue("submit", { token: this.token, ...this.draft() })
  }

  fit() {
    const { title, body } = this.fields
    const long = Object.values(this.fields).find((field) => field.left < 0)
    if (long) return this.refuse(long, "This is too long to send.")
    if (title && !title.text.trim()) return this.refuse(title, "Give the ticket a title.")
    if (!title && !body.text.trim() && !this.files.ready.length) {
      return this.refuse(body, "Write something first.")
    }
    if (this.files.uploading) {
      this.error.textContent = "A file is still being sent. Wait a moment, or remove it."
      return false
    }
    return true
  }

  /**
   * @param {Field} field
   * @param {string} text
   */
  refuse(field, text) {
    field.complain(text)
    this.tabs.write()
    field.input.focus()
    return false
  }

  /**
   * The page ran: with a refusal the text is free at once; without one a new token is probably on its way.
   *
   * @param {Pick<WriterData, "error" | "field_errors">} data
   */
  answered({ error, field_errors: errors }) {
    clearTimeout(this.patience)
    if (error || Object.keys(errors).length) return this.release()
    this.patience = setTimeout(() => this.release(), 1000)
  }

  /** @param {string} [text] */
  release(text) {
    clearTimeout(this.patience)
    this.sent = undefined
    this.lock()
    this.saver.touch(this.draft())
    this.report()
    if (text) this.error.textContent = text
  }

  /** @param {Pick<WriterData, "error" | "field_errors">} data */
  complain({ error, field_errors: errors }) {
    this.error.textContent = error
    for (const [part, field] of Object.entries(this.fields)) field.complain(errors[part])
  }

  get locked() {
    return this.sent !== undefined || this.data.busy
  }

  lock() {
    const { locked } = this
    for (const { input } of Object.values(this.fields)) input.readOnly = locked
    for (const button of [this.send, this.attach, this.answer]) if (button) button.disabled = locked
    this.root.setAttribute("aria-busy", String(locked))
    this.dress()
  }

  dress() {
    const { labels, placeholder, submit } = this.data
    const internal = !this.ticket && this.visibility === "internal"
    this.root.classList.toggle("internal", internal)
    this.fields.body.label.textContent = internal ? "Internal note" : labels.body
    this.fields.body.input.placeholder = placeholder
    this.send.textContent = this.sent !== undefined ? "Sending …" : submit[this.visibility]
    this.measure()
  }

  measure() {
    for (const field of Object.values(this.fields)) field.measure()
  }

  /**
   * @param {string} state
   * @param {string} [detail]
   */
  tell(state, detail) {
    if (this.sent !== undefined) return
    this.saved.dataset.state = state
    this.saved.textContent = state === "refused" && detail
      ? `Not saved: ${detail} Your text is kept in this browser.`
      : SAID[state]
  }
}

export default mounted(Writer)
