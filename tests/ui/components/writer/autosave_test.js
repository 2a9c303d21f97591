import { server, settle } from "../page.js"
import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { Autosave, recall } from "../../../../ui/components/assets/writer/autosave.js"

const NOON = Date.UTC(2026, 10, 30, 12)
const KEY = "docket:draft:ticket-7:t1"

/** @type {[string, string | undefined][]} */
let told = []
let written = { body: "" }
/** @type {Autosave} */
let saver

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOON })
  told = []
  written = { body: "All of it" }
  server.asked = []
  server.answer = () => ({ status: 200 })
  for (const key of Object.keys(localStorage)) localStorage.removeItem(key)
  saver = new Autosave({
    slot: "ticket-7",
    token: "t1",
    values: () => written,
    tell: (state, detail) => told.push([state, detail]),
  })
})
afterEach(() => mock.timers.reset())

const kept = () => JSON.parse(localStorage.getItem(KEY) ?? "null")
const states = () => told.map(([state]) => state)
const sent = () => server.asked.map(({ json }) => json.values)

/** @param {number} milliseconds */
async function pass(milliseconds) {
  mock.timers.tick(milliseconds)
  await settle()
}

test("what was typed is saved half a second after the last key, all fields at once", async () => {
  saver.touch({ body: "H" })
  await pass(499)
  saver.touch({ body: "He", title: "T" })
  await pass(499)
  assert.deepEqual(server.asked, [])
  await pass(1)
  assert.deepEqual(server.asked, [{
    method: "PATCH",
    path: "/api/v1/drafts/ticket-7",
    json: { token: "t1", values: { body: "He", title: "T" } },
    keepalive: false,
  }])
  assert.deepEqual(states(), ["saving", "saved"])
})

test("what is typed while a save is on its way is saved after it, and only then it is said", async () => {
  saver.touch({ body: "one" })
  mock.timers.tick(500)
  saver.touch({ body: "two" })
  mock.timers.tick(500)
  assert.deepEqual(sent(), [{ body: "one" }])
  await settle()
  assert.deepEqual(states(), ["saving"])
  await pass(500)
  assert.deepEqual(sent(), [{ body: "one" }, { body: "two" }])
  assert.deepEqual(states(), ["saving", "saving", "saved"])
})

test("without the server the text is kept in this browser, and tried again later and later", async () => {
  server.answer = () => null
  saver.touch({ body: "x" })
  await pass(500)
  assert.deepEqual(states(), ["saving", "unsaved"])
  assert.deepEqual(kept(), { at: NOON + 500, values: { body: "All of it" } })
  await pass(1_999)
  assert.equal(server.asked.length, 1)
  await pass(1)
  assert.equal(server.asked.length, 2)
  await pass(3_999)
  assert.equal(server.asked.length, 2)
  server.answer = () => ({ status: 200 })
  await pass(1)
  assert.deepEqual(sent(), [{ body: "x" }, { body: "x" }, { body: "x" }])
  assert.equal(states().at(-1), "saved")
  assert.equal(kept(), null)
})

test("it never waits longer than half a minute for the next try", async () => {
  server.answer = () => ({ status: 503 })
  saver.touch({ body: "x" })
  for (let wait = 500; wait < 64_000; wait *= 2) await pass(Math.max(wait, 500))
  const before = server.asked.length
  await pass(30_000)
  assert.equal(server.asked.length, before + 1)
})

test("a refusal is said with its reason and not tried again; the text is kept", async () => {
  server.answer = () => ({ status: 422, body: { detail: "Too long." } })
  saver.touch({ body: "x" })
  await pass(500)
  assert.deepEqual(told.at(-1), ["refused", "Too long."])
  assert.deepEqual(kept().values, { body: "All of it" })
  await pass(60_000)
  assert.equal(server.asked.length, 1)
})

