// Whose ticket it is, as a button where the person may assign it: on a row the name, on a card the face.
import { make } from "./dom.js"

/**
 * @param {number} number
 * @param {string} label
 * @param {string} className
 * @param {...(Node | string)} inner
 */
export function assigning(number, label, className, ...inner) {
  return make("button", {
    type: "button",
    className: `assign ${className}`.trim(),
    ariaLabel: `${label}. Assign #${number}`,
    title: `${label}. Assign`,
    dataset: { assign: number },
  }, ...inner)
}

/**
 * The ticket that a click on such a button, or the key a on a ticket, is about.
 *
 * @param {string | number | undefined} number
 */
export function asked(number) {
  return { number: Number(number), turn: Date.now() }
}
