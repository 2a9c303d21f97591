// Dragging with a mouse, a pen or a finger. A finger has to rest for a moment first, so that it can also scroll.
import { Edge } from "./edge.js"
import { ghost } from "./glide.js"
import * as words from "./words.js"

const REST = 250
const SLIP = 8 // pixels a resting finger may stray
const PULL = 5 // pixels a mouse goes before it drags

export class Drag {
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
    this.escape = (event) => {
      if (event.key !== "Escape") return
      event.stopPropagation()
      this.finish(false)
    }
  }

  down(event) {
    const card = event.target.closest(".card.movable")
    if (!card || event.button || this.on || event.target.closest("button")) return
    this.release()
    if (this.board.carried) this.board.cancel()
    const touch = event.pointerType === "touch"
    this.hand = { card, pointer: event.pointerId, x: event.clientX, y: event.clientY, touch }
    if (touch) this.hand.timer = setTimeout(() => this.begin(), REST)
  }

  move(event) {
    const { hand } = this
    if (hand?.pointer !== event.pointerId) return
    if (!event.buttons) return this.on || this.release() // let go where it could not be heard
    const far = Math.hypot(event.clientX - hand.x, event.clientY - hand.y)
    if (!this.on && hand.touch && far > SLIP) return this.release()
    if (!this.on && !hand.touch && far > PULL) this.begin()
    if (this.on) Object.assign(hand, { x: event.clientX, y: event.clientY })
  }

  begin() {
    const { hand, board } = this
    const number = Number(hand.card.dataset.number)
    if (!board.elements.has(number)) return this.release()
    const box = hand.card.getBoundingClientRect()
    this.on = true
    hand.number = number
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
    board.say(words.picked(number, board.cards.get(number).title, board.where(number)))
    this.frame = requestAnimationFrame(() => this.step())
  }

  // Once a frame: the ghost follows, edges scroll, and the card finds the place under the hand.
  step() {
    const { hand, board } = this
    if (!this.on) return
    if (!board.carried) return this.release() // it has left the board meanwhile
    hand.ghost.style.translate = `${hand.x - hand.grip.x}px ${hand.y - hand.grip.y}px`
    this.edge.scroll(hand, this.cell()?.box)
    board.carry(this.goal())
    this.frame = requestAnimationFrame(() => this.step())
  }

  cell() {
    const { x, y } = this.hand
    const inside = ({ left, right, top, bottom }) => x >= left && x < right && y >= top && y < bottom
    const { frame } = this.board
    if (!inside(frame.board.getBoundingClientRect())) return null
    return [...frame.cells.values()].find(({ lane, box }) => {
      const area = box.getBoundingClientRect()
      const top = frame.board.classList.contains("grouped")
        ? area.top
        : frame.heads.get(lane).getBoundingClientRect().top
      return inside({ left: area.left, right: area.right, top, bottom: area.bottom })
    })
  }

  goal() {
    const { board, hand } = this
    const cell = this.cell()
    if (!cell || cell.box.classList.contains("shut")) return null
    const others = [...cell.list.children].filter((each) => each !== hand.card)
    const at = others.findIndex((each) => {
      const { top, height } = each.getBoundingClientRect()
      return hand.y < top + height / 2
    })
    const index = at < 0 ? others.length : at
    return board.shown.goal({ lane: cell.lane, group: cell.group, index }, hand.number)
  }

  up(event) {
    if (this.hand?.pointer === event.pointerId) this.finish(event.type === "pointerup")
  }

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
    if (well && board.carried.to) board.drop(from)
    else board.cancel(undefined, from)
  }

  release() {
    const { hand } = this
    clearTimeout(hand?.timer)
    cancelAnimationFrame(this.frame)
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
