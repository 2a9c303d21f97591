// Cards that change their place are seen on their way, unless somebody asked for less motion.
const LONGEST = 240
const MOST = 12
export const still = matchMedia("(prefers-reduced-motion: reduce)")

/**
 * Where these cards are seen now; null in `known` says that a card is not to be followed.
 *
 * @param {number[]} numbers
 * @param {Map<number, HTMLElement>} elements
 * @param {Map<number, DOMRect | null>} known
 */
export function rectangles(numbers, elements, known) {
  /** @type {Map<number, DOMRect>} */
  const found = new Map()
  if (still.matches || numbers.length > MOST) return found
  for (const number of numbers) {
    const rectangle = known.has(number) ? known.get(number) : elements.get(number)?.getBoundingClientRect()
    if (rectangle?.width) found.set(number, rectangle)
  }
  return found
}

/**
 * @param {Map<number, DOMRect>} from
 * @param {Map<number, HTMLElement>} elements
 * @param {HTMLElement} root
 */
export function fly(from, elements, root) {
  for (const [number, start] of from) {
    const element = elements.get(number)
    const end = element?.getBoundingClientRect()
    if (!element || !end?.width || Math.hypot(end.x - start.x, end.y - start.y) < 4) continue
    if (!seen(start) && !seen(end)) continue
    const twin = ghost(element, start)
    root.append(twin)
    twin.showPopover?.()
    element.classList.add("flying")
    const way = twin.animate([{ translate: `${start.x}px ${start.y}px` }, {
      translate: `${end.x}px ${end.y}px`,
    }], { duration: LONGEST, easing: "cubic-bezier(0.2, 0.8, 0.2, 1)", fill: "forwards" })
    way.onfinish = way.oncancel = () => {
      twin.remove()
      element.classList.remove("flying")
    }
  }
}

/**
 * A twin of a card above everything else, which no lane cuts off.
 *
 * @param {HTMLElement} element
 * @param {DOMRect} place
 */
export function ghost(element, { width, height, x, y }) {
  const twin = document.createElement("div")
  twin.className = "ghost"
  twin.popover = "manual"
  twin.inert = true
  twin.ariaHidden = "true"
  const copy = /** @type {HTMLElement} */ (element.cloneNode(true))
  copy.classList.remove("carried", "flying", "busy")
  for (const part of copy.querySelectorAll("[id]")) part.removeAttribute("id")
  twin.append(...copy.childNodes)
  twin.classList.add(...copy.classList)
  Object.assign(twin.style, { width: `${width}px`, height: `${height}px`, translate: `${x}px ${y}px` })
  return twin
}

/** @param {DOMRect} place */
const seen = ({ x, y, width, height }) => x < innerWidth && y < innerHeight && x + width > 0 && y + height > 0
