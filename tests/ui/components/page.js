// As much of a browser's page as the components need to be tried without one. Import it before them.

class Classes {
  /** @param {Iterable<string>} names */
  constructor(names) {
    this.names = new Set(names)
  }

  /** @param {...string} names */
  add(...names) {
    for (const name of names) this.names.add(name)
  }

  /** @param {...string} names */
  remove(...names) {
    for (const name of names) this.names.delete(name)
  }

  /** @param {string} name */
  contains(name) {
    return this.names.has(name)
  }

  [Symbol.iterator]() {
    return this.names.values()
  }

  /**
   * @param {string} name
   * @param {boolean} on
   */
  toggle(name, on) {
    if (on) this.add(name)
    else this.remove(name)
  }
}

/** One element; its place on the screen is what `box` says. */
export class Part extends EventTarget {
  /** @type {Part[]} */
  children = []
  /** @type {Part | null} */
  parentElement = null
  /** @type {Record<string, string>} */
  attributes = {}
  /** @type {Record<string, any>} */
  dataset = {}
  /** @type {Record<string, unknown>} */
  style = {}
  classList = new Classes([])
  textContent = ""
  value = ""
  selectionStart = 0
  selectionEnd = 0
  checked = false
  hidden = false
  disabled = false
  readOnly = false
  box = { x: 0, y: 0, width: 0, height: 0 }

  /** @param {string} tag */
  constructor(tag) {
    super()
    this.tag = tag
  }

  set className(/** @type {string} */ names) {
    this.classList = new Classes(names.split(" ").filter(Boolean))
  }

  set onclick(/** @type {() => void} */ act) {
    this.addEventListener("click", act)
  }

  set onchange(/** @type {() => void} */ act) {
    this.addEventListener("change", act)
  }

  /** @param {...(Part | string)} parts */
  append(...parts) {
    for (const each of parts) {
      if (each instanceof Part) {
        each.parentElement = this
        this.children.push(each)
      } else this.textContent += each
    }
  }

  /** @param {...(Part | string)} parts */
  replaceChildren(...parts) {
    this.children = []
    this.append(...parts)
  }

  remove() {
    const beside = this.parentElement?.children ?? []
    if (beside.includes(this)) beside.splice(beside.indexOf(this), 1)
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  setAttribute(name, value) {
    this.attributes[name] = value
  }

  /** @param {string} name */
  removeAttribute(name) {
    delete this.attributes[name]
  }

  /** @param {string} selector  tags, classes and :checked */
  matches(selector) {
    return selector.split(", ").some((each) => {
      const [, tag, classes, checked] = /^(\w*)((?:\.[\w-]+)*)(:checked)?$/.exec(each) ?? []
      if (tag === undefined) throw new Error(`The page knows no ${selector}.`)
      const named = classes.split(".").filter(Boolean).every((name) => this.classList.contains(name))
      return named && (!tag || tag === this.tag) && (!checked || this.checked)
    })
  }

  /**
   * @param {string} selector
   * @returns {Part[]}
   */
  querySelectorAll(selector) {
    return this.children.flatMap((each) => [
      ...(each.matches(selector) ? [each] : []),
      ...each.querySelectorAll(selector),
    ])
  }

  /** @param {string} selector */
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null
  }

  /**
   * @param {string} selector
   * @returns {Part | null}
   */
  closest(selector) {
    return this.matches(selector) ? this : this.parentElement?.closest(selector) ?? null
  }

  /**
   * @param {Part | null} part
   * @returns {boolean}
   */
  contains(part) {
    return part === this || (part !== null && this.contains(part.parentElement))
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  setSelectionRange(from, to) {
    this.selectionStart = from
    this.selectionEnd = to
  }

  /**
   * @param {string} text
   * @param {number} from
   * @param {number} to
   */
  setRangeText(text, from, to) {
    this.value = this.value.slice(0, from) + text + this.value.slice(to)
    this.setSelectionRange(from + text.length, from + text.length)
  }

  getBoundingClientRect() {
    const { x, y, width, height } = this.box
    return { ...this.box, left: x, top: y, right: x + width, bottom: y + height }
  }

  cloneNode() {
    const copy = new Part(this.tag)
    copy.classList = new Classes(this.classList)
    return copy
  }

  get childNodes() {
    return this.children
  }

  getRootNode() {
    return { host: null, activeElement: page.activeElement }
  }

  focus() {
    page.activeElement = this
  }

  scrollIntoView() {}

  scrollTo() {}

  setPointerCapture() {}
}

class Page extends EventTarget {
  /** @type {Part | null} */
  activeElement = null
  visibilityState = "visible"

  /** @param {string} tag */
  createElement(tag) {
    return new Part(tag)
  }

  querySelector() {
    return null
  }
}

export const page = new Page()

class Storage {
  /** @param {string} key */
  getItem(key) {
    return Object.getOwnPropertyDescriptor(this, key)?.value ?? null
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) {
    Object.assign(this, { [key]: value })
  }

  /** @param {string} key */
  removeItem(key) {
    Reflect.deleteProperty(this, key)
  }
}

/** An event that happens to a part, and to all that it is in.
 *
 * @param {Part} part
 * @param {string} kind
 * @param {object} facts
 */
export function happen(part, kind, facts = {}) {
  const event = new Event(kind, { cancelable: true })
  Object.defineProperty(event, "target", { value: part })
  Object.assign(event, facts)
  for (let at = /** @type {Part | null} */ (part); at; at = at.parentElement) at.dispatchEvent(event)
}

/** Lets every promise that can be kept be kept; needs no timer. */
export async function settle() {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}

/** @typedef {{ status: number, body?: unknown }} Answer */

/** What the components asked of the server, which answers each with what `answer` gives; null for no answer. */
export const server = {
  /** @type {{ method: string, path: string, json: any, keepalive: boolean }[]} */
  asked: [],
  /** @type {(path: string) => Answer | null | Promise<Answer | null>} */
  answer: () => ({ status: 200, body: {} }),
}

const globals = {
  document: page,
  localStorage: new Storage(),
  Element: Part,
  getComputedStyle: () => ({ visibility: "visible" }),
  matchMedia: () => ({ matches: true }),
  InputEvent: Event,
  fetch: async (/** @type {string} */ path, /** @type {any} */ { method, body, keepalive }) => {
    server.asked.push({ method, path, json: body && JSON.parse(body), keepalive })
    const answer = await server.answer(path)
    if (!answer) throw new TypeError("no network")
    return { status: answer.status, json: () => Promise.resolve(answer.body ?? null) }
  },
}
for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}
