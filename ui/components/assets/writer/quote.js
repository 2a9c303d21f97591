// Quotes a comment into the writer: the conversation's buttons bear its number, its words come from the server.
import { call } from "../api.js"
import { closestTo } from "../dom.js"
import { put } from "./markdown.js"

/**
 * `take(text, internal)` gets the quotation. Returns how to stop listening.
 *
 * @param {(text: string, internal: boolean) => void} take
 */
export function quoting(take) {
  /** @param {Event} event */
  const press = async (event) => {
    const button = closestTo(event, "[data-quote]")
    if (!button) return
    const { status, body } = await call("GET", `/comments/${Number(button.dataset.quote)}`)
    if (status === 200) take(quoted(body), body.visibility === "internal")
  }
  document.addEventListener("click", press)
  return () => document.removeEventListener("click", press)
}

/** @param {{ author: { name: string }, body: string }} comment */
export function quoted({ author, body }) {
  return [`**${author.name}**:`, "", ...body.split("\n")].map((line) => `> ${line}`.trimEnd()).join("\n") +
    "\n\n"
}

/**
 * Puts a quotation behind what was written so far, in a paragraph of its own.
 *
 * @param {HTMLTextAreaElement} field
 * @param {string} text
 */
export function append(field, text) {
  const { length } = field.value
  field.focus()
  field.setSelectionRange(length, length)
  const gap = !length || field.value.endsWith("\n\n") ? "" : field.value.endsWith("\n") ? "\n" : "\n\n"
  put(field, gap + text)
  field.scrollIntoView({ block: "nearest" })
}
