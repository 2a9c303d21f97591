// What the board says to people who hear it.
const tickets = (count) => (count === 1 ? "1 ticket" : `${count} tickets`)
const place = ({ lane, index, of }) => `${lane}, position ${index + 1} of ${of}`

export const HELP =
  "Arrow keys go from card to card. Enter opens a ticket. Space picks one up: then arrow keys move it, Space drops it, Escape puts it back. A assigns one."
export const picked = (number, title, where) => `Picked up #${number}, ${title}. ${place(where)}.`
export const carried = (where) => `${place(where)}.`
export const dropped = (number, where) => `Dropped #${number} in ${place(where)}.`
export const back = (number, lane) => `Put #${number} back in ${lane}.`
export const gone = (number) => `#${number} is no longer on this board.`
export const lost = (number) => `Docket did not answer, so #${number} is back where it was. Please try again.`
export const nowhere = (number) => `#${number} can go no further that way.`
export const fixed = (number, lane) => `#${number} cannot be moved out of ${lane}.`
export const cell = (lane, group, count) => `${lane}${group ? `, ${group}` : ""}, ${tickets(count)}`
export const amount = (
  count,
  limit,
) => (limit == null
  ? tickets(count)
  : `${tickets(count)}, ${count > limit ? "over " : ""}the limit is ${limit}`)
