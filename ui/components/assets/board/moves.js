// Moves that Python has not decided yet. One is on its way at a time, so that each is judged by what the last one did.
import { required } from "../dom.js"
/** @import { Card, Carried, Move } from "./arrangement.js" */

const PATIENCE = 8_000

export class Moves {
  /** @type {Move[]} */
  waiting = []
  turn = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  /** @param {{ send: (move: Move) => void, lost: (move: Move) => void }} hearers */
  constructor({ send, lost }) {
    this.send = send
    this.lost = lost
  }

  /** @param {Move} move */
  add(move) {
    this.waiting.push(move)
    this.next()
  }

  next() {
    const [move] = this.waiting
    if (!move || move.turn) return
    move.turn = ++this.turn
    this.timer = setTimeout(() => this.give(), PATIENCE)
    const { number, to, before, after, seen, turn } = move
    this.send({ number, to, before, after, seen, turn })
  }

  // No answer came: the move is given up, and those of the same card that were to follow it.
  give() {
    const move = this.close()
    this.forget(move.number)
    this.lost(move)
    this.next()
  }

  /** @param {number} which */
  forget(which) {
    this.waiting = this.waiting.filter(({ number }) => number !== which)
  }

  /**
   * Gives the numbers whose move was decided, or given up because an earlier one of the same card was refused.
   * If the card is carried on meanwhile, it goes by the version that its own move made.
   *
   * @param {{ turn: number }} data
   * @param {Map<number, Card>} cards
   * @param {Carried | null} carried
   */
  settle({ turn }, cards, carried) {
    this.turn = Math.max(this.turn, turn)
    const [move] = this.waiting
    if (!move?.turn || turn < move.turn) return []
    this.close()
    const card = cards.get(move.number)
    if (card?.lane !== move.to) {
      this.forget(move.number)
    } else {
      for (const later of [...this.waiting, carried]) {
        if (later?.number === move.number) later.seen = card.version
      }
    }
    this.next()
    return [move.number]
  }

  /** @returns {Move} */
  close() {
    clearTimeout(this.timer)
    return required(this.waiting.shift())
  }

  stop() {
    clearTimeout(this.timer)
  }
}
