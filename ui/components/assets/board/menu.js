// "Move to…": every move without dragging, for a thumb, a screen reader or a tired hand.
import { closestTo, find, focusedBeside, make, parts } from "../dom.js"
import { numberOf } from "./card.js"
/** @import { Board } from "../board.js" */
/** @import { Goal, Place } from "./arrangement.js" */

export class Menu {
  /** @type {number | undefined} */
  number
  closed = -Infinity

  /** @param {Board} board */
  constructor(board) {
    this.board = board
    this.box = make("div", { className: "menu", role: "menu", popover: "auto" })
    this.box.addEventListener("keydown", (event) => this.press(event))
    this.box.addEventListener("beforetoggle", ({ newState }) => {
      if (newState === "closed") this.closed = performance.now()
    })
    board.root.addEventListener(
      "click",
      (event) => this.toggle(closestTo(event, ".card .more")),
    )
  }

  /** @param {HTMLElement | null} button */
  toggle(button) {
    if (!button) return
    const number = numberOf(button)
    if (this.number === number && performance.now() - this.closed < 100) return // the same click has just closed it
    this.number = number
    this.box.ariaLabel = `Move #${number}`
    this.box.replaceChildren(make("p", { ariaHidden: "true" }, `Move #${number} to`), ...this.choices(number))
    this.box.showPopover({ source: button })
    this.stand(button.getBoundingClientRect())
    find(this.box, "button:not([aria-disabled])")?.focus()
  }

  /** @param {number} number */
  choices(number) {
    const { board } = this
    const { data, shown } = board
    const at = shown.at(number)
    /** @param {Partial<Place>} place */
    const goal = (place) => shown.goal({ ...at, ...place }, number)
    const lanes = data.lanes.map((lane) =>
      this.choice(
        number,
        lane.name,
        board.may(at.lane, lane.id) && lane.id !== at.lane && goal({ lane: lane.id, index: 0 }),
        { kind: lane.kind, here: lane.id === at.lane },
      )
    )
    const within = Object.entries({ Up: at.index - 1, Down: at.index + 1 }).map(([label, index]) =>
      this.choice(number, label, index >= 0 && index < at.of && goal({ index }), {})
    )
    return [...lanes, make("hr"), ...within]
  }

  /**
   * @param {number} number
   * @param {string} label
   * @param {Goal | false} goal
   * @param {{ kind?: string, here?: boolean }} about
   */
  choice(number, label, goal, { kind, here }) {
    const text = kind
      ? make("span", { className: "dk-status", dataset: { kind } }, make("span", { dir: "auto" }, label))
      : label
    const item = make(
      "button",
      { type: "button", role: "menuitem", tabIndex: -1 },
      text,
      here ? make("span", { className: "here" }, "is here") : "",
    )
    if (!goal) item.ariaDisabled = "true"
    item.onclick = () => {
      if (!goal) return
      this.box.hidePopover()
      this.board.cards.has(number) && this.board.put(number, goal)
    }
    return item
  }

  /**
   * Below the button or above it, wherever there is room.
   *
   * @param {DOMRect} button
   */
  stand({ left, right, top, bottom }) {
    const { width, height } = this.box.getBoundingClientRect()
    const x = Math.max(8, Math.min(right - width, innerWidth - width - 8, Math.max(left, 8)))
    const y = bottom + height + 8 < innerHeight ? bottom + 4 : Math.max(8, top - height - 4)
    Object.assign(this.box.style, { left: `${x}px`, top: `${y}px` })
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const items = parts(this.box, "button:not([aria-disabled])")
    const at = items.findIndex((item) => item === focusedBeside(this.box))
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
    if (event.key === "Tab") this.box.hidePopover()
    if (to === undefined) return
    event.preventDefault()
    items.at(to % items.length)?.focus()
  }
}
