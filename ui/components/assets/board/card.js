// One card. Text is only ever text; drawing the same card twice costs nothing.
import { assigning } from "../assign.js"
import { clock } from "../clock.js"
import { find, focusedBeside, make, part, required } from "../dom.js"
import { absolute, age } from "../times.js"
/** @import { Card } from "./arrangement.js" */

const drawn = new WeakMap()

/**
 * @param {HTMLElement} element
 * @param {Card} card
 * @param {{ movable: boolean }} options
 */
export function dress(element, card, { movable }) {
  const last = drawn.get(element)
  if (last?.card === card && last.movable === movable) return
  const seen = JSON.stringify([card, movable])
  const same = last?.seen === seen
  drawn.set(element, { card, movable, seen })
  if (same) return
  // What is focused is kept, and so is its place in the tab order.
  const title = /** @type {HTMLAnchorElement | null} */ (element.querySelector(".title")) ??
    make("a", { className: "title", dir: "auto", draggable: false, tabIndex: -1 })
  title.href = card.href
  title.textContent = card.title
  title.setAttribute("aria-describedby", `top-${card.number} facts-${card.number}`)
  const button = find(element, ".more") ?? menu(card)
  button.hidden = !movable
  element.classList.toggle("fresh", card.unread)
  element.classList.toggle("movable", movable)
  const ticking = clock(card.number, card.clock)
  if (ticking) ticking.tabIndex = title.tabIndex
  const held = find(element, ".clock")
  const top = make(
    "div",
    { className: "top", id: `top-${card.number}` },
    make("span", { className: "number" }, `#${card.number}`),
    make("time", { dateTime: card.updated, title: `Changed ${absolute(card.updated)}` }, age(card.updated)),
    ...(card.confidential ? [mark("dk-lock", "Confidential")] : []),
    ...(card.unread ? [mark("unread", "New activity")] : []),
  )
  const facts = make(
    "div",
    { className: "facts", id: `facts-${card.number}` },
    ...(card.blocked
      ? [
        make(
          "span",
          { className: "stuck", title: card.blocked },
          make("span", { className: "hidden" }, "Blocked: "),
          make("span", {}, card.blocked),
        ),
      ]
      : []),
    make(
      "span",
      { className: "dk-priority", dataset: { level: card.priority } },
      card.priority[0].toUpperCase() + card.priority.slice(1),
    ),
    make("span", { className: "category", title: card.category, dir: "auto" }, card.category),
    face(card, title.tabIndex),
  )
  if (title.parentNode === element) {
    element.firstElementChild?.replaceWith(top)
    const before = part(element, ".facts")
    const used = before.contains(focusedBeside(element))
    before.replaceWith(facts)
    if (used) find(facts, ".assign")?.focus({ preventScroll: true })
    if (held) renew(held, ticking)
    else button.before(ticking)
  } else {
    element.replaceChildren(top, title, facts, ticking, button)
  }
}

/**
 * A button that has the focus keeps it while it changes from start to stop.
 *
 * @param {HTMLElement} held
 * @param {HTMLElement | ""} ticking
 */
function renew(held, ticking) {
  if (!ticking) return held.remove()
  Object.assign(held.dataset, ticking.dataset)
  held.title = ticking.title
  held.ariaLabel = ticking.ariaLabel
}

/** @param {Card} card */
function menu({ number }) {
  const button = make("button", {
    type: "button",
    className: "more",
    tabIndex: -1,
    ariaLabel: `Move #${number} to…`,
    title: "Move to…",
  }, "⋯")
  button.setAttribute("aria-haspopup", "menu")
  return button
}

/**
 * @param {string} className
 * @param {string} label
 */
function mark(className, label) {
  return make("span", { className, role: "img", title: label, ariaLabel: label })
}

/**
 * @param {Card} card
 * @param {number} tabIndex
 */
function face({ number, assignee, assigns, initials, tone }, tabIndex) {
  const label = assignee ? `Assigned to ${assignee}` : "Unassigned"
  const className = assignee ? "face" : "face nobody"
  if (!assigns) {
    return make(
      "span",
      { className, role: "img", title: label, ariaLabel: label, dataset: { tone } },
      initials,
    )
  }
  const button = assigning(number, label, className, initials)
  button.dataset.tone = String(tone)
  button.tabIndex = tabIndex
  return button
}

/**
 * The number of the ticket whose card an element belongs to.
 *
 * @param {Element} element
 */
export function numberOf(element) {
  return Number(/** @type {HTMLElement} */ (required(element.closest(".card"))).dataset.number)
}
