import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { Moves } from "../../../../ui/components/assets/board/moves.js"
import { card } from "./cards.js"
/** @import { Card, Move } from "../../../../ui/components/assets/board/arrangement.js" */

/** @type {Move[]} */
let sent = []
/** @type {number[]} */
let lost = []
let moves = new Moves({ send: () => {}, lost: () => {} })

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] })
  sent = []
  lost = []
  moves = new Moves({ send: (move) => sent.push(move), lost: ({ number }) => lost.push(number) })
})
afterEach(() => mock.timers.reset())

/**
 * @param {number} number
 * @param {number} to
 * @returns {Move}
 */
const move = (number, to) => ({ number, to, before: null, after: null, seen: 1 })

/** @param {...Card} cards */
const drawn = (...cards) => new Map(cards.map((each) => [each.number, each]))

test("one move is on its way at a time, and the next follows when it was decided", () => {
  moves.add(move(1, 2))
  moves.add(move(4, 3))
  assert.deepEqual(sent.map(({ number, turn }) => [number, turn]), [[1, 1]])
  assert.deepEqual(moves.settle({ turn: 1 }, drawn(card(1, 2), card(4, 2)), null), [1])
  assert.deepEqual(sent.map(({ number, turn }) => [number, turn]), [[1, 1], [4, 2]])
  assert.deepEqual(moves.waiting.map(({ number }) => number), [4])
})

test("a run that does not answer the move leaves it on its way", () => {
  moves.add(move(1, 2))
  assert.deepEqual(moves.settle({ turn: 0 }, drawn(card(1, 1)), null), [])
  assert.equal(moves.waiting.length, 1)
})

test("a later move of the same card goes by the version that the first one made", () => {
  moves.add(move(1, 2))
  moves.add(move(1, 3))
  moves.settle({ turn: 1 }, drawn(card(1, 2, { version: 7 })), null)
  assert.deepEqual(sent.map(({ to, seen }) => [to, seen]), [[2, 1], [3, 7]])
})

test("a card that is carried on meanwhile goes by the version that its own move made", () => {
  const home = { lane: 2, group: "", index: 0, of: 1 }
  const carried = { number: 1, seen: 1, home, goal: null }
  moves.add(move(1, 2))
  moves.settle({ turn: 1 }, drawn(card(1, 2, { version: 7 })), carried)
  assert.equal(carried.seen, 7)
})

test("a card that is carried on goes by the version that was picked up when its own move was refused", () => {
  const home = { lane: 1, group: "", index: 0, of: 3 }
  const carried = { number: 1, seen: 1, home, goal: null }
  moves.add(move(1, 2))
  moves.settle({ turn: 1 }, drawn(card(1, 1, { version: 7 })), carried)
  assert.equal(carried.seen, 1)
})

test("when a move was refused, later ones of the same card are given up and others are not", () => {
  moves.add(move(1, 2))
  moves.add(move(1, 3))
  moves.add(move(4, 3))
  moves.settle({ turn: 1 }, drawn(card(1, 1), card(4, 2)), null)
  assert.deepEqual(sent.map(({ number, to }) => [number, to]), [[1, 2], [4, 3]])
})

test("without an answer in eight seconds a move is lost, with those of the same card, and the next goes on", () => {
  moves.add(move(1, 2))
  moves.add(move(1, 3))
  moves.add(move(4, 3))
  mock.timers.tick(7_999)
  assert.deepEqual(lost, [])
  mock.timers.tick(1)
  assert.deepEqual(lost, [1])
  assert.deepEqual(sent.map(({ number }) => number), [1, 4])
})

test("turns go on from the one that Python knows, also after the board was mounted again", () => {
  moves.settle({ turn: 41 }, drawn(), null)
  moves.add(move(1, 2))
  assert.equal(sent[0].turn, 42)
})

test("nothing is lost after the board has gone", () => {
  moves.add(move(1, 2))
  moves.stop()
  mock.timers.tick(60_000)
  assert.deepEqual(lost, [])
})
