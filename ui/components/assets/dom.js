// Elements of a page: made, found and asked.

/**
 * @template {HTMLElement} Kind
 * @typedef {Partial<Omit<Kind, "children" | "dataset" | "role" | "style">> & {
 *   dataset?: Record<string, unknown>,
 *   role?: string,
 * }} Properties
 */

/**
 * Builds an element; text is only ever text.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties<HTMLElementTagNameMap[Tag]>} properties
 * @param {...(Node | string | number)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const { role, dataset, ...rest } = properties
  const element = Object.assign(document.createElement(tag), rest)
  if (role) element.setAttribute("role", role)
  Object.assign(element.dataset, dataset)
  element.append(.../** @type {(Node | string)[]} */ (children))
  return element
}

/**
 * Calls `act` when it was not asked to for `wait` milliseconds.
 * @template {unknown[]} Words
 * @param {number} wait
 * @param {(...what: Words) => void} act
 */
export function debounce(wait, act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  /** @param {Words} what */
  const later = (...what) => {
    clearTimeout(timer)
    timer = setTimeout(() => act(...what), wait)
  }
  later.cancel = () => clearTimeout(timer)
  return later
}

/**
 * The element that an event is about.
 *
 * @param {Event} event
 * @returns {HTMLElement}
 */
export function targetOf(event) {
  return /** @type {HTMLElement} */ (event.target)
}

/**
 * The nearest element that fits around, or is, the one that an event is about.
 *
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function closestTo(event, selector) {
  const { target } = event
  return target instanceof Element ? target.closest(selector) : null
}

/**
 * The element that has the focus in the same component as `element`.
 *
 * @param {Node} element
 */
export function focusedBeside(element) {
  return /** @type {HTMLElement | null} */ (/** @type {ShadowRoot} */ (element.getRootNode()).activeElement)
}

/**
 * The box that Streamlit gives the component of `element` on the page.
 *
 * @param {Node} element
 * @returns {HTMLElement | null | undefined}
 */
export function boxAround(element) {
  const { host } = /** @type {ShadowRoot} */ (element.getRootNode())
  return host?.closest('[data-testid="stElementContainer"]')
}

/**
 * The first part of an element that fits, or null; also null without an element.
 *
 * @param {ParentNode | null | undefined} within
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function find(within, selector) {
  return within?.querySelector(selector) ?? null
}

/**
 * The same where it is certainly there.
 *
 * @param {ParentNode} within
 * @param {string} selector
 */
export function part(within, selector) {
  return required(find(within, selector))
}

/**
 * All parts of an element that fit.
 *
 * @param {ParentNode} within
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export function parts(within, selector) {
  return [...within.querySelectorAll(selector)].map((each) => /** @type {HTMLElement} */ (each))
}

/**
 * What is certainly there; throws if it is not.
 *
 * @template Thing
 * @param {Thing} thing
 * @returns {NonNullable<Thing>}
 */
export function required(thing) {
  if (thing == null) throw new TypeError("Something that must be there is missing.")
  return thing
}
