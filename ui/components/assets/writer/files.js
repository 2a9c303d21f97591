// The files of a message: dropped, pasted or chosen, sent at once, listed with what became of each.
import { call, upload } from "../api.js"
import { make, required } from "../dom.js"

/** @typedef {{ id: string, name: string, type: string, size: number }} Attachment */
/**
 * A file of the list. One that is not there yet has a file and no id; one that is being sent can be stopped.
 *
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} type
 * @property {number} size
 * @property {string} [id]
 * @property {File} [file]
 * @property {(() => void) | null} [stop]
 * @property {number} [progress]  from 0 to 1
 * @property {HTMLProgressElement} [bar]
 * @property {string} [refusal]
 * @property {boolean} [lost]  whether it may be tried again
 */

export class Files {
  /** @type {Entry[]} */
  #entries = []

  /** @param {{ limit: number, changed: () => void }} options */
  constructor({ limit, changed }) {
    this.limit = limit
    this.changed = changed
    this.list = make("ul", { className: "files", ariaLabel: "Attachments" })
    this.news = make("p", { className: "hidden", role: "status" })
  }

  /** @returns {Attachment[]} */
  get ready() {
    return this.#entries.flatMap(({ id, name, type, size }) => (id ? [{ id, name, type, size }] : []))
  }

  get uploading() {
    return this.#entries.filter((entry) => entry.stop).length
  }

  /** @param {Attachment[]} attachments */
  reset(attachments) {
    for (const entry of this.#entries) entry.stop?.()
    this.#entries = attachments.map((attachment) => ({ ...attachment }))
    this.#draw()
  }

  /** @param {Iterable<File>} files */
  add(files) {
    for (const file of files) {
      /** @type {Entry} */
      const entry = { file, name: file.name, type: file.type, size: file.size }
      this.#entries.push(entry)
      if (file.size > this.limit) {
        entry.refusal = `This file is larger than ${size(this.limit)}, the most that can be attached.`
      } else this.#send(entry)
      if (entry.refusal) this.#say(`${entry.name}: ${entry.refusal}`)
    }
    this.#draw()
  }

  /** @param {Entry} entry */
  #send(entry) {
    Object.assign(entry, { refusal: "", lost: false, progress: 0 })
    entry.stop = upload(required(entry.file), {
      progress: (part) => {
        entry.progress = part
        if (entry.bar) entry.bar.value = part
      },
      done: ({ status, body, detail }) => {
        entry.stop = null
        if (status === 201 && body?.id) {
          Object.assign(entry, { id: body.id, name: body.name, type: body.type, size: body.size })
        } else {Object.assign(entry, {
            refusal: detail || "This file could not be attached.",
            lost: status === 0 || status >= 500,
          })}
        this.#say(entry.id ? `${entry.name} is attached.` : `${entry.name}: ${entry.refusal}`)
        this.#draw()
        if (entry.id) this.changed()
      },
    })
    this.#draw()
  }

  /** @param {Entry} entry */
  #remove(entry) {
    entry.stop?.()
    this.#entries = this.#entries.filter((other) => other !== entry)
    this.#draw()
    this.#say(`${entry.name} was removed.`)
    if (!entry.id) return
    call("DELETE", `/attachments/${encodeURIComponent(entry.id)}`)
    this.changed()
  }

  /** @param {string} text */
  #say(text) {
    this.news.textContent = text
  }

  #draw() {
    this.list.hidden = !this.#entries.length
    this.list.replaceChildren(...this.#entries.map((entry) => this.#item(entry)))
  }

  /** @param {Entry} entry */
  #item(entry) {
    const item = make(
      "li",
      { className: entry.refusal ? "file refused" : "file" },
      make("span", { className: "file-name", title: entry.name, dir: "auto" }, entry.name),
      make("span", { className: "file-facts" }, [kind(entry), size(entry.size)].filter(Boolean).join(", ")),
    )
    if (entry.stop) {
      entry.bar = make("progress", { max: 1, value: entry.progress, ariaLabel: `Sending ${entry.name}` })
      item.append(entry.bar)
    }
    if (entry.refusal) item.append(make("span", { className: "file-refusal" }, entry.refusal))
    if (entry.lost) {
      item.append(
        make("button", { type: "button", className: "quiet", onclick: () => this.#send(entry) }, "Try again"),
      )
    }
    item.append(make("button", {
      type: "button",
      className: "icon remove",
      ariaLabel: `Remove ${entry.name}`,
      title: "Remove",
      onclick: () => this.#remove(entry),
    }))
    return item
  }
}

/** @param {{ name: string, type?: string }} file */
function kind({ name, type }) {
  const ending = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toUpperCase().slice(0, 5) : ""
  if (type?.startsWith("image/")) return `${ending || "Image"} image`.trim()
  return ending || type || ""
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return bytes === 1 ? "1 byte" : `${bytes} bytes`
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 ** 2).toFixed(1).replace(/\.0$/, "")} MB`
}

/**
 * Files in what was pasted, unless there is text too (office programs add a picture of the text).
 *
 * @param {DataTransfer | null} clipboard
 * @returns {File[]}
 */
export function pasted(clipboard) {
  if (!clipboard || clipboard.types.includes("text/plain")) return []
  return [...clipboard.files].map((file, at) => {
    if (file.name && file.name !== "image.png") return file
    const moment = new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-")
    return new File([file], `pasted-${moment}${at ? `-${at}` : ""}.${file.type.split("/")[1] || "bin"}`, {
      type: file.type,
    })
  })
}
