import { page, Part, server, settle } from "../page.js"
import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { Field } from "../../../../ui/components/assets/writer/field.js"
import { pasted, size } from "../../../../ui/components/assets/writer/files.js"
import { shortcut } from "../../../../ui/components/assets/writer/markdown.js"
import { Mentions } from "../../../../ui/components/assets/writer/mentions.js"
import { Offers } from "../../../../ui/components/assets/writer/offers.js"
import { Answers } from "../../../../ui/components/assets/writer/answers.js"
import { append, quoted } from "../../../../ui/components/assets/writer/quote.js"

beforeEach(() => {
  server.asked = []
})

/**
 * A field where `[` and `]` stand for the two ends of the selection, `|` for the caret.
 *
 * @param {string} text
 * @returns {any}
 */
function field(text) {
  const [from, to] = text.includes("|")
    ? [text.indexOf("|"), text.indexOf("|")]
    : [text.indexOf("["), text.indexOf("]") - 1]
  const made = new Part("textarea")
  made.value = text.replace(/[[\]|]/g, "")
  made.setSelectionRange(from, to)
  return made
}

/** @param {any} field */
const chosen = ({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd)

/**
 * @param {string} text
 * @param {object} keys
 */
function typed(text, keys) {
  const made = field(text)
  const known = shortcut(
    /** @type {any} */ ({ ctrlKey: true, altKey: false, shiftKey: false, code: "", ...keys }),
    made,
  )
  return { known, text: made.value, chosen: chosen(made) }
}

test("a key puts its mark around the selection, or around its name to be typed over", () => {
  assert.deepEqual(typed("a [b] c", { key: "b" }), { known: true, text: "a **b** c", chosen: "" })
  assert.deepEqual(typed("a |", { key: "i" }), { known: true, text: "a _italic_", chosen: "italic" })
  assert.equal(typed("[one\ntwo]", { key: "e" }).text, "```\none\ntwo\n```")
})

test("a list is begun on all chosen lines, and ended when all are one", () => {
  const list = { key: "*", code: "Digit8", shiftKey: true }
  assert.equal(typed("one\nt[wo\nth]ree\nfour", list).text, "one\n- two\n- three\nfour")
  assert.equal(typed("- o[ne\n- t]wo", list).text, "one\ntwo")
  assert.equal(typed("- o[ne\nt]wo", list).text, "- - one\n- two")
})

test("a link takes the selection as its text, or as its address if it is one", () => {
  const made = field("see |it")
  made.value = "https://docket.example/1"
  made.setSelectionRange(0, made.value.length)
  shortcut(/** @type {any} */ ({ ctrlKey: true, key: "k" }), made)
  assert.deepEqual([made.value, chosen(made)], ["[text](https://docket.example/1)", "text"])
  assert.deepEqual(typed("see [it]", { key: "k" }), { known: true, text: "see [it](https://)", chosen: "" })
})

test("other keys are left to the browser", () => {
  for (
    const keys of [{ key: "b", altKey: true }, { key: "b", ctrlKey: false }, { key: "b", shiftKey: true }, {
      key: "z",
    }]
  ) {
    assert.deepEqual(typed("[a]", keys), { known: false, text: "a", chosen: "a" }, JSON.stringify(keys))
  }
})

test("a comment is quoted line by line below its author, behind what was written", () => {
  const quotation = quoted({ author: { name: "Mia" }, body: "One\n\nTwo" })
  assert.equal(quotation, "> **Mia**:\n>\n> One\n>\n> Two\n\n")
  for (const [before, gap] of [["", ""], ["Hi", "\n\n"], ["Hi\n", "\n"], ["Hi\n\n", ""]]) {
    const made = field(`${before}|`)
    append(made, quotation)
    assert.equal(made.value, before + gap + quotation)
  }
})

test("characters are counted as Python counts them, and too many are said", () => {
  const made = new Field("textarea", { id: "body", label: "Reply", limit: 20 })
  const told = (/** @type {string} */ text) => {
    made.text = text
    made.measure()
    return made.counter.textContent
  }
  assert.deepEqual([told("x".repeat(17)), told("x".repeat(18))], ["", "2 characters left"])
  assert.equal(told("😀".repeat(20)), "0 characters left")
  assert.equal(told("x".repeat(23)), "3 characters too many")
})

test("sizes are said in the largest unit that keeps them readable", () => {
  const said = [1, 1023, 1024, 1024 ** 2 - 1, 1024 ** 2, 2.5 * 1024 ** 2].map(size)
  assert.deepEqual(said, ["1 byte", "1023 bytes", "1 KB", "1024 KB", "1 MB", "2.5 MB"])
})

test("a pasted picture is a file with a name of its own, unless text was pasted with it", () => {
  const files = [new File(["x"], "image.png", { type: "image/png" }), new File(["x"], "plan.pdf")]
  const clip = (/** @type {string[]} */ types) => /** @type {any} */ ({ types, files })
  assert.deepEqual(pasted(clip(["Files", "text/plain"])), [])
  assert.deepEqual(pasted(null), [])
  const [picture, plan] = pasted(clip(["Files"]))
  assert.match(picture.name, /^pasted-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d\.png$/)
  assert.equal(plan.name, "plan.pdf")
})

/** @param {string} text */
function begun(text) {
  const about = { ticket: () => 7, visibility: () => "public" }
  const made = field(text)
  const found = new Offers(made, [new Mentions(made, about), new Answers(about)]).begun()
  return found && [found.source.constructor.name, found.typed, found.from]
}

test("names are offered behind an @ that begins a word, canned replies behind two colons", () => {
  assert.deepEqual(begun("Hi @Mi|"), ["Mentions", "Mi", 4])
  assert.deepEqual(begun("@|"), ["Mentions", "", 1])
  assert.deepEqual(begun("Hi ::than|"), ["Answers", "than", 3])
  for (const text of ["mia@exam|", "Hi| @Mia", "a::b|", "[@Mi]", ""]) {
    assert.equal(begun(text || "|"), null, text)
  }
})

test("the name that is chosen replaces what was typed of it", async () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  server.answer = () => ({ status: 200, body: { items: [{ name: "Max Roth" }, { name: "Mia Wong" }] } })
  const made = field("Hi @M| and all")
  page.createElement("div").append(made)
  const offers = new Offers(made, [new Mentions(made, { ticket: () => 7, visibility: () => "public" })])
  Object.assign(offers.choices.list, { offsetParent: page.createElement("div") })
  offers.typed()
  mock.timers.tick(120)
  await settle()
  const press = (/** @type {string} */ key) => offers.choices.key(/** @type {any} */ (keyEvent(key)))
  assert.ok(press("ArrowDown") && press("Enter"))
  assert.equal(made.value, "Hi @Mia Wong  and all")
  assert.ok(!press("Enter"), "the list is closed")
  mock.timers.reset()
})

/** @param {string} key */
const keyEvent = (key) => Object.assign(new Event("keydown"), { key })
