// How the components of the pages are mounted by Streamlit.
import { part } from "./dom.js"

/**
 * What Streamlit hands to a component in every run.
 *
 * @template Data
 * @typedef {object} Component
 * @property {Data} data
 * @property {ParentNode} parentElement
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/**
 * @template Data
 * @typedef {{ take(component: Component<Data>): void, end(): void }} Thing
 */

/**
 * The element that a component draws into.
 *
 * @param {Pick<Component<unknown>, "parentElement">} component
 */
export function rootOf({ parentElement }) {
  return part(parentElement, ".root")
}

/**
 * A packaged component of a class: one thing for each place on the page, which takes what every run says and ends with it.
 *
 * @template Data
 * @param {new (root: HTMLElement, data: Data) => Thing<Data>} Thing
 * @returns {(component: Component<Data>) => () => void}
 */
export function mounted(Thing) {
  /** @type {WeakMap<HTMLElement, Thing<Data>>} */
  const things = new WeakMap()
  return (component) => {
    const root = rootOf(component)
    const thing = things.get(root) ?? new Thing(root, component.data)
    things.set(root, thing)
    thing.take(component)
    return () => {
      thing.end()
      things.delete(root)
    }
  }
}
