// Seven days by ticket, or where there is little room one day at a time. Tab and Enter go on to the next cell, arrows up and down to the next ticket.
import { closestTo, find, focusedBeside, make, parts, required, targetOf } from "./dom.js"
import { rootOf } from "./mounted.js"
import { follow } from "./navigate.js"
/** @import { Component } from "./mounted.js" */

/** @typedef {{ label: string, short: string, number: string, name: string, today: boolean, open: boolean, total: string }} Day */
/** @typedef {{ ticket: number | null, title: string, cells: string[], total: string }} Line */
/** @typedef {{ days: Day[], lines: Line[], total: string, turns: Record<string, string> }} WeekData */

/** @type {WeakMap<HTMLElement, Week>} */
const weeks = new WeakMap()

/** @param {Component<WeekData>} component */
export default function (component) {
  const { data, setTriggerValue } = component
  const root = rootOf(component)
  const week = weeks.get(root) ?? new Week(root)
  weeks.set(root, week)
  week.send = (what) => setTriggerValue("fill", { ...what, turn: Date.now() })
  week.take(data)
}

class Week {
  /** @type {(what: { ticket: number, place: number, time: string }) => void} */
  send = () => {}
  day = 0
  /** @type {string | undefined} */
  week

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    root.addEventListener("change", (event) => on(event, (input) => this.fill(input)))
    root.addEventListener("keydown", (event) => on(event, (input) => this.key(event, input)))
    root.addEventListener("focusin", (event) => on(event, (input) => input.select()))
    root.addEventListener("click", follow)
    root.addEventListener(
      "click",
      (event) => {
        const pick = closestTo(event, ".pick")
        if (pick) this.turn(Number(pick.dataset.place))
      },
    )
  }

  /** @param {WeekData} data */
  take(data) {
    const { cell: held, place, turn } = focusedBeside(this.root)?.dataset ?? {}
    if (this.week !== data.days[0].name) this.day = Math.max(0, data.days.findIndex(({ today }) => today))
    this.week = data.days[0].name
    this.root.replaceChildren(
      turns(data.turns),
      this.picks(data),
      make("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "Week" }, this.table(data)),
    )
    this.turn(this.day)
    if (place) find(this.root, `.pick[data-place="${place}"]`)?.focus({ preventScroll: true })
    if (turn) find(this.root, `a[data-turn="${turn}"]`)?.focus({ preventScroll: true })
    if (held) find(this.root, `input[data-cell="${held}"]`)?.focus({ preventScroll: true })
  }

  /** @param {WeekData} data */
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

  /**
   * Shows one day where there is no room for seven.
   *
   * @param {number} day
   */
  turn(day) {
    this.day = day
    for (const pick of parts(this.root, ".pick")) {
      pick.setAttribute("aria-pressed", String(Number(pick.dataset.place) === day))
    }
    for (const cell of parts(this.root, "[data-day]")) {
      cell.classList.toggle("here", Number(cell.dataset.day) === day)
    }
  }

  /** @param {WeekData} data */
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

  /**
   * @param {Line} line
   * @param {Day[]} days
   */
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

  /**
   * @param {number} ticket
   * @param {number} place
   * @param {string} value
   * @param {Day[]} days
   */
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

  /** @param {HTMLInputElement} input */
  fill(input) {
    const [ticket, place] = cellOf(input).map(Number)
    this.send({ ticket, place: place + 1, time: input.value })
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLInputElement} input
   */
  key(event, input) {
    const [ticket, place] = cellOf(input)
    const inputs = [...this.root.querySelectorAll("input")].filter((input) => input.checkVisibility())
    const column = inputs.filter((each) => cellOf(each)[1] === place)
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (step) {
      event.preventDefault()
      column[column.findIndex((input) => input.dataset.cell === `${ticket}-${place}`) + step]?.focus()
    } else if (event.key === "Enter") {
      event.preventDefault()
      const next = inputs[inputs.indexOf(input) + 1]
      next ? next.focus() : input.blur()
    } else if (event.key === "Escape") {
      input.value = input.defaultValue
    }
  }
}

/** @param {Record<string, string>} links */
function turns(links) {
  return make(
    "nav",
    { ariaLabel: "Weeks" },
    ...Object.entries(links).map(([label, href]) => make("a", { href, dataset: { turn: label } }, label)),
  )
}

/**
 * @param {number} place
 * @param {HTMLElement} cell
 */
function of(place, cell) {
  cell.dataset.day = String(place)
  return cell
}

/**
 * @param {string} label
 * @param {string} className
 */
function heading(label, className = "") {
  return make("th", { scope: "col", className }, label)
}

/** @param {string | Node} content */
function first(content) {
  return make("th", { scope: "row", className: "ticket" }, content)
}

/**
 * Acts on the field that an event is about, if it is one.
 *
 * @param {Event} event
 * @param {(input: HTMLInputElement) => void} act
 */
function on(event, act) {
  const target = targetOf(event)
  if (target.matches("input")) act(/** @type {HTMLInputElement} */ (target))
}

/**
 * The ticket and the day that a field is for.
 *
 * @param {HTMLInputElement} input
 */
function cellOf(input) {
  return required(input.dataset.cell).split("-")
}
