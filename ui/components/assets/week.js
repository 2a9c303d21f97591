// Seven days by ticket, or where there is little room one day at a time. Tab and Enter go on to the next cell, arrows up and down to the next ticket.
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
    root.addEventListener(
      "click",
      ({ target }) => target.closest(".pick") && this.turn(Number(target.closest(".pick").dataset.place)),
    )
  }

  take(data) {
    const { cell: held, place, turn } = this.root.getRootNode().activeElement?.dataset ?? {}
    if (this.week !== data.days[0].name) this.day = Math.max(0, data.days.findIndex(({ today }) => today))
    this.week = data.days[0].name
    this.root.replaceChildren(
      turns(data.turns),
      this.picks(data),
      make("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "Week" }, this.table(data)),
    )
    this.turn(this.day)
    if (place) this.root.querySelector(`.pick[data-place="${place}"]`)?.focus({ preventScroll: true })
    if (turn) this.root.querySelector(`a[data-turn="${turn}"]`)?.focus({ preventScroll: true })
    if (held) this.root.querySelector(`input[data-cell="${held}"]`)?.focus({ preventScroll: true })
  }

  picks({ days, total }) {
    const picks = days.map(({ short, number, name, total: sum, today }, place) =>
      make(
        "button",
        {
          type: "button",
          className: today ? "pick today" : "pick",
          ariaLabel: `${name}${sum ? `, ${sum}` : ""}`,
          dataset: { place },
        },
        make("span", {}, short),
        make("b", {}, number),
        make("small", {}, sum || "–"),
      )
    )
    return make("div", {
      className: "picks",
      role: "group",
      ariaLabel: `Day, ${total || "nothing"} in this week`,
    }, ...picks)
  }

  // Shows one day where there is no room for seven.
  turn(day) {
    this.day = day
    for (const pick of this.root.querySelectorAll(".pick")) {
      pick.setAttribute("aria-pressed", String(Number(pick.dataset.place) === day))
    }
    for (const cell of this.root.querySelectorAll("[data-day]")) {
      cell.classList.toggle("here", Number(cell.dataset.day) === day)
    }
  }

  table({ days, lines, total }) {
    const head = make(
      "tr",
      {},
      heading("Ticket", "ticket"),
      ...days.map((day, place) => of(place, heading(day.label, day.today ? "today" : ""))),
      heading("Total", "sum"),
    )
    const body = lines.map((line) => this.line(line, days))
    const foot = make(
      "tr",
      {},
      first("Total"),
      ...days.map((day, place) => of(place, make("td", {}, day.total || "–"))),
      make("td", { className: "sum" }, total || "–"),
    )
    return make(
      "table",
      { ariaLabel: "Week" },
      make("thead", {}, head),
      make("tbody", {}, ...body),
      make("tfoot", {}, foot),
    )
  }

  line({ ticket, title, cells, total }, days) {
    const name = ticket
      ? make("a", { href: `/ticket?id=${ticket}` }, `#${ticket} `, make("bdi", {}, title))
      : title
    const filled = cells.map((cell, place) =>
      of(
        place,
        make("td", {}, days[place].open && ticket ? this.cell(ticket, place, cell, days) : cell || "–"),
      )
    )
    return make("tr", {}, first(name), ...filled, make("td", { className: "sum" }, total || "–"))
  }

  cell(ticket, place, value, days) {
    const input = make("input", {
      value,
      defaultValue: value,
      maxLength: 20,
      autocomplete: "off",
      dataset: { cell: `${ticket}-${place}` },
    })
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
    const inputs = [...this.root.querySelectorAll("input")].filter((input) => input.checkVisibility())
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

function turns(links) {
  return make(
    "nav",
    { ariaLabel: "Weeks" },
    ...Object.entries(links).map(([label, href]) => make("a", { href, dataset: { turn: label } }, label)),
  )
}

function of(place, cell) {
  cell.dataset.day = place
  return cell
}

function heading(label, className = "") {
  return make("th", { scope: "col", className }, label)
}

function first(content) {
  return make("th", { scope: "row", className: "ticket" }, content)
}
