// A board as Python sends it: lane 1 with the tickets 1, 2 and 3, lane 2 with 4, and lane 3, which is empty.
/** @import { Card, Lane } from "../../../../ui/components/assets/board/arrangement.js" */

/**
 * @param {number} number
 * @param {number} lane
 * @param {Partial<Card>} more
 * @returns {Card}
 */
export function card(number, lane, more = {}) {
  return {
    number,
    lane,
    href: `/ticket?id=${number}`,
    title: `Ticket ${number}`,
    group: "",
    priority: "low",
    category: "Printers",
    assignee: "",
    initials: "",
    tone: 0,
    updated: "2026-11-30T12:00:00+00:00",
    version: 1,
    unread: false,
    blocked: "",
    confidential: false,
    clock: "",
    assigns: false,
    ...more,
  }
}

/**
 * @param {number} id
 * @param {number} count
 * @returns {Lane}
 */
const lane = (id, count) => ({
  id,
  name: `Lane ${id}`,
  kind: "todo",
  count,
  more_href: "",
  limit: null,
  goals: [1, 2, 3],
})

export const BOARD = {
  lanes: [lane(1, 10), lane(2, 1), lane(3, 0)],
  groups: [],
  cards: [card(1, 1), card(2, 1), card(3, 1), card(4, 2)],
}
