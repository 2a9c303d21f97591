// What the board says to people who hear it.
/** @type {(count: number) => string} */
const tickets = (count) => (count === 1 ? "1 ticket" : `${count} tickets`)
/**
 * @typedef {{ lane: string, index: number, of: number }} Where
 * @type {(where: Where) => string}
 */
const place = ({ lane, index, of }) => `${lane}, position ${index + 1} of ${of}`

export const HELP =
  "Arrow keys go from card to card. Enter opens a ticket. Space picks one up: then arrow keys move it, Space drops it, Escape puts it back. A assigns one."
/** @type {(number: number, title: string, where: Where) => string} */
export const picked = (number, title, where) => `Picked up #${number}, ${title}. ${place(where)}.`
/** @type {(where: Where) => string} */
export const carried = (where) => `${place(where)}.`
/** @type {(number: number, where: Where) => string} */
export const dropped = (number, where) => `Dropped #${number} in ${place(where)}.`
/** @type {(number: number, lane: string | undefined) => string} */
export const back = (number, lane) => `Put #${number} back in ${lane}.`
/** @type {(number: number) => string} */
export const gone = (number) => `#${number} is no longer on this board.`
/** @type {(number: number) => string} */
export const lost = (number) => `Docket did not answer, so #${number} is back where it was. Please try again.`
/** @type {(number: number) => string} */
export const nowhere = (number) => `#${number} can go no further that way.`
/** @type {(number: number, lane: string) => string} */
export const fixed = (number, lane) => `#${number} cannot be moved out of ${lane}.`
/** @type {(lane: string | undefined, group: string, count: number) => string} */
export const cell = (lane, group, count) => `${lane}${group ? `, ${group}` : ""}, ${tickets(count)}`
/** @type {(count: number, limit: number | null) => string} */
export const amount = (
  count,
  limit,
) => (limit == null
  ? tickets(count)
  : `${tickets(count)}, ${count > limit ? "over " : ""}the limit is ${limit}`)
