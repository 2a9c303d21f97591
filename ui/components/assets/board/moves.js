// Moves that Python has not decided yet. One is on its way at a time, so that each is judged by what the last one did.
const PATIENCE = 8_000

export class Moves {
  constructor({ send, lost }) {
    Object.assign(this, { send, lost, waiting: [], turn: 0 })
  }

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

  forget(which) {
    this.waiting = this.waiting.filter(({ number }) => number !== which)
  }

  // Gives the numbers whose move was decided, or given up because an earlier one of the same card was refused.
  settle({ turn }, cards) {
    this.turn = Math.max(this.turn, turn)
    const [move] = this.waiting
    if (!move?.turn || turn < move.turn) return []
    this.close()
    const card = cards.get(move.number)
    if (card?.lane !== move.to) this.forget(move.number)
    for (const later of this.waiting) if (later.number === move.number) later.seen = card.version
    this.next()
    return [move.number]
  }

  close() {
    clearTimeout(this.timer)
    return this.waiting.shift()
  }

  stop() {
    clearTimeout(this.timer)
  }
}
