import { happen, page, Part, server, settle } from "../page.js"
import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import mount from "../../../../ui/components/assets/writer.js"
/** @import { WriterData } from "../../../../ui/components/assets/writer.js" */

/** @type {[string, any][]} */
let told = []
let box = new Part("div")
/** @type {() => void} */
let end = () => {}
let token = 0
/** @type {Set<string>} */
let known = new Set() // the drafts that the process of the page has shown

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] })
  told = []
  server.asked = []
  server.answer = () => ({ status: 200, body: {} })
  box = new Part("div")
  const root = new Part("div")
  root.classList.add("root")
  box.append(root)
  token++
  known = new Set()
})
afterEach(() => {
  end()
  for (const key of Object.keys(localStorage)) localStorage.removeItem(key)
  mock.timers.reset()
})

/** @type {WriterData} */
const REPLY = {
  mode: "comment",
  slot: "ticket-7",
  token: "",
  tokens: [],
  title: "",
  body: "",
  attachments: [],
  visibility: "public",
  updated: "",
  visibilities: ["public", "internal"],
  labels: { body: "Reply" },
  limits: { title: 200, body: 50, file: 1000 },
  submit: { public: "Send reply", internal: "Add internal note" },
  placeholder: "",
  answers: false,
  busy: false,
  error: "",
  field_errors: {},
  turn: 3,
}
/** @type {WriterData} */
const TICKET = {
  ...REPLY,
  mode: "ticket",
  slot: "new",
  visibilities: ["public"],
  labels: { title: "Title", body: "Description" },
}

/**
 * Lets the page run, with these facts for the writer.
 *
 * @param {Partial<WriterData>} facts
 */
function run(facts) {
  const shown = facts.token || `t${token}`
  known.add(shown)
  end = mount({
    data: { ...REPLY, ...facts, token: shown, tokens: [...known] },
    parentElement: /** @type {any} */ (box),
    setStateValue: (name, value) => told.push([name, value]),
    setTriggerValue: (name, value) => told.push([name, value]),
  })
}

/** @param {string} selector */
const part = (selector) => box.querySelector(selector) ?? assert.fail(`The writer has no ${selector}.`)

/**
 * @param {string} text
 * @param {string} selector
 */
function type(text, selector = "textarea") {
  part(selector).value = text
  happen(part(selector), "input")
}

// Presses the button, and waits until what was written is saved and on its way.
async function send() {
  happen(part(".send"), "click")
  await settle()
}

test("a reply is saved, then sent with what was written, and locked until the page answers", async () => {
  /** @type {unknown[]} */
  const before = []
  server.answer = () => {
    before.push(...told)
    return { status: 200, body: {} }
  }
  run({})
  type("Thank you")
  await send()
  assert.deepEqual([server.asked.map(({ json }) => json.values), before], [[{ body: "Thank you" }], []])
  const value = { token: `t${token}`, body: "Thank you", attachments: [], visibility: "public" }
  assert.deepEqual(told, [["submit", value]])
  assert.deepEqual([part("textarea").readOnly, part(".send").disabled], [true, true])
  assert.equal(part(".send").textContent, "Sending …")
})

test("what is on its way is not sent twice, whatever is pressed", async () => {
  run({})
  type("Thank you")
  happen(part(".send"), "click")
  happen(part(".send"), "click")
  happen(part("textarea"), "keydown", { key: "Enter", ctrlKey: true })
  await settle()
  assert.equal(told.length, 1)
})

test("Ctrl+Enter sends, also from a Mac's key, but not while a word is being composed", async () => {
  run({})
  type("Thank you")
  happen(part("textarea"), "keydown", { key: "Enter", ctrlKey: true, isComposing: true })
  await settle()
  assert.deepEqual(told, [])
  happen(part("textarea"), "keydown", { key: "Enter", metaKey: true })
  await settle()
  assert.equal(told.length, 1)
})

