// Numbers that are links: a plain click opens the tickets inside the running app, any other as the browser would.
import { make } from "./dom.js"
import { rootOf } from "./mounted.js"
import { follow } from "./navigate.js"
/** @import { Component } from "./mounted.js" */

/** @typedef {{ value: string, label: string, href: string, note: string, kind: string | null, quiet: boolean }} Figure */

const drawn = new WeakMap()

/** @param {Component<{ label: string, small: boolean, items: Figure[] }>} component */
export default function (component) {
  const { data } = component
  const root = rootOf(component)
  const seen = JSON.stringify(data)
  if (!drawn.has(root)) root.addEventListener("click", follow)
  if (drawn.get(root) === seen) return
  drawn.set(root, seen)
  const list = make("ul", { role: "list", ariaLabel: data.label, className: data.small ? "small" : "cards" })
  list.append(...data.items.map((item) => make("li", {}, figure(item))))
  root.replaceChildren(list)
}

/** @param {Figure} item */
function figure({ value, label, href, note, kind, quiet }) {
  const name = kind
    ? make("span", { className: "dk-status", dataset: { kind } }, make("span", {}, label))
    : make("span", { className: "label" }, label)
  const number = make("span", { className: "value" }, value)
  return make(
    "a",
    { href, className: quiet ? "quiet" : "" },
    name,
    " ",
    number,
    ...(note ? [" ", make("span", { className: "note" }, note)] : []),
  )
}
