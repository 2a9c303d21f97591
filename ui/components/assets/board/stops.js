// One card of each cell takes part in the tab order, the one that was used last: Tab goes from lane to lane.
export class Stops {
  constructor() {
    this.used = new Map()
    this.stops = new Set()
  }

  use(number, shown) {
    this.used.set(shown.key(number), number)
  }

  draw(shown, elements) {
    const stops = new Set()
    for (const [key, { cards }] of shown.cells) {
      const last = this.used.get(key)
      if (cards.length) stops.add(elements.get(shown.key(last) === key ? last : cards[0].number))
    }
    for (const card of this.stops) if (!stops.has(card)) index(card, -1)
    for (const card of stops) if (!this.stops.has(card)) index(card, 0)
    this.stops = stops
  }
}

function index(card, to) {
  for (const part of card.querySelectorAll(".title, .clock, .assign, .more")) part.tabIndex = to
}
