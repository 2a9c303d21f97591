// Write and Preview, as two tabs over the same place.
import { make, part } from "../dom.js"
/** @import { Answer } from "../api.js" */

/**
 * `ask(text)` has the server show how a text will look.
 *
 * @param {HTMLTextAreaElement} field
 * @param {HTMLElement} tools
 * @param {(text: string) => Promise<Answer>} ask
 */
export function tabs(field, tools, ask) {
  const write = make("button", { type: "button", role: "tab", id: "tab-write" }, "Write")
  const look = make("button", { type: "button", role: "tab", id: "tab-preview" }, "Preview")
  const writing = make("div", { role: "tabpanel", id: "write" }, field)
  const shown = make("div", {
    role: "tabpanel",
    id: "preview",
    className: "preview dk-markdown",
    tabIndex: 0,
  })
  const list = make("div", { className: "tabs", role: "tablist", ariaLabel: "Message" }, write, look)
  for (const [tab, panel] of [[write, writing], [look, shown]]) {
    tab.setAttribute("aria-controls", panel.id)
    panel.setAttribute("aria-labelledby", tab.id)
    tab.onclick = () => choose(tab)
  }
  list.onkeydown = (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return
    const other = part(list, '[aria-selected="false"]')
    choose(other)
    other.focus()
    event.preventDefault()
  }

  /** @param {HTMLElement} tab */
  function choose(tab) {
    for (const each of [write, look]) {
      each.ariaSelected = String(each === tab)
      each.tabIndex = each === tab ? 0 : -1
    }
    writing.hidden = tab === look
    shown.hidden = tab !== look
    tools.hidden = tab === look
    if (tab === look) render()
  }

  async function render() {
    const text = field.value
    shown.style.minHeight = `${field.offsetHeight || 160}px`
    if (!text.trim()) return shown.replaceChildren(make("p", { className: "faint" }, "Nothing to show yet."))
    shown.setAttribute("aria-busy", "true")
    const { status, body, detail } = await ask(text)
    shown.removeAttribute("aria-busy")
    if (text !== field.value || shown.hidden) return
    if (status !== 200) {
      return shown.replaceChildren(
        make("p", { className: "faint" }, detail || "There is no preview just now."),
      )
    }
    shown.innerHTML = body.html // sanitised by the server; the content policy forbids scripts in any case
    for (const link of shown.querySelectorAll("a")) Object.assign(link, { target: "_blank", rel: "noopener" })
  }

  choose(write)
  return {
    head: make("div", { className: "head" }, list, tools),
    panels: [writing, shown],
    write: () => choose(write),
  }
}
