// The board: lanes of cards. What Python says is drawn, with what the hand does and has done laid over it.
import { asked } from "./assign.js"
import { ticked } from "./clock.js"
import { make } from "./dom.js"
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

class Board {
  constructor(root) {
    this.root = root
    this.place = arrived()
    this.elements = new Map()
    this.stops = new Stops()
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
    root.addEventListener("focusin", (event) => this.use(event.target.closest(".card")))
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
    return this.root.getRootNode().activeElement?.closest(".card")
  }

  // Python has spoken: perhaps about a move, perhaps because somebody else did something.
  take({ data, setTriggerValue }) {
    const before = this.data
    Object.assign(this, { data, setTriggerValue })
    this.cards = new Map(data.cards.map((card) => [card.number, card]))
    this.lanes = new Map(data.lanes.map((lane) => [lane.id, lane]))
    for (const number of this.moves.settle(data, this.cards)) this.stirred.add(number)
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
    this.frame.scrolls = place.scrolls
    this.link(place.number)?.focus({ preventScroll: true })
  }

  // What lies over the data: a move that waits for its reason, and those that were not decided yet.
  get laid() {
    return [...(this.data.asked ? [this.data.asked] : []), ...this.moves.waiting]
  }

  // `from` says where cards are seen now, when that is not where they stand.
  draw(from = new Map()) {
    const { laid } = this
    const before = this.shown
    this.shown = new Arrangement(this.data, this.carried?.to ? [...laid, this.carried] : laid)
    const changed = before ? this.shown.changes(before, this.stirred) : []
    const rectanglesBefore = rectangles(changed, this.elements, from)
    const { focused } = this
    const neighbour = focused && before?.at(Number(focused.dataset.number))
    const busy = new Set(laid.map(({ number }) => number))
    this.frame.draw(this.data, this.shown, (card) => this.element(card, busy))
    for (const [number, element] of this.elements) if (!this.cards.has(number)) this.forget(number, element)
    this.stops.draw(this.shown, this.elements)
    if (focused && this.focused !== focused) this.refocus(focused, neighbour)
    fly(rectanglesBefore, this.elements, this.root)
    this.stirred.clear()
  }

  element(card, busy) {
    if (!this.elements.has(card.number)) {
      this.elements.set(card.number, make("li", { className: "card", dataset: { number: card.number } }))
    }
    const element = this.elements.get(card.number)
    dress(element, card, { movable: this.movable(card.number) })
    element.classList.toggle("busy", busy.has(card.number))
    element.classList.toggle("carried", this.carried?.number === card.number)
    return element
  }

  forget(number, element) {
    element.remove()
    this.elements.delete(number)
  }

  // Moving a card in the document can take its focus; when it has left the board its neighbour gets it.
  refocus(focused, neighbour) {
    const stays = focused.isConnected
      ? focused
      : neighbour && this.elements.get(this.shown.near(neighbour)?.number)
    stays?.querySelector(".title").focus({ preventScroll: true })
  }

  use(card) {
    if (!card) return
    this.stops.use(Number(card.dataset.number), this.shown)
    this.stops.draw(this.shown, this.elements)
  }

  link(number) {
    return this.elements.get(number)?.querySelector(".title")
  }

  movable(number) {
    return this.lanes.get(this.shown.at(number).lane)?.goals != null
  }

  may(from, to) {
    return from === to || this.lanes.get(from)?.goals?.includes(to)
  }

  // Picks a card up; the version that is seen now goes with it.
  lift(number) {
    if (this.carried) this.cancel()
    const home = this.shown.at(number)
    this.notice.dismiss()
    this.carried = { number, seen: this.cards.get(number).version, home }
    this.frame.close((lane, group) => !this.may(home.lane, lane) || group !== home.group)
    return this.carried
  }

  carry(goal) {
    const { carried } = this
    if (carried.to === goal?.to && carried.before === goal?.before && carried.after === goal?.after) return
    Object.assign(carried, goal ?? { to: undefined, before: undefined, after: undefined })
    this.draw(new Map([[carried.number, null]]))
  }

  drop(from) {
    const { number, seen, to } = this.carried
    this.carried = null
    this.frame.close(() => false)
    if (to && !this.same(number)) {
      this.moves.add({ number, seen, ...this.shown.goal(this.shown.at(number), number) })
    }
    this.stirred.add(number)
    this.draw(new Map(from ? [[number, from]] : []))
    this.say(words.dropped(number, this.where(number)))
  }

  cancel(sentence, from) {
    const { number, home } = this.carried
    this.carried = null
    this.frame.close(() => false)
    this.stirred.add(number)
    this.draw(new Map(from ? [[number, from]] : []))
    this.say(sentence ?? words.back(number, this.lanes.get(home.lane)?.name))
  }

  // Whether the carried card is where it would be without having been carried.
  same(number) {
    const now = this.shown.at(number)
    const was = new Arrangement(this.data, this.laid).at(number)
    return now.lane === was.lane && now.index === was.index
  }

  // A move in one go, chosen from the menu.
  put(number, goal) {
    this.lift(number)
    Object.assign(this.carried, goal)
    this.shown = new Arrangement(this.data, [...this.laid, this.carried])
    this.drop(this.elements.get(number)?.getBoundingClientRect())
    this.link(number)?.focus({ preventScroll: true })
    this.elements.get(number)?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  where(number) {
    const { lane, index, of } = this.shown.at(number)
    return { lane: this.lanes.get(lane).name, index, of }
  }

  lost(move) {
    this.stirred.add(move.number)
    this.draw()
    this.notice.tell(words.lost(move.number))
  }

  say(sentence) {
    this.news.textContent = sentence
  }

  refresh() {
    for (const time of this.root.querySelectorAll("time")) time.textContent = age(time.dateTime)
  }

  // A click anywhere in a card opens it; with a modifier or the middle button in a tab, as for any link.
  open(event) {
    const tick = event.type === "click" && ticked(event)
    if (tick) this.setTriggerValue("clock", tick)
    const assign = event.type === "click" && event.target.closest("button.assign")
    if (assign) this.setTriggerValue("assign", asked(assign.dataset.assign))
    const link = event.target.closest("a") ?? event.target.closest(".card")?.querySelector("a")
    if (!link || event.button > 1 || event.target.closest("button")) return
    if (plain(event)) {
      event.preventDefault()
      const number = Number(event.target.closest(".card")?.dataset.number ?? 0)
      go(link.getAttribute("href"), { number, scrolls: this.frame.scrolls, folded: [...this.frame.folded] })
    } else if (!event.target.closest("a")) {
      globalThis.open(link.href, "_blank", "noopener")
    }
  }
}

export default mounted(Board)
