import { happen, page } from "../page.js"
import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { Arrangement } from "../../../../ui/components/assets/board/arrangement.js"
import { Drag } from "../../../../ui/components/assets/board/drag.js"
import { BOARD } from "./cards.js"

/** @type {any} */
let board
/** @type {Drag} */
let drag
/** @type {(() => void)[]} */
let frames = []

Object.assign(globalThis, {
  innerHeight: 800,
  requestAnimationFrame: (/** @type {() => void} */ step) => frames.push(step),
  cancelAnimationFrame: () => {
    frames = []
  },
})

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] })
  frames = []
  board = drawBoard()
  drag = new Drag(board)
})
afterEach(() => {
  drag.end()
  mock.timers.reset()
})

// Three lanes of 100 by 600 pixels below headings of 50; each card is 80 high, with its ticket as a heading.
function drawBoard() {
  const root = page.createElement("div")
  const frame = page.createElement("div")
  frame.box = { x: 0, y: 0, width: 300, height: 650 }
  root.append(frame)
  const shown = new Arrangement(BOARD, [])
  const elements = new Map()
  const heads = new Map()
  const cells = new Map()
  BOARD.lanes.forEach(({ id }, place) => {
    const [head, box, list] = ["div", "section", "ul"].map((tag) => page.createElement(tag))
    head.box = { x: place * 100, y: 0, width: 100, height: 50 }
    box.box = { x: place * 100, y: 50, width: 100, height: 600 }
    box.append(list)
    frame.append(head, box)
    heads.set(id, head)
    cells.set(`${id} `, { lane: id, group: "", list, box })
    shown.cell(id, "")?.cards.forEach(({ number }, at) => {
      const card = page.createElement("li")
      card.classList.add("card", "movable")
      card.dataset.number = String(number)
      card.box = { x: place * 100, y: 50 + at * 80, width: 100, height: 80 }
      list.append(card)
      elements.set(number, card)
    })
  })
  /** @type {any[]} */
  const told = []
  return {
    root,
    elements,
    shown,
    told,
    frame: { board: frame, heads, cells },
    carried: null,
    card: () => ({ title: "Ticket" }),
    where: () => ({ lane: "Lane 1", index: 0, of: 3 }),
    say: () => {},
    draw: () => {},
    lift(/** @type {number} */ number) {
      this.carried = /** @type {any} */ ({ number, goal: null })
    },
    carry(/** @type {any} */ goal) {
      Object.assign(this.carried ?? {}, { goal })
    },
    drop() {
      told.push(["dropped", this.carried])
      this.carried = null
    },
    cancel() {
      told.push(["put back", this.carried])
      this.carried = null
    },
  }
}

/**
 * @param {string} kind
 * @param {number} x
 * @param {number} y
 * @param {string} pointerType
 */
function pointer(kind, x, y, pointerType = "mouse") {
  happen(kind === "pointerdown" ? board.elements.get(1) : board.root, kind, {
    pointerType,
    pointerId: 1,
    button: 0,
    buttons: kind === "pointerup" ? 0 : 1,
    clientX: x,
    clientY: y,
  })
}

// The next frame of the screen.
function look() {
  frames.splice(0).forEach((step) => step())
}

test("a mouse picks a card up when it has gone six pixels, not five", () => {
  pointer("pointerdown", 50, 70)
  pointer("pointermove", 55, 70)
  assert.equal(board.carried, null)
  pointer("pointermove", 56, 70)
  assert.equal(board.carried.number, 1)
})

test("a finger picks a card up when it has rested for a quarter of a second", () => {
  pointer("pointerdown", 50, 70, "touch")
  pointer("pointermove", 50, 78, "touch")
  mock.timers.tick(249)
  assert.equal(board.carried, null)
  mock.timers.tick(1)
  assert.equal(board.carried.number, 1)
})

test("a finger that does not rest scrolls, and picks nothing up", () => {
  pointer("pointerdown", 50, 70, "touch")
  pointer("pointermove", 50, 79, "touch")
  mock.timers.tick(1000)
  assert.equal(board.carried, null)
})

test("the card is carried to the place under the hand, between the cards that are there", () => {
  pointer("pointerdown", 50, 70)
  pointer("pointermove", 150, 80)
  look()
  assert.deepEqual(board.carried.goal, { to: 2, before: 4, after: null })
  pointer("pointermove", 150, 95)
  look()
  assert.deepEqual(board.carried.goal, { to: 2, before: null, after: 4 })
  pointer("pointermove", 250, 600)
  look()
  assert.deepEqual(board.carried.goal, { to: 3, before: null, after: null })
})

test("above a heading the card goes to the top of its lane", () => {
  pointer("pointerdown", 50, 70)
  pointer("pointermove", 150, 10)
  look()
  assert.deepEqual(board.carried.goal, { to: 2, before: 4, after: null })
})

test("within its lane the card counts only the others", () => {
  pointer("pointerdown", 50, 70)
  pointer("pointermove", 50, 200)
  look()
  assert.deepEqual(board.carried.goal, { to: 1, before: 3, after: 2 })
})

test("beside the board and over a closed lane there is no place", () => {
  pointer("pointerdown", 50, 70)
  pointer("pointermove", 350, 80)
  look()
  assert.equal(board.carried.goal, null)
  board.frame.cells.get("2 ").box.classList.add("shut")
  pointer("pointermove", 150, 80)
  look()
  assert.equal(board.carried.goal, null)
})

test("letting go drops the card where the hand is, even before the next frame", () => {
  pointer("pointerdown", 50, 70)
  pointer("pointermove", 150, 80)
  pointer("pointerup", 150, 80)
  assert.deepEqual(board.told, [["dropped", { number: 1, goal: { to: 2, before: 4, after: null } }]])
})

test("letting go beside the board puts the card back", () => {
  pointer("pointerdown", 50, 70)
  pointer("pointermove", 350, 80)
  pointer("pointerup", 350, 80)
  assert.deepEqual(board.told, [["put back", { number: 1, goal: null }]])
})

test("Escape puts the card back, and a click without a drag moves nothing", () => {
  pointer("pointerdown", 50, 70)
  pointer("pointerup", 50, 70)
  assert.deepEqual(board.told, [])
  pointer("pointerdown", 50, 70)
  pointer("pointermove", 150, 80)
  dispatchEvent(Object.assign(new Event("keydown"), { key: "Escape" }))
  assert.deepEqual(board.told.map((/** @type {[string]} */ [what]) => what), ["put back"])
})
