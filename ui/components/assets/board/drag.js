// Dragging with a mouse, a pen or a finger. A finger has to rest for a moment first, so that it can also scroll.
import { closestTo, required, targetOf } from "../dom.js"
import { indexUnder, inside, strayed } from "./geometry.js"
import { numberOf } from "./card.js"
import { Edge } from "./edge.js"
import { ghost } from "./glide.js"
import * as words from "./words.js"
/** @import { Board } from "../board.js" */

/**
 * What holds a card, or is about to.
 *
 * @typedef {object} Hand
 * @property {HTMLElement} card
 * @property {number} pointer
 * @property {number} x
 * @property {number} y
 * @property {boolean} touch
 * @property {ReturnType<typeof setTimeout>} [timer]
 * @property {number} number
 * @property {{ x: number, y: number }} grip  where in the card it holds it
 * @property {HTMLElement} [ghost]
 */

const REST = 250

export class Drag {
  /** @type {Hand | null} */
  hand = null
  on = false
  dragged = false
  /** @type {number | undefined} */
  frame

  /** @param {Board} board */
  constructor(board) {
    this.board = board
    this.edge = new Edge(board.frame.board)
    const { root } = board
    root.addEventListener("pointerdown", (event) => this.down(event))
    root.addEventListener("pointermove", (event) => this.move(event))
    root.addEventListener("pointerup", (event) => this.up(event))
    root.addEventListener("pointercancel", (event) => this.up(event))
    root.addEventListener("dragstart", (event) => event.preventDefault())
    root.addEventListener("contextmenu", (event) => this.hand?.touch && event.preventDefault())
    root.addEventListener("touchmove", (event) => this.on && event.cancelable && event.preventDefault(), {
      passive: false,
    })
    // The click that ends a drag is none.
    root.addEventListener(
      "click",
      (event) => this.dragged && (event.preventDefault(), event.stopImmediatePropagation()),
      true,
    )
    /** @param {KeyboardEvent} event */
    this.escape = (event) => {
      if (event.key !== "Escape") return
      event.stopPropagation()
      this.finish(false)
    }
  }

  /** @param {PointerEvent} event */
  down(event) {
    const card = closestTo(event, ".card.movable")
    if (!card || event.button || this.on || targetOf(event).closest("button")) return
    this.release()
    if (this.board.carried) this.board.cancel()
    const touch = event.pointerType === "touch"
    this.hand = {
      card,
      number: numberOf(card),
      pointer: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      grip: { x: 0, y: 0 },
      touch,
    }
    if (touch) this.hand.timer = setTimeout(() => this.begin(), REST)
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { hand } = this
    if (!hand || hand.pointer !== event.pointerId) return
    if (!event.buttons) return this.on || this.release() // let go where it could not be heard
    if (!this.on && strayed(hand, { x: event.clientX, y: event.clientY })) {
      if (hand.touch) return this.release()
      this.begin()
    }
    if (this.on) Object.assign(hand, { x: event.clientX, y: event.clientY })
  }

  begin() {
    const { board } = this
    const hand = required(this.hand)
    const { number } = hand
    if (!board.elements.has(number)) return this.release()
    const box = hand.card.getBoundingClientRect()
    this.on = true
    hand.grip = { x: hand.x - box.x, y: hand.y - box.y }
    hand.ghost = ghost(hand.card, box)
    hand.ghost.classList.add("held")
    board.root.append(hand.ghost)
    hand.ghost.showPopover?.()
    board.lift(number)
    board.frame.board.classList.add("dragging")
    board.draw(new Map([[number, null]]))
    board.root.setPointerCapture(hand.pointer)
    addEventListener("keydown", this.escape, true)
    if (hand.touch) navigator.vibrate?.(10)
    board.say(words.picked(number, board.card(number).title, board.where(number)))
    this.frame = requestAnimationFrame(() => this.step())
  }

  // Once a frame: the ghost follows, edges scroll, and the card finds the place under the hand.
  step() {
    const { hand, board } = this
    if (!this.on || !hand?.ghost) return
    if (!board.carried) return this.release() // it has left the board meanwhile
    hand.ghost.style.translate = `${hand.x - hand.grip.x}px ${hand.y - hand.grip.y}px`
    this.edge.scroll(hand, this.cell()?.box)
    board.carry(this.goal())
    this.frame = requestAnimationFrame(() => this.step())
  }

  cell() {
    const hand = required(this.hand)
    const { frame } = this.board
    if (!inside(hand, frame.board.getBoundingClientRect())) return null
    return [...frame.cells.values()].find(({ lane, box }) => {
      const area = box.getBoundingClientRect()
      const top = frame.board.classList.contains("grouped")
        ? area.top
        : required(frame.heads.get(lane)).getBoundingClientRect().top
      return inside(hand, { left: area.left, right: area.right, top, bottom: area.bottom })
    })
  }

  goal() {
    const { board } = this
    const hand = required(this.hand)
    const cell = this.cell()
    if (!cell || cell.box.classList.contains("shut")) return null
    const others = [...cell.list.children].filter((each) => each !== hand.card)
    const index = indexUnder(hand.y, others.map((each) => each.getBoundingClientRect()))
    return board.shown.goal({ lane: cell.lane, group: cell.group, index }, hand.number)
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (this.hand?.pointer === event.pointerId) this.finish(event.type === "pointerup")
  }

  /** @param {boolean} well */
  finish(well) {
    const { hand, board } = this
    if (!hand) return
    const from = hand.ghost?.getBoundingClientRect()
    const moved = this.on && board.carried
    if (moved && well) board.carry(this.goal())
    this.release()
    if (!moved) return
    this.dragged = true
    setTimeout(() => {
      this.dragged = false
    }, 50)
    if (well && board.carried?.goal) board.drop(from)
    else board.cancel(undefined, from)
  }

  release() {
    const { hand } = this
    clearTimeout(hand?.timer)
    if (this.frame) cancelAnimationFrame(this.frame)
    removeEventListener("keydown", this.escape, true)
    this.board.frame.board.classList.remove("dragging")
    hand?.ghost?.remove()
    this.hand = null
    this.on = false
  }

  end() {
    this.release()
  }
}