test("an empty or too long reply is not sent, and the reason stands at its field", async () => {
  run({})
  type("  \n")
  await send()
  assert.equal(part(".field-error").textContent, "Write something first.")
  type("x".repeat(51))
  assert.equal(part(".field-error").textContent, "")
  await send()
  assert.equal(part(".field-error").textContent, "This is too long to send.")
  assert.deepEqual(told, [])
  assert.equal(page.activeElement, part("textarea"))
})

test("a refused reply stays, with the reason, and can be changed at once", async () => {
  run({})
  type("Thank you")
  await send()
  run({ turn: 4, error: "Somebody closed it.", field_errors: { body: "Say more." } })
  assert.equal(part(".error").textContent, "Somebody closed it.")
  assert.equal(part(".field-error").textContent, "Say more.")
  assert.deepEqual([part("textarea").readOnly, part("textarea").value], [false, "Thank you"])
})

test("a run that is not about the reply leaves it locked", async () => {
  run({})
  type("Thank you")
  await send()
  run({ turn: 3 })
  mock.timers.tick(14_999)
  assert.ok(part("textarea").readOnly)
})

test("without an answer in fifteen seconds the text is free again, and saved as a draft", async () => {
  run({})
  type("Thank you")
  await send()
  server.asked = []
  mock.timers.tick(14_999)
  assert.ok(part("textarea").readOnly)
  mock.timers.tick(1)
  assert.ok(!part("textarea").readOnly)
  assert.match(part(".error").textContent, /did not answer.*still here/)
  mock.timers.tick(500)
  await settle()
  assert.equal(server.asked[0].json.values.body, "Thank you")
})

test("a run that answered without a refusal and without a new draft frees the text a second later", async () => {
  run({})
  type("Thank you")
  await send()
  run({ turn: 4 })
  mock.timers.tick(999)
  assert.ok(part("textarea").readOnly)
  mock.timers.tick(1)
  assert.ok(!part("textarea").readOnly)
})

test("a new draft empties the writer and unlocks it; the same draft never overwrites what is written", async () => {
  run({})
  type("Thank you")
  run({ body: "What the server knew" })
  assert.equal(part("textarea").value, "Thank you")
  await send()
  run({ token: `t${token}-next`, turn: 4 })
  assert.deepEqual([part("textarea").value, part("textarea").readOnly], ["", false])
  assert.equal(part(".send").textContent, "Send reply")
})

test("what is written is saved and said, but nothing is said of a draft while it is being sent", async () => {
  run({})
  type("Thank you")
  mock.timers.tick(500)
  assert.equal(part(".saved").textContent, "Saving …")
  await settle()
  assert.equal(part(".saved").textContent, "Draft saved")
  part(".saved").textContent = ""
  type("Thank you all")
  await send()
  mock.timers.tick(5_000)
  await settle()
  const saved = server.asked.map(({ json }) => json.values.body)
  assert.deepEqual([saved, part(".saved").textContent], [["Thank you", "Thank you all"], ""])
})

test("what was written comes back when the writer is drawn again elsewhere, also if it was saved", async () => {
  run({})
  type("Thank you")
  mock.timers.tick(500)
  await settle()
  end()
  box.querySelector(".root")?.replaceChildren()
  run({})
  assert.equal(part("textarea").value, "Thank you")
})

test("who may read a reply is chosen, saved as part of the draft, sent, and named on the button", async () => {
  run({})
  type("Careful")
  const [open, internal] = part(".audience").querySelectorAll("input")
  assert.deepEqual([open.checked, internal.checked], [true, false])
  open.checked = false
  internal.checked = true
  happen(internal, "change")
  assert.equal(part(".send").textContent, "Add internal note")
  mock.timers.tick(500)
  await settle()
  const [saved] = server.asked.filter(({ method }) => method === "PATCH")
  assert.deepEqual(saved.json.values, { body: "Careful", visibility: "internal" })
  await send()
  assert.equal(told[0][1].visibility, "internal")
})

