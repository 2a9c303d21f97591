// Shows one entry of the page: scrolls it into view, once for each visit, and lets it stand out for a moment.
import { boxAround } from "./dom.js"
import { rootOf } from "./mounted.js"
/** @import { Component } from "./mounted.js" */

const shown = new WeakMap()
const LONG = 2500
const PATIENCE = 3000

/** @param {Component<{ id: string, visit: string | number }>} component */
export default function (component) {
  const { data } = component
  const root = rootOf(component)
  const box = boxAround(root)
  if (box) box.style.display = "none"
  if (shown.get(root) === data.visit) return
  shown.set(root, data.visit)
  const began = performance.now()
  const look = () => {
    const found = document.getElementById(data.id)
    if (!found) return performance.now() - began < PATIENCE && requestAnimationFrame(look)
    found.scrollIntoView({ block: "center" })
    found.tabIndex = -1
    found.focus({ preventScroll: true })
    found.classList.add("dk-spot")
    setTimeout(() => found.classList.remove("dk-spot"), LONG)
  }
  look()
}
