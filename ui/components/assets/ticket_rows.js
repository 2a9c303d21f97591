// The list of tickets: a table where there is room, cards where there is not.
import { asked, assigning } from "./assign.js"
import { clock, ticked } from "./clock.js"
import { closestTo, find, focusedBeside, make, part, parts, required, targetOf } from "./dom.js"
import { rootOf } from "./mounted.js"
import { arrived, go, plain, restore } from "./navigate.js"
import { styled } from "./styled.js"
import { absolute, calendar, relative } from "./times.js"
/** @import { Component } from "./mounted.js" */

/**
 * A ticket; what its other fields hold is there as text by the field's name.
 *
 * @typedef {object} Row
 * @property {number} number
 * @property {string} href
 * @property {string} title
 * @property {string} priority
 * @property {string} status
 * @property {string} kind  the category of the status
 * @property {string} assignee
 * @property {boolean} unread
 * @property {boolean} confidential
 * @property {string} clock
 * @property {boolean} assigns
 */
/** @typedef {{ field: string, label: string, href: string, type: string }} Column */
/** @typedef {{ at: number, name: string, count: string, href: string, continued: boolean }} Heading */
/**
 * @typedef {object} List
 * @property {Chosen} chosen
 * @property {(tick: NonNullable<ReturnType<typeof ticked>>) => void} tick
 * @property {(number: string | undefined) => void} assign
 * @property {(data: ListData) => void} draw
 * @property {() => void} end
 */
/**
 * @typedef {object} ListData
 * @property {string} label
 * @property {Row[]} rows
 * @property {Heading[]} [groups]
 * @property {boolean} sorter
 * @property {Column[]} columns
 * @property {string} sort
 * @property {{ text: string, label: string, href: string }} empty
 * @property {{ label: string, href: string }[]} [more]
 * @property {number | null} choosing  the round; without one nothing can be chosen
 */

/** @type {WeakMap<HTMLElement, List>} */
const lists = new WeakMap()

/** @param {Component<ListData>} component */
export default function (component) {
  const { data, setStateValue, setTriggerValue } = component
  const root = rootOf(component)
  const list = lists.get(root) ?? begin(root)
  list.chosen.send = setStateValue
  list.tick = (what) => setTriggerValue("clock", what)
  list.assign = (number) => setTriggerValue("assign", asked(number))
  list.draw(data)
  return list.end
}

/** @param {HTMLElement} root */
function begin(root) {
  let last = ""
  let place = arrived()
  const tick = setInterval(() => refresh(root), 30_000)
  const chosen = new Chosen(root)
  /** @param {KeyboardEvent} event */
  const onKey = (event) => chosen.onKey(event) || hand(root, event) || step(root, event)
  document.addEventListener("keydown", onKey)
  root.addEventListener("click", open)
  root.addEventListener("auxclick", open)
  root.addEventListener("change", resort)
  root.addEventListener("click", (event) => chosen.onClick(event))
  root.addEventListener("click", (event) => {
    const tick = ticked(event)
    if (tick) list.tick(tick)
  })
  root.addEventListener("click", (event) => {
    const button = closestTo(event, ".assign")
    if (button) list.assign(button.dataset.assign)
  })
  /** @type {List} */
  const list = {
    chosen,
    tick: () => {},
    assign: () => {},
    draw(data) {
      chosen.take(data)
      const seen = JSON.stringify(data)
      if (seen === last) return
      last = seen
      const active = focusedBeside(root)?.dataset ?? {}
      const kind = ["clock", "assign"].find((each) => active[each]) ?? "number"
      const held = active[kind] ?? place?.number
      root.replaceChildren(
        ...(data.rows.length ? [sorter(data), table(data), more(data)] : [nothing(data.empty)]),
      )
      chosen.show()
      if (held) {
        styled(root).then(() =>
          find(root, `[data-${kind}="${Number(held)}"]`)?.focus({ preventScroll: true })
        )
      }
      if (place) restore(place.scroll)
      place = null
    },
    end() {
      clearInterval(tick)
      document.removeEventListener("keydown", onKey)
      lists.delete(root)
    },
  }
  lists.set(root, list)
  return list
}

/** @type {Record<string, (row: Row) => (Node | string)[]>} */
const CELLS = {
  title: (
    row,
  ) => [
    make(
      "div",
      { className: "title" },
      make("span", { className: "number" }, `#${row.number}`),
      ...(row.confidential
        ? [
          make("span", {
            className: "dk-lock",
            role: "img",
            title: "Confidential",
            ariaLabel: "Confidential",
          }),
        ]
        : []),
      make(
        "a",
        { href: row.href, title: row.title, dir: "auto", dataset: { number: row.number } },
        row.title,
      ),
      ...(row.unread
        ? [
          make("span", {
            className: "unread",
            role: "img",
            title: "New activity",
            ariaLabel: "New activity",
          }),
        ]
        : []),
      clock(row.number, row.clock),
    ),
  ],
  priority: (row) => [
    make(
      "span",
      { className: "dk-priority", dataset: { level: row.priority } },
      row.priority[0].toUpperCase() + row.priority.slice(1),
    ),
  ],
  status: (row) => [
    make(
      "span",
      { className: "dk-status", dataset: { kind: row.kind } },
      make("span", { title: row.status }, row.status),
    ),
  ],
  assignee: (
    row,
  ) => [
    row.assigns
      ? assigning(
        row.number,
        row.assignee ? `Assigned to ${row.assignee}` : "Unassigned",
        "",
        text(row.assignee, "Unassigned"),
      )
      : text(row.assignee, "Unassigned"),
  ],
}

