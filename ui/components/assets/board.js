// The board: lanes of cards. What Python says is drawn, with what the hand does and has done laid over it.
import { asked } from "./assign.js"
import { ticked } from "./clock.js"
import { closestTo, find, focusedBeside, make, required, targetOf } from "./dom.js"
import { mounted } from "./mounted.js"
import { arrived, go, plain, restore } from "./navigate.js"
import { styled } from "./styled.js"
import { age } from "./times.js"
import { Arrangement } from "./board/arrangement.js"
import { dress } from "./board/card.js"
import { Drag } from "./board/drag.js"
import { Frame } from "./board/frame.js"
import { fly, rectangles } from "./board/glide.js"
import { Keys } from "./board/keys.js"
import { Menu } from "./board/menu.js"
import { Moves } from "./board/moves.js"
import { Notice } from "./board/notice.js"
import { Stops } from "./board/stops.js"
import * as words from "./board/words.js"
/** @import { BoardData, Card, Carried, Goal, Lane, Move, Place } from "./board/arrangement.js" */
/** @import { Component } from "./mounted.js" */

export class Board {
  /** @type {BoardData} */
  data
  /** @type {Arrangement} */
  shown
  /** @type {(name: string, value: unknown) => void} */
  setTriggerValue = () => {}
  /** @type {Map<number, Card>} */
  cards = new Map()
  /** @type {Map<number, Lane>} */
  lanes = new Map()
  /** @type {Carried | null} */
  carried = null

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.place = arrived()
    /** @type {Map<number, HTMLElement>} */
    this.elements = new Map()
    this.stops = new Stops()
    /** @type {Set<number>} */
    this.stirred = new Set() // numbers whose place was decided, to be watched on their way there
    this.news = make("p", { className: "hidden", ariaLive: "assertive", role: "status" })
    this.notice = new Notice()
    this.frame = new Frame(root, this.place?.folded)
    this.moves = new Moves({
      send: (move) => this.setTriggerValue("move", move),
      lost: (move) => this.lost(move),
    })
    this.menu = new Menu(this)
    this.drag = new Drag(this)
    this.keys = new Keys(this)
    root.replaceChildren(
      make("p", { className: "hidden", id: "help" }, words.HELP),
      this.frame.board,
      this.notice.box,
      this.menu.box,
      this.news,
    )
    root.addEventListener("click", (event) => this.open(event))
    root.addEventListener("auxclick", (event) => this.open(event))
    root.addEventListener(
      "focusin",
      (event) => this.use(closestTo(event, ".card")),
    )
    this.fit = () => this.frame.fit()
    addEventListener("resize", this.fit)
    this.tick = setInterval(() => this.refresh(), 60_000)
  }

  end() {
    clearInterval(this.tick)
    removeEventListener("resize", this.fit)
    this.drag.end()
    this.moves.stop()
  }

  get focused() {
    return /** @type {HTMLElement | null | undefined} */ (focusedBeside(this.root)?.closest(".card"))
  }

  /**
   * Python has spoken: perhaps about a move, perhaps because somebody else did something.
   *
   * @param {Component<BoardData>} component
   */
  take({ data, setTriggerValue }) {
    const before = /** @type {BoardData | undefined} */ (this.data)
    Object.assign(this, { data, setTriggerValue })
    this.cards = new Map(data.cards.map((card) => [card.number, card]))
    this.lanes = new Map(data.lanes.map((lane) => [lane.id, lane]))
    for (const number of this.moves.settle(data, this.cards, this.carried)) this.stirred.add(number)
    if (this.carried && !this.cards.has(this.carried.number)) this.cancel(words.gone(this.carried.number))
    this.draw()
    if (data.refused && (data.turn !== before?.turn || data.refused !== before.refused)) {
      this.notice.tell(data.refused)
    }
    if (!before) styled(this.root).then(() => this.arrive())
  }

  arrive() {
    const { place } = this
    this.frame.fit()
    if (!place) return
    restore(place.scroll)
    this.frame.scrolls = place.scrolls ?? [0, 0, {}]
    this.link(place.number)?.focus({ preventScroll: true })
  }

  // What is shown: the data with all that lies over it, the carried card on top.
  arrange() {
    const { laid, carried } = this
    this.shown = new Arrangement(
      this.data,
      carried?.goal ? [...laid, { number: carried.number, ...carried.goal }] : laid,
    )
  }

  // What lies over the data: a move that waits for its reason, and those that were not decided yet.
  get laid() {
    return [...(this.data.asked ? [this.data.asked] : []), ...this.moves.waiting]
  }

  /**
   * `from` says where cards are seen now, when that is not where they stand.
   *
   * @param {Map<number, DOMRect | null>} from
   */
  draw(from = new Map()) {
    const { laid } = this
    const before = /** @type {Arrangement | undefined} */ (this.shown)
    this.arrange()
    const changed = before ? this.shown.changes(before, this.stirred) : []
    const rectanglesBefore = rectangles(changed, this.elements, from)
    const { focused } = this
    const neighbor = focused && before?.at(Number(focused.dataset.number))
    const busy = new Set(laid.map(({ number }) => number))
    this.frame.draw(this.data, this.shown, (card) => this.element(card, busy))
    for (const [number, element] of this.elements) if (!this.cards.has(number)) this.forget(number, element)
    this.stops.draw(this.shown, this.elements)
    if (focused && this.focused !== focused) this.refocus(focused, neighbor)
    fly(rectanglesBefore, this.elements, this.root)
    this.stirred.clear()
  }

  /**
   * @param {Card} card
   * @param {Set<number>} busy
   */
  element(card, busy) {
    if (!this.elements.has(card.number)) {
      this.elements.set(card.number, make("li", { className: "card", dataset: { number: card.number } }))
    }
    const element = required(this.elements.get(card.number))
    dress(element, card, { movable: this.movable(card.number) })
    element.classList.toggle("busy", busy.has(card.number))
    element.classList.toggle("carried", this.carried?.number === card.number)
    return element
  }

  /**
   * @param {number} number
   * @param {HTMLElement} element
   */
  forget(number, element) {
    element.remove()
    this.elements.delete(number)
  }

  /**
   * Moving a card in the document can take its focus; when it has left the board its neighbor gets it.
   *
   * @param {HTMLElement} focused
   * @param {Place | null | undefined} neighbor
   */
  refocus(focused, neighbor) {
    const stays = focused.isConnected
      ? find(focused, ".title")
      : neighbor && this.link(this.shown.near(neighbor)?.number)
    stays?.focus({ preventScroll: true })
  }

  /** @param {HTMLElement | null} card */
  use(card) {
    if (!card) return
    this.stops.use(Number(card.dataset.number), this.shown)
    this.stops.draw(this.shown, this.elements)
  }

  /** @param {number | undefined} number */
  link(number) {
    return number === undefined ? null : find(this.elements.get(number), ".title")
  }

  /** @param {number} number */
  card(number) {
    return required(this.cards.get(number))
  }

  /** @param {number} number */
  movable(number) {
    return this.lanes.get(this.shown.at(number).lane)?.goals != null
  }

  /**
   * @param {number} from
   * @param {number} to
   * @returns {boolean}
   */
  may(from, to) {
    return from === to || Boolean(this.lanes.get(from)?.goals?.includes(to))
  }

  /**
   * Picks a card up; the version that is seen now goes with it.
   *
   * @param {number} number
   * @returns {Carried}
   */
  lift(number) {
    if (this.carried) this.cancel()
    const home = this.shown.at(number)
    this.notice.dismiss()
    const carried = { number, seen: this.card(number).version, home, goal: null }
    this.carried = carried
    this.frame.close((lane, group) => !this.may(home.lane, lane) || group !== home.group)
    return carried
  }

  /** @param {Goal | null} goal */
  carry(goal) {
    const carried = required(this.carried)
    const was = carried.goal
    if (was?.to === goal?.to && was?.before === goal?.before && was?.after === goal?.after) return
    carried.goal = goal
    this.draw(new Map([[carried.number, null]]))
  }

  /** @param {DOMRect} [from] */
  drop(from) {
    const { number, seen, goal } = required(this.carried)
    this.carried = null
    this.frame.close(() => false)
    if (goal && !this.same(number)) {
      this.moves.add({ number, seen, ...this.shown.goal(this.shown.at(number), number) })
    }
    this.stirred.add(number)
    this.draw(new Map(from ? [[number, from]] : []))
    this.say(words.dropped(number, this.where(number)))
  }

  /**
   * @param {string} [sentence]
   * @param {DOMRect} [from]
   */
  cancel(sentence, from) {
    const { number, home } = required(this.carried)
    this.carried = null
    this.frame.close(() => false)
    this.stirred.add(number)
    this.draw(new Map(from ? [[number, from]] : []))
    this.say(sentence ?? words.back(number, this.lanes.get(home.lane)?.name))
  }

  /**
   * Whether the carried card is where it would be without having been carried.
   *
   * @param {number} number
   */
  same(number) {
    const now = this.shown.at(number)
    const was = new Arrangement(this.data, this.laid).at(number)
    return now.lane === was.lane && now.index === was.index
  }

  /**
   * A move in one go, chosen from the menu.
   *
   * @param {number} number
   * @param {Goal} goal
   */
  put(number, goal) {
    this.lift(number).goal = goal
    this.arrange()
    this.drop(this.elements.get(number)?.getBoundingClientRect())
    this.link(number)?.focus({ preventScroll: true })
    this.elements.get(number)?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  /** @param {number} number */
  where(number) {
    const { lane, index, of } = this.shown.at(number)
    return { lane: required(this.lanes.get(lane)).name, index, of }
  }

  /** @param {Move} move */
  lost(move) {
    this.stirred.add(move.number)
    this.draw()
    this.notice.tell(words.lost(move.number))
  }

  /** @param {string} sentence */
  say(sentence) {
    this.news.textContent = sentence
  }

  refresh() {
    for (const time of this.root.querySelectorAll("time")) time.textContent = age(time.dateTime)
  }

  /**
   * A click anywhere in a card opens it; with a modifier or the middle button in a tab, as for any link.
   *
   * @param {MouseEvent} event
   */
  open(event) {
    const tick = event.type === "click" && ticked(event)
    if (tick) this.setTriggerValue("clock", tick)
    const assign = event.type === "click" && closestTo(event, "button.assign")
    if (assign) this.setTriggerValue("assign", asked(assign.dataset.assign))
    const link = targetOf(event).closest("a") ?? targetOf(event).closest(".card")?.querySelector("a")
    if (!link || event.button > 1 || targetOf(event).closest("button")) return
    if (plain(event)) {
      event.preventDefault()
      const number = Number(
        closestTo(event, ".card")?.dataset.number ?? 0,
      )
      go(link.href, { number, scrolls: this.frame.scrolls, folded: [...this.frame.folded] })
    } else if (!targetOf(event).closest("a")) {
      globalThis.open(link.href, "_blank", "noopener")
    }
  }
}

export default mounted(Board)