test("a server that is busy is asked again", async () => {
  server.answer = () => ({ status: 429 })
  saver.touch({ body: "x" })
  await pass(500)
  assert.equal(states().at(-1), "unsaved")
  await pass(2_000)
  assert.equal(server.asked.length, 2)
})

test("somebody who was signed out keeps the text in this browser", async () => {
  server.answer = () => ({ status: 401 })
  saver.touch({ body: "x" })
  await pass(500)
  assert.equal(states().at(-1), "signed_out")
  assert.deepEqual(kept().values, { body: "All of it" })
})

test("a draft that was sent from elsewhere is never saved again", async () => {
  server.answer = () => ({ status: 410 })
  saver.touch({ body: "x" })
  await pass(500)
  assert.equal(states().at(-1), "used")
  saver.touch({ body: "y" })
  await pass(60_000)
  assert.equal(server.asked.length, 1)
})

test("a page that goes away saves at once, in a request that outlives it, and keeps the text meanwhile", async () => {
  server.answer = () => {
    assert.deepEqual(kept().values, { body: "All of it" })
    return { status: 200 }
  }
  saver.touch({ body: "x" })
  saver.flush({ leaving: true })
  await settle()
  assert.deepEqual(server.asked.map(({ keepalive }) => keepalive), [true])
  assert.equal(kept(), null)
})

test("a text too large for such a request is sent without it", () => {
  saver.touch({ body: "x".repeat(60_000) })
  saver.flush({ leaving: true })
  assert.deepEqual(server.asked.map(({ keepalive }) => keepalive), [false])
})

test("a page that goes away with nothing new asks and keeps nothing", () => {
  saver.flush({ leaving: true })
  assert.deepEqual([server.asked, kept()], [[], null])
})

test("settling saves at once what is not saved, after what is on its way, and waits for both", async () => {
  saver.touch({ body: "one" })
  mock.timers.tick(500)
  saver.touch({ body: "two" })
  assert.ok(saver.unsaved)
  await saver.settle()
  assert.deepEqual([sent(), saver.unsaved], [[{ body: "one" }, { body: "two" }], false])
  await saver.settle()
  assert.equal(server.asked.length, 2, "there is nothing to save any more")
})

test("what the server could not take is unsaved", async () => {
  assert.ok(!saver.unsaved)
  server.answer = () => null
  saver.touch({ body: "x" })
  await saver.settle()
  assert.ok(saver.unsaved)
})

test("what is being sent is not saved as a draft besides", async () => {
  saver.touch({ title: "x" })
  saver.hold()
  await pass(60_000)
  assert.deepEqual(server.asked, [])
  saver.touch({ body: "y" })
  await pass(500)
  assert.deepEqual(sent(), [{ body: "y" }])
})

test("after it was sent nothing of it remains in this browser", async () => {
  server.answer = () => null
  saver.touch({ body: "x" })
  await pass(500)
  saver.forget()
  assert.equal(kept(), null)
  await pass(60_000)
  assert.equal(server.asked.length, 1)
})

/** @param {number} at */
const keep = (at) => localStorage.setItem(KEY, JSON.stringify({ at, values: { body: "kept" } }))

test("what this browser kept comes back, unless the server heard something later", () => {
  keep(NOON - 1000)
  const at = (/** @type {number} */ moment) => new Date(moment).toISOString()
  assert.deepEqual(recall("ticket-7", "t1", at(NOON - 1001)), { body: "kept" })
  assert.deepEqual(recall("ticket-7", "t1", ""), { body: "kept" })
  assert.equal(recall("ticket-7", "t1", at(NOON - 999)), null)
  assert.equal(recall("ticket-7", "t2", ""), null)
})

test("what was kept for more than a week is gone, and so is what cannot be read", () => {
  keep(NOON - 7 * 86_400_000 - 1)
  localStorage.setItem("docket:draft:new:t9", "{")
  localStorage.setItem("somebody else's", "stays")
  assert.equal(recall("ticket-7", "t1", ""), null)
  assert.deepEqual(Object.keys(localStorage), ["somebody else's"])
})