/**
 * By what a field holds, for those that look like others of their type.
 *
 * @type {Record<string, (value: string) => Node>}
 */
const TYPES = {
  level: (value) => text(value && value[0].toUpperCase() + value.slice(1), "–"),
  named: (value) => text(value, "–"),
  person: (value) => text(value, "–"),
  moment: (value) => make("time", { dateTime: value, title: absolute(value) }, relative(value)),
  day: (value) => value ? make("span", { className: "text" }, calendar(value)) : text("", "–"),
}

/**
 * @param {Column} column
 * @param {Row} row
 */
function cell({ field, type }, row) {
  return CELLS[field]?.(row) ?? [TYPES[type](/** @type {any} */ (row)[field])]
}

/**
 * @param {string} value
 * @param {string} otherwise
 */
function text(value, otherwise) {
  return value
    ? make("span", { className: "text", title: value, dir: "auto" }, value)
    : make("span", { className: "faint" }, otherwise)
}

// Which rows are chosen is known here; Python hears of it, and lets go of all by another round.
class Chosen {
  /** @type {((name: string, value: unknown) => void) | undefined} */
  send
  /** @type {number | null | undefined} */
  round
  /** @type {HTMLInputElement | null} */
  last

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.numbers = new Set()
    this.last = null
  }

  /** @param {ListData} data */
  take({ choosing, rows }) {
    const there = new Set(rows.map((row) => row.number))
    const anew = this.round !== choosing
    this.round = choosing
    if (anew) this.numbers.clear()
    const gone = [...this.numbers].filter((number) => !there.has(number))
    for (const number of gone) this.numbers.delete(number)
    if (gone.length) this.tell()
    if (anew) this.show()
  }

  /** @returns {HTMLInputElement[]} */
  boxes() {
    return [
      .../** @type {NodeListOf<HTMLInputElement>} */ (this.root.querySelectorAll("tbody .choice input")),
    ]
  }

  show() {
    const boxes = this.boxes()
    for (const box of boxes) {
      box.checked = this.numbers.has(Number(box.value))
      required(box.closest("tr")).classList.toggle("chosen", box.checked)
    }
    const all = /** @type {HTMLInputElement | null} */ (this.root.querySelector("thead .choice input"))
    if (!all) return
    all.checked = boxes.length > 0 && boxes.every((box) => box.checked)
    all.indeterminate = !all.checked && boxes.some((box) => box.checked)
  }

  tell() {
    this.send?.("chosen", { round: this.round, numbers: [...this.numbers] })
  }

  /**
   * @param {HTMLInputElement[]} boxes
   * @param {boolean} on
   */
  put(boxes, on) {
    for (const box of boxes) this.numbers[on ? "add" : "delete"](Number(box.value))
    this.show()
    this.tell()
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const box = targetOf(event).closest(".choice")?.querySelector("input")
    if (!box) return
    if (event.target !== box) {
      event.preventDefault()
      box.checked = !box.checked
    }
    const boxes = this.boxes()
    if (!boxes.includes(box)) return this.put(boxes, box.checked)
    const [from, to] = [this.last ? boxes.indexOf(this.last) : -1, boxes.indexOf(box)].sort((a, b) => a - b)
    this.put(event.shiftKey && from >= 0 ? boxes.slice(from, to + 1) : [box], box.checked)
    this.last = box
  }

  /**
   * x chooses the row that has the focus, Escape lets go of all.
   *
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    if (this.round == null || event.ctrlKey || event.metaKey || event.altKey) return false
    const active = focusedBeside(this.root)
    const row = this.root.contains(active) ? active?.closest(".row") : null
    if (event.key === "x" && row) {
      const box = /** @type {HTMLInputElement} */ (part(row, ".choice input"))
      this.put([box], !box.checked)
      this.last = box
    } else if (event.key === "Escape" && row && this.numbers.size) {
      this.put(this.boxes(), false)
    } else return false
    event.preventDefault()
    return true
  }
}

/**
 * @param {"th" | "td"} cell
 * @param {string} value
 * @param {string} label
 */
function choice(cell, value, label) {
  const box = make("input", { type: "checkbox", value, ariaLabel: label })
  return make(
    cell,
    { className: "choice", role: cell === "th" ? "columnheader" : "cell" },
    make("span", {}, box),
  )
}

