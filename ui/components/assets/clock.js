// The button on a card or a row that lets the person's timer run on a ticket, or stops it there.
import { make } from "./dom.js"

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

// What a click on such a button asks for, or nothing.
export function ticked(event) {
  const button = event.target.closest("button.clock")
  return button &&
    { number: Number(button.dataset.clock), on: button.dataset.state !== "on", turn: Date.now() }
}
