// Seven days by ticket. Tab and Enter go on to the next cell, arrows up and down to the next ticket.
import { make } from "./dom.js"
import { follow } from "./navigate.js"

const weeks = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root")
  const week = weeks.get(root) ?? new Week(root)
  weeks.set(root, week)
  week.send = (what) => setTriggerValue("fill", { ...what, turn: Date.now() })
  week.take(data)
}

class Week {
  constructor(root) {
    this.root = root
    root.addEventListener("change", (event) => event.target.matches("input") && this.fill(event.target))
    root.addEventListener("keydown", (event) => event.target.matches("input") && this.key(event))
    root.addEventListener("focusin", (event) => event.target.matches("input") && event.target.select())
    root.addEventListener("click", follow)
  }

  take(data) {
    const held = this.root.getRootNode().activeElement?.dataset?.cell
    this.root.replaceChildren(make("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "Week" }, this.table(data)))
    if (held) this.root.querySelector(`input[data-cell="${held}"]`)?.focus({ preventScroll: true })
  }

  table({ days, lines, total }) {
    const head = make("tr", {}, heading("Ticket", "ticket"),
      ...days.map((day) => heading(day.label, day.today ? "today" : "")), heading("Total"))
    const body = lines.map((line) => this.line(line, days))
    const foot = make("tr", {}, first("Total"), ...days.map((day) => make("td", {}, day.total || "–")), make("td", {}, total || "–"))
    return make("table", { ariaLabel: "Week" }, make("thead", {}, head), make("tbody", {}, ...body), make("tfoot", {}, foot))
  }

  line({ ticket, title, cells, total }, days) {
    const name = ticket ? make("a", { href: `/ticket?id=${ticket}` }, `#${ticket} `, make("bdi", {}, title)) : title
    const filled = cells.map((cell, place) => make("td", {}, days[place].open && ticket ? this.cell(ticket, place, cell, days) : cell || "–"))
    return make("tr", {}, first(name), ...filled, make("td", { className: "sum" }, total || "–"))
  }

  cell(ticket, place, value, days) {
    const input = make("input", { value, defaultValue: value, maxLength: 20, autocomplete: "off", dataset: { cell: `${ticket}-${place}` } })
    input.setAttribute("aria-label", `#${ticket}, ${days[place].name}`)
    input.setAttribute("inputmode", "text")
    return input
  }

  fill(input) {
    const [ticket, place] = input.dataset.cell.split("-").map(Number)
    this.send({ ticket, place: place + 1, time: input.value })
  }

  key(event) {
    const [ticket, place] = event.target.dataset.cell.split("-")
    const inputs = [...this.root.querySelectorAll("input")]
    const column = inputs.filter((input) => input.dataset.cell.endsWith(`-${place}`))
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (step) {
      event.preventDefault()
      column[column.findIndex((input) => input.dataset.cell === `${ticket}-${place}`) + step]?.focus()
    } else if (event.key === "Enter") {
      event.preventDefault()
      const next = inputs[inputs.indexOf(event.target) + 1]
      next ? next.focus() : event.target.blur()
    } else if (event.key === "Escape") {
      event.target.value = event.target.defaultValue
    }
  }
}

function heading(label, className = "") {
  return make("th", { scope: "col", className }, label)
}

function first(content) {
  return make("th", { scope: "row", className: "ticket" }, content)
}
