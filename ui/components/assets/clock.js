// The button on a card or a row that lets the person's timer run on a ticket, or stops it there.
import { closestTo, make } from "./dom.js"

/**
 * @param {number} number
 * @param {string} state  on, off or, without a timer, nothing
 */
export function clock(number, state) {
  if (!state) return ""
  const label = state === "on" ? `Stop the timer on #${number}` : `Start the timer on #${number}`
  return make("button", {
    type: "button",
    className: "clock",
    tabIndex: 0,
    ariaLabel: label,
    title: label,
    dataset: { clock: number, state },
  })
}

/**
 * What a click on such a button asks for, or nothing.
 *
 * @param {Event} event
 */
export function ticked(event) {
  const button = closestTo(event, "button.clock")
  return button &&
    { number: Number(button.dataset.clock), on: button.dataset.state !== "on", turn: Date.now() }
}
