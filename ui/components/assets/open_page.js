// Opens another page inside the running app, once for each ticket.
import { go } from "./navigate.js"

const opened = new Set()

export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".root").getRootNode().host?.closest(
    '[data-testid="stElementContainer"]',
  )
  if (box) box.style.display = "none"
  if (opened.has(data.ticket)) return
  opened.add(data.ticket)
  go(data.href)
}
