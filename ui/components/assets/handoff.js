// Exchanges a one-time ticket for the cookie (or gives the cookie up), once per ticket.
import { rootOf } from "./mounted.js"
/** @import { Component } from "./mounted.js" */

/** @typedef {{ ticket: string, action: string, next: string }} Handoff */

const begun = new Set()

/** @param {Component<Handoff>} component */
export default function (component) {
  const { data } = component
  if (begun.has(data.ticket)) return
  begun.add(data.ticket)
  exchange(data, rootOf(component))
}

/**
 * @param {Handoff} data
 * @param {HTMLElement} root
 */
async function exchange(data, root) {
  const leaving = data.action === "sign_out"
  say(root, leaving ? "Signing out …" : "Signing in …")
  const answer = await post(
    leaving ? "/auth/sign-out" : "/auth/session",
    leaving ? {} : { ticket: data.ticket },
  )
  const again = () => exchange(data, root)
  if (!answer) {
    return refuse(
      root,
      "Docket could not be reached. Check your connection and try again.",
      "Try again",
      again,
    )
  }
  if (leaving && (answer.ok || answer.status === 401)) return location.replace("/")
  if (answer.ok) return open(inside(data.next))
  if (answer.status === 401) {
    return refuse(
      root,
      "Signing in took too long. Please start again.",
      "Start again",
      () => location.reload(),
    )
  }
  refuse(
    root,
    `Docket could not ${leaving ? "sign you out" : "sign you in"} just now. Please try again.`,
    "Try again",
    again,
  )
}

/**
 * @param {string} url
 * @param {object} body
 */
function post(url, body) {
  return fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null)
}

/**
 * Only a path of this site: "/", not "//host", and nothing that parses to another origin.
 *
 * @param {unknown} next
 */
function inside(next) {
  if (typeof next !== "string" || !next.startsWith("/") || next.startsWith("//")) return "/"
  const url = new URL(next, location.origin)
  return url.origin === location.origin ? url.pathname + url.search + url.hash : "/"
}

/** @param {string} path */
function open(path) {
  if (path.split("#")[0] === location.pathname + location.search) location.reload()
  else location.replace(path)
}

/**
 * @param {HTMLElement} root
 * @param {string} text
 * @param {string} role
 */
function say(root, text, role = "status") {
  const line = document.createElement("p")
  line.setAttribute("role", role)
  line.textContent = text
  root.replaceChildren(line)
}

/**
 * @param {HTMLElement} root
 * @param {string} text
 * @param {string} label
 * @param {() => void} again
 */
function refuse(root, text, label, again) {
  say(root, text, "alert")
  const button = document.createElement("button")
  button.type = "button"
  button.textContent = label
  button.onclick = again
  root.append(button)
}
