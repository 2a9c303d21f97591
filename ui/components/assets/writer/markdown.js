// The Markdown tools: what each does to a text field. Undo stays with the browser.
import { make, parts, required, targetOf } from "../dom.js"

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} label
 * @property {string} keys
 * @property {string} [around]  what it puts around the selection
 * @property {string} [before]  what it puts before each line
 * @property {(field: HTMLTextAreaElement) => void} [act]
 */

/** @type {Tool[]} */
const TOOLS = [
  { name: "bold", label: "Bold", keys: "B", around: "**" },
  { name: "italic", label: "Italic", keys: "I", around: "_" },
  { name: "code", label: "Code", keys: "E", around: "`" },
  { name: "link", label: "Link", keys: "K", act: link },
  { name: "list", label: "List", keys: "Shift+8", before: "- " },
  { name: "quote", label: "Quote", keys: "Shift+9", before: "> " },
]
const MAC = /Mac|iP(hone|ad)/.test(navigator.platform)

/** @param {HTMLTextAreaElement} field */
export function toolbar(field) {
  const bar = make(
    "div",
    { className: "tools", role: "toolbar", ariaLabel: "Formatting" },
    ...TOOLS.map((tool, at) =>
      make("button", {
        type: "button",
        className: "icon",
        dataset: { tool: tool.name },
        tabIndex: at ? -1 : 0,
        ariaLabel: tool.label,
        title: `${tool.label} (${MAC ? "⌘" : "Ctrl"}+${tool.keys})`,
        onclick: () => apply(tool, field),
      })
    ),
  )
  bar.onkeydown = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!by) return
    const buttons = parts(bar, "button")
    const next = required(buttons.at((buttons.indexOf(targetOf(event)) + by) % buttons.length))
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1
    next.focus()
    event.preventDefault()
  }
  return bar
}

/**
 * True when the key belonged to a tool.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLTextAreaElement} field
 */
export function shortcut(event, field) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false
  const digit = event.shiftKey && { Digit8: "Shift+8", Digit9: "Shift+9" }[event.code]
  const tool = TOOLS.find(({ keys }) => keys === (digit || (event.shiftKey ? "" : event.key.toUpperCase())))
  if (tool) apply(tool, field)
  return Boolean(tool)
}

/**
 * @param {Tool} tool
 * @param {HTMLTextAreaElement} field
 */
function apply(tool, field) {
  field.focus()
  if (tool.around) wrap(field, { around: tool.around, label: tool.label, name: tool.name })
  else if (tool.before) begin(field, tool.before)
  else tool.act?.(field)
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {{ around: string, label: string, name: string }} tool
 */
function wrap(field, { around, label, name }) {
  const { selectionStart: from, selectionEnd: to, value } = field
  const chosen = value.slice(from, to)
  const [fence, inner] = name === "code" && chosen.includes("\n")
    ? ["```", `\n${chosen}\n`]
    : [around, chosen || label.toLowerCase()]
  put(field, fence + inner + fence)
  if (!chosen) field.setSelectionRange(from + fence.length, from + fence.length + inner.length)
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {string} mark
 */
function begin(field, mark) {
  const from = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1
  const end = field.value.indexOf("\n", field.selectionEnd)
  const to = end < 0 ? field.value.length : end
  const lines = field.value.slice(from, to).split("\n")
  const marked = lines.every((line) => line.startsWith(mark))
  field.setSelectionRange(from, to)
  put(field, lines.map((line) => (marked ? line.slice(mark.length) : mark + line)).join("\n"))
}

/** @param {HTMLTextAreaElement} field */
function link(field) {
  const { selectionStart: from, selectionEnd: to, value } = field
  const chosen = value.slice(from, to)
  const address = /^https?:\/\/\S+$/.test(chosen)
  const text = address ? "text" : chosen || "text"
  put(field, `[${text}](${address ? chosen : "https://"})`)
  if (address || !chosen) field.setSelectionRange(from + 1, from + 1 + text.length)
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {string} text
 */
export function put(field, text) {
  // The old command is the only way that keeps the browser's undo.
  if (document.execCommand?.("insertText", false, text)) return
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end")
  field.dispatchEvent(new InputEvent("input", { bubbles: true }))
}
