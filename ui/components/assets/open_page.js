// Opens another page inside the running app, once for each ticket.
import { boxAround } from "./dom.js"
import { rootOf } from "./mounted.js"
import { go } from "./navigate.js"
/** @import { Component } from "./mounted.js" */

const opened = new Set()

/** @param {Component<{ ticket: string, href: string }>} component */
export default function (component) {
  const { data } = component
  const box = boxAround(rootOf(component))
  if (box) box.style.display = "none"
  if (opened.has(data.ticket)) return
  opened.add(data.ticket)
  go(data.href)
}