test("what only staff may read is quoted into an internal note, and not at all into a public reply", async () => {
  const quote = async () => {
    const button = new Part("button")
    button.dataset.quote = "5"
    button.closest = () => button
    server.answer = () => ({
      status: 200,
      body: { author: { name: "Mia" }, body: "Secret", visibility: "internal" },
    })
    page.dispatchEvent(Object.defineProperty(new Event("click"), "target", { value: button }))
    await settle()
  }
  run({ visibilities: ["public"] })
  await quote()
  assert.equal(part("textarea").value, "")
  end()
  box.querySelector(".root")?.replaceChildren()
  token++
  run({})
  await quote()
  assert.equal(part("textarea").value, "> **Mia**:\n>\n> Secret\n\n")
  assert.equal(part(".send").textContent, "Add internal note")
})

test("a new ticket tells the page what stands in it when a field is left, and only when it changed", () => {
  run(TICKET)
  type("Printer", "input")
  type("It is on fire")
  assert.deepEqual(told, [])
  happen(part("textarea"), "focusout", { relatedTarget: null })
  happen(part("textarea"), "focusout", { relatedTarget: null })
  const value = {
    token: `t${token}`,
    title: "Printer",
    body: "It is on fire",
    attachments: [],
    uploading: 0,
  }
  assert.deepEqual(told, [["value", value]])
})

test("a new ticket needs a title", async () => {
  run(TICKET)
  type("It is on fire")
  happen(part("textarea"), "keydown", { key: "Enter", ctrlKey: true })
  await settle()
  assert.deepEqual(told, [])
  type("Printer", "input")
  happen(part("textarea"), "keydown", { key: "Enter", ctrlKey: true })
  await settle()
  const value = { token: `t${token}`, title: "Printer", body: "It is on fire", attachments: [] }
  assert.deepEqual(told, [["submit", value]])
})

test("while the page is busy nothing can be written or sent", async () => {
  run({ busy: true })
  assert.ok(part("textarea").readOnly)
  type("Thank you")
  await send()
  assert.deepEqual(told, [])
  run({ busy: false })
  assert.ok(!part("textarea").readOnly)
})

test("a reply that could not be saved first is sent all the same, and not saved later", async () => {
  server.answer = () => null
  run({})
  type("Thank you")
  await send()
  assert.deepEqual(told.map(([name, { body }]) => [name, body]), [["submit", "Thank you"]])
  mock.timers.tick(10_000)
  await settle()
  assert.equal(server.asked.length, 1)
})

test("a reply that was still being saved when its text was freed is not sent later", async () => {
  /** @type {(answer: { status: number }) => void} */
  let answer = () => {}
  server.answer = () =>
    new Promise((resolve) => {
      answer = resolve
    })
  run({})
  type("Thank you")
  await send()
  mock.timers.tick(15_000)
  assert.ok(!part("textarea").readOnly)
  answer({ status: 200 })
  await settle()
  assert.deepEqual(told, [])
})

test("a reply that is sent again after it was freed is sent once", async () => {
  /** @type {((answer: { status: number }) => void)[]} */
  const answers = []
  server.answer = () => new Promise((resolve) => answers.push(resolve))
  run({})
  type("Thank you")
  await send()
  mock.timers.tick(15_000)
  await send()
  while (answers.length) {
    answers.shift()?.({ status: 200 })
    await settle()
  }
  assert.equal(told.length, 1)
})

// Another process serves the page from now on, with a draft of its own.
function replaceProcess() {
  known = new Set()
  run({ token: `t${token}-of-another-process` })
}

test("a draft that another process brings takes over what the last one never knew, sent or not", async () => {
  server.answer = () => null
  run({})
  type("Thank you")
  mock.timers.tick(500)
  await settle()
  replaceProcess()
  assert.equal(part("textarea").value, "Thank you")
  await send()
  token++
  replaceProcess()
  assert.equal(part("textarea").value, "Thank you")
})

test("what the last process had saved, or this one has taken, does not come back in a new draft", async () => {
  run({})
  type("Thank you")
  mock.timers.tick(500)
  await settle()
  replaceProcess()
  assert.equal(part("textarea").value, "")
  server.answer = () => null
  type("Thank you")
  await send()
  run({ token: `t${token}-next`, turn: 4 })
  assert.equal(part("textarea").value, "")
})
