// The lanes themselves: headings, rows of a grouped board, and the cells in which cards stand.
import { make, required } from "../dom.js"
import { guard } from "./swipe.js"
import * as words from "./words.js"
/** @import { Arrangement, BoardData, Card, Group, Lane } from "./arrangement.js" */

/** @typedef {{ lane: number, group: string, label: string, list: HTMLElement, box: HTMLElement }} CellBox */
/** @typedef {[number, number, Record<string, number>]} Scrolls  left and top of the board, top of each cell */

export class Frame {
  /** @type {Map<number, HTMLElement>} */
  heads = new Map()
  /** @type {Map<string, CellBox>} */
  cells = new Map()
  /** @type {Map<string, { count: HTMLElement }>} */
  bands = new Map()
  /** @type {Map<number, string>} */
  names = new Map()

  /**
   * @param {HTMLElement} root
   * @param {Iterable<string>} folded
   */
  constructor(root, folded = []) {
    this.root = root
    this.folded = new Set(folded)
    this.board = make("div", { className: "board", role: "group" })
    this.board.setAttribute("aria-describedby", "help")
    this.built = ""
    guard(this.board)
  }

  /**
   * @param {BoardData} data
   * @param {Arrangement} shown
   * @param {(card: Card) => HTMLElement} element
   */
  draw(data, shown, element) {
    this.build(data)
    for (const lane of data.lanes) this.head(lane, shown.count(lane.id))
    for (const cell of this.cells.values()) {
      const { cards } = required(shown.cell(cell.lane, cell.group))
      fill(cell.list, cards.map(element))
      cell.box.setAttribute("aria-label", words.cell(this.names.get(cell.lane), cell.label, cards.length))
    }
    for (const [id, band] of this.bands) {
      const count = data.lanes.reduce((sum, lane) => sum + required(shown.cell(lane.id, id)).cards.length, 0)
      band.count.textContent = String(count)
    }
  }

  /**
   * The lanes and rows change rarely: only then is everything built again.
   *
   * @param {BoardData} data
   */
  build({ label, lanes, groups }) {
    const seen = JSON.stringify([lanes.map(({ id }) => id), groups])
    this.names = new Map(lanes.map(({ id, name }) => [id, name]))
    this.board.setAttribute("aria-label", label)
    if (seen === this.built) return
    this.built = seen
    this.root.style.setProperty("--lanes", String(lanes.length))
    this.board.classList.toggle("grouped", groups.length > 0)
    this.heads = new Map(
      lanes.map(({ id }) => [id, make("div", { className: "head", dataset: { lane: id } })]),
    )
    this.cells = new Map()
    this.bands = new Map()
    const rows = groups.length
      ? groups.flatMap((group) => this.band(group, lanes))
      : [this.row({ id: "", label: "" }, lanes)]
    this.board.replaceChildren(make("div", { className: "heads" }, ...this.heads.values()), ...rows)
  }

  /**
   * @param {Group} group
   * @param {Lane[]} lanes
   */
  band(group, lanes) {
    const count = make("span", { className: "count" })
    const row = this.row(group, lanes)
    /** @param {boolean} folded */
    const fold = (folded) => {
      this.folded[folded ? "add" : "delete"](group.id)
      row.hidden = folded
      button.ariaExpanded = String(!folded)
    }
    const button = make(
      "button",
      { type: "button", onclick: () => fold(!row.hidden) },
      make("span", { dir: "auto" }, group.label),
      count,
    )
    fold(this.folded.has(group.id))
    this.bands.set(group.id, { count })
    return [make("h3", { className: "band" }, button), row]
  }

  /**
   * @param {Group} group
   * @param {Lane[]} lanes
   */
  row(group, lanes) {
    const cells = lanes.map(({ id }) => {
      const list = make("ul", { className: "cards", role: "list" })
      const box = make(
        "section",
        { className: "cell", dataset: { lane: id, group: group.id } },
        list,
        make("p", { className: "nothing" }, "No tickets"),
      )
      this.cells.set(`${id} ${group.id}`, { lane: id, group: group.id, label: group.label, list, box })
      return box
    })
    return make("div", { className: "row" }, ...cells)
  }

  /**
   * @param {Lane} lane
   * @param {number} count
   */
  head({ id, name, kind, limit, more_href: more }, count) {
    const seen = JSON.stringify([name, kind, limit, more, count])
    const head = required(this.heads.get(id))
    if (head.dataset.seen === seen) return
    head.dataset.seen = seen
    const over = limit != null && count > limit
    const amount = make(
      "span",
      { className: over ? "count over" : "count" },
      limit == null ? String(count) : `${count} of ${limit}`,
    )
    amount.title = words.amount(count, limit)
    head.replaceChildren(
      make(
        "h3",
        { className: "dk-status", dataset: { kind } },
        make("span", { title: name, dir: "auto" }, name),
      ),
      amount,
      make("span", { className: "shut", role: "img", ariaLabel: "Not allowed for this ticket" }),
    )
    const grouped = this.board.classList.contains("grouped")
    const box = grouped ? head : required(this.cells.get(`${id} `)).box
    box.querySelector(".rest")?.remove()
    if (more) {
      box.append(
        make(
          "a",
          { className: "rest", href: more, draggable: false, ariaLabel: `Show more of ${name}` },
          "Show more",
        ),
      )
    }
  }

  /**
   * Lanes to which the carried card may not go.
   *
   * @param {(lane: number, group: string) => boolean} shut
   */
  close(shut) {
    for (const { lane, group, box } of this.cells.values()) box.classList.toggle("shut", shut(lane, group))
    for (const [lane, head] of this.heads) {
      head.classList.toggle(
        "shut",
        [...this.cells.values()].every((cell) => cell.lane !== lane || cell.box.classList.contains("shut")),
      )
    }
  }

  // Lanes scroll inside themselves, so the board takes what is left of the window.
  fit() {
    const page = document.querySelector('[data-testid="stMain"]')
    const top = this.root.getBoundingClientRect().top + (page?.scrollTop ?? 0)
    this.root.style.setProperty("--top", `${Math.max(0, Math.round(top))}px`)
  }

  /** @returns {Scrolls} */
  get scrolls() {
    return [
      this.board.scrollLeft,
      this.board.scrollTop,
      Object.fromEntries([...this.cells].map(([place, { box }]) => [place, box.scrollTop])),
    ]
  }

  /** @param {Scrolls} scrolls */
  set scrolls([left, top, cells]) {
    this.board.scrollTo({ left, top, behavior: "instant" })
    for (const [place, { box }] of this.cells) box.scrollTop = cells[place] ?? 0
  }
}

/**
 * Puts the elements into the list in this order, and touches none that stands right already.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement[]} elements
 */
function fill(list, elements) {
  const wanted = /** @type {Set<Element>} */ (new Set(elements))
  for (const element of [...list.children]) if (!wanted.has(element)) element.remove()
  let at = list.firstElementChild
  for (const element of elements) {
    if (element === at) {
      at = at.nextElementSibling
    } else if (at?.nextElementSibling === element) {
      const ahead = at // one card went further down: it comes back where it is wanted
      at = element.nextElementSibling
      ahead.remove()
    } else {
      list.insertBefore(element, at)
    }
  }
}