/** @param {ListData} data */
function table({ label, rows, columns, sort, choosing, groups = [] }) {
  const [field, order] = sort.startsWith("-") ? [sort.slice(1), "descending"] : [sort, "ascending"]
  const head = columns.map((column) => {
    const { field: name, type, label: title, href } = column
    const top = make("th", { scope: "col", role: "columnheader", dataset: { field: name, type } })
    top.append(href ? make("a", { href, className: "sort" }, title) : title)
    if (name === field) top.setAttribute("aria-sort", order)
    return top
  })
  const some = choosing != null
  if (some) head.unshift(choice("th", "", "Select all"))
  const width = columns.length + (some ? 1 : 0)
  const body = rows.flatMap((
    row,
    at,
  ) => [
    ...heading(groups, at, width),
    make(
      "tr",
      { role: "row", className: row.unread ? "row fresh" : "row" },
      ...(some ? [choice("td", String(row.number), `Choose #${row.number}`)] : []),
      ...columns.map((column) =>
        make(
          "td",
          { role: "cell", dataset: { field: column.field, label: column.label } },
          ...cell(column, row),
        )
      ),
    ),
  ])
  // The roles are spelled out because cards are not displayed as a table.
  return make(
    "table",
    { role: "table", ariaLabel: label },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...head)),
    make("tbody", { role: "rowgroup" }, ...body),
  )
}

/**
 * @param {Heading[]} groups
 * @param {number} at
 * @param {number} width
 */
function heading(groups, at, width) {
  const group = groups.find((each) => each.at === at)
  if (!group) return []
  const { name, count, href, continued } = group
  return [
    make(
      "tr",
      { role: "row", className: "group" },
      make(
        "th",
        { role: "rowheader", scope: "colgroup", colSpan: width },
        make("a", { href, title: `Only ${name}`, dir: "auto" }, name),
        ...(count ? [make("span", { className: "count" }, count)] : []),
        ...(continued ? [make("span", {}, "continued")] : []),
      ),
    ),
  ]
}

/**
 * Cards have no headings to click, so they are sorted from a list of choices.
 *
 * @param {ListData} data
 */
function sorter({ columns, sort, sorter: wanted }) {
  if (!wanted) return ""
  const choices = columns.filter((column) => column.href)
  if (!choices.length) return ""
  const select = make(
    "select",
    {},
    ...choices.map((column) =>
      make("option", { value: column.href, selected: column.field === sort.replace(/^-/, "") }, column.label)
    ),
  )
  return make("label", { className: "sorter" }, "Sort by", select)
}

/** @param {ListData} data */
function more({ more: links = [] }) {
  if (!links.length) return ""
  return make(
    "nav",
    { className: "more", ariaLabel: "More tickets" },
    ...links.map(({ label, href }) => make("a", { href }, label)),
  )
}

/** @param {ListData["empty"]} empty */
function nothing({ text: sentence, label, href }) {
  const box = make("div", { className: "empty" }, make("p", {}, sentence))
  if (href) box.append(make("a", { href, className: "action" }, label))
  return box
}

/** @param {HTMLElement} root */
function refresh(root) {
  for (const time of root.querySelectorAll("time")) time.textContent = relative(time.dateTime)
}

/**
 * A click anywhere in a row opens it; with a modifier or the middle button the browser opens a tab, as for any link.
 *
 * @param {MouseEvent} event
 */
function open(event) {
  if (targetOf(event).closest(".choice, .clock, .assign")) return
  const link = targetOf(event).closest("a") ?? targetOf(event).closest(".row")?.querySelector("a")
  if (!link || event.button > 1) return
  if (plain(event)) {
    event.preventDefault()
    go(link.href, { number: link.dataset.number })
  } else if (!targetOf(event).closest("a")) {
    globalThis.open(link.href, "_blank", "noopener")
  }
}

/** @param {Event} event */
function resort(event) {
  if (targetOf(event).matches("select")) go(/** @type {HTMLSelectElement} */ (targetOf(event)).value)
}

/**
 * a asks whom the ticket of the row with the focus is for.
 *
 * @param {HTMLElement} root
 * @param {KeyboardEvent} event
 */
function hand(root, event) {
  if (event.key !== "a" || event.ctrlKey || event.metaKey || event.altKey) return false
  const active = focusedBeside(root)
  const row = root.contains(active) ? active?.closest(".row") : null
  const button = row && find(row, ".assign")
  if (!button) return false
  event.preventDefault()
  button.click()
  return true
}

// Whether keys go to where somebody types or chooses.
function busy() {
  let active = document.activeElement
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  const typed = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]"
  return Boolean(
    document.querySelector("[role=dialog]") || active?.closest(`${typed}, [role=listbox], [role=menu]`),
  )
}

/**
 * j and k (and the arrows, once inside the list) move from row to row.
 *
 * @param {HTMLElement} root
 * @param {KeyboardEvent} event
 */
function step(root, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
  const active = focusedBeside(root)
  const inside = active && root.contains(active) && !active.matches("select, input")
  const by = { j: 1, k: -1, ...(inside && { ArrowDown: 1, ArrowUp: -1 }) }[event.key]
  if (!by || !(inside || !busy())) return
  const links = parts(root, ".row a")
  const at = active ? links.indexOf(active) : -1
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by]
  if (!next) return
  event.preventDefault()
  next.focus()
  next.scrollIntoView({ block: "nearest" })
}
