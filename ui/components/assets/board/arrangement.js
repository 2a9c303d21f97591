// Which card stands where: what Python said, with moves laid over it. Knows nothing of the screen.
export class Arrangement {
  constructor({ lanes, groups, cards }, moves) {
    this.groups = groups.length ? groups.map(({ id }) => id) : [""]
    this.cells = new Map()
    this.counts = new Map(lanes.map((lane) => [lane.id, lane.count]))
    for (const group of this.groups) {
      for (const lane of lanes) this.cells.set(place(lane.id, group), { lane: lane.id, group, cards: [] })
    }
    for (const card of cards) {
      this.cells.get(place(card.lane, groups.length ? card.group : ""))?.cards.push(card)
    }
    for (const move of moves) this.apply(move)
    this.places = new Map()
    for (const cell of this.cells.values()) cell.cards.forEach((card) => this.places.set(card.number, cell))
  }

  apply({ number, to, before, after }) {
    const from = [...this.cells.values()].find((cell) => cell.cards.some((card) => card.number === number))
    const goal = from && this.cells.get(place(to, from.group))
    if (!goal) return
    const [card] = from.cards.splice(index(from, number), 1)
    const above = index(goal, before)
    const below = index(goal, after) + 1
    const top = before != null && after == null // what stood below it has gone: it is the first all the same
    goal.cards.splice(above >= 0 ? above : below || (top ? 0 : goal.cards.length), 0, card)
    this.counts.set(from.lane, this.counts.get(from.lane) - 1)
    this.counts.set(to, this.counts.get(to) + 1)
  }

  cell(lane, group) {
    return this.cells.get(place(lane, group))
  }

  at(number) {
    const cell = this.places.get(number)
    return cell && { lane: cell.lane, group: cell.group, index: index(cell, number), of: cell.cards.length }
  }

  // The card at a place, or the last one above it.
  near({ lane, group, index: wanted }) {
    return this.cell(lane, group)?.cards.at(Math.min(wanted, this.cell(lane, group).cards.length - 1))
  }

  key(number) {
    const cell = this.places.get(number)
    return cell && place(cell.lane, cell.group)
  }

  // What a card would say of itself if it were put at this index of a cell.
  goal({ lane, group, index: wanted }, number) {
    const others = this.cell(lane, group).cards.filter((card) => card.number !== number)
    return { to: lane, before: others[wanted]?.number ?? null, after: others[wanted - 1]?.number ?? null }
  }

  // Numbers of the cards that stand in another cell than before, and of those that are watched anyway.
  changes(before, watched) {
    return [...this.places].filter(([number, { lane, group }]) => {
      const was = before.places.get(number)
      return was && (watched.has(number) || was.lane !== lane || was.group !== group)
    }).map(([number]) => number)
  }
}

const place = (lane, group) => `${lane} ${group}`
const index = ({ cards }, number) => (number == null ? -1 : cards.findIndex((card) => card.number === number))
