import assert from "node:assert/strict"
import { test } from "node:test"
import { Arrangement } from "../../../../ui/components/assets/board/arrangement.js"
import { BOARD, card } from "./cards.js"
/** @import { Goal } from "../../../../ui/components/assets/board/arrangement.js" */

/**
 * @param {Arrangement} shown
 * @param {number} lane
 * @param {string} group
 */
const numbers = (shown, lane, group = "") => shown.cell(lane, group)?.cards.map(({ number }) => number)

/**
 * @param {number} number
 * @param {Goal} goal
 */
const moved = (number, goal) => new Arrangement(BOARD, [{ number, ...goal }])

test("without a move every card is where Python put it", () => {
  const shown = new Arrangement(BOARD, [])
  assert.deepEqual([1, 2, 3].map((lane) => numbers(shown, lane)), [[1, 2, 3], [4], []])
  assert.deepEqual(shown.at(2), { lane: 1, group: "", index: 1, of: 3 })
})

test("a card goes above the one it names, else below the one it names, else to the end", () => {
  assert.deepEqual(numbers(moved(4, { to: 1, before: 2, after: 3 }), 1), [1, 4, 2, 3])
  assert.deepEqual(numbers(moved(4, { to: 1, before: null, after: 2 }), 1), [1, 2, 4, 3])
  assert.deepEqual(numbers(moved(4, { to: 1, before: 99, after: 1 }), 1), [1, 4, 2, 3])
  assert.deepEqual(numbers(moved(4, { to: 1, before: null, after: null }), 1), [1, 2, 3, 4])
  assert.deepEqual(numbers(moved(1, { to: 1, before: null, after: 3 }), 1), [2, 3, 1])
})

test("a card that was put first stays first when the one below it has gone", () => {
  assert.deepEqual(numbers(moved(4, { to: 1, before: 99, after: null }), 1), [4, 1, 2, 3])
})

test("a move takes one from the count of a lane and adds one to the other's, drawn or not", () => {
  const shown = moved(4, { to: 1, before: 1, after: null })
  assert.deepEqual([1, 2, 3].map((lane) => shown.count(lane)), [11, 0, 0])
})

test("a move of a card that is not on the board, or to a lane that is not, changes nothing", () => {
  assert.deepEqual(numbers(moved(99, { to: 1, before: 1, after: null }), 1), [1, 2, 3])
  const shown = moved(1, { to: 99, before: null, after: null })
  assert.deepEqual([numbers(shown, 1), shown.count(1)], [[1, 2, 3], 10])
})

test("moves lie on one another in their order", () => {
  const shown = new Arrangement(BOARD, [
    { number: 1, to: 2, before: 4, after: null },
    { number: 4, to: 3, before: null, after: null },
    { number: 1, to: 3, before: null, after: 4 },
  ])
  assert.deepEqual([1, 2, 3].map((lane) => numbers(shown, lane)), [[2, 3], [], [4, 1]])
})

test("a place is named by the cards above and below it, without the card itself", () => {
  const shown = new Arrangement(BOARD, [])
  const at = (/** @type {number} */ index) => shown.goal({ lane: 1, group: "", index }, 2)
  assert.deepEqual(at(0), { to: 1, before: 1, after: null })
  assert.deepEqual(at(1), { to: 1, before: 3, after: 1 })
  assert.deepEqual(at(2), { to: 1, before: null, after: 3 })
  assert.deepEqual(shown.goal({ lane: 3, group: "", index: 0 }, 2), { to: 3, before: null, after: null })
})

test("a place beyond the last card means the last one", () => {
  const shown = new Arrangement(BOARD, [])
  assert.equal(shown.near({ lane: 1, group: "", index: Infinity })?.number, 3)
  assert.equal(shown.near({ lane: 1, group: "", index: 1 })?.number, 2)
  assert.equal(shown.near({ lane: 3, group: "", index: 0 }), undefined)
})

test("on a grouped board a card stays in its group", () => {
  const groups = [{ id: "a", label: "A" }, { id: "b", label: "B" }]
  const cards = [card(1, 1, { group: "a" }), card(2, 1, { group: "b" }), card(3, 2, { group: "b" })]
  const shown = new Arrangement({ ...BOARD, groups, cards }, [{ number: 2, to: 2, before: null, after: 3 }])
  assert.deepEqual([numbers(shown, 2, "a"), numbers(shown, 2, "b")], [[], [3, 2]])
})

test("changes are the cards in another lane than before and those that are watched", () => {
  const before = new Arrangement(BOARD, [])
  const shown = moved(2, { to: 3, before: null, after: null })
  assert.deepEqual(shown.changes(before, new Set()), [2])
  assert.deepEqual(shown.changes(before, new Set([4])).sort(), [2, 4])
})
