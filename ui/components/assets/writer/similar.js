// Open tickets that resemble the title while it is being typed.
import { call } from "../api.js"
import { debounce, make } from "../dom.js"

const SHORTEST = 4

export function similar() {
  const news = make("p", { className: "hidden", role: "status" })
  const list = make("ul")
  const box = make(
    "section",
    { className: "similar", ariaLabel: "Similar open tickets", hidden: true },
    make("p", { className: "similar-head" }, "Is it one of these? They are open already."),
    list,
  )
  /** @type {AbortController | undefined} */
  let asking
  let asked = ""

  const ask = debounce(300, async (/** @type {string} */ title) => {
    asking?.abort()
    asking = new AbortController()
    const { signal } = asking
    const { status, body } = await call("GET", `/similar?title=${encodeURIComponent(title)}`, { signal })
    if (!signal.aborted) show(status === 200 && Array.isArray(body?.items) ? body.items : [])
  })

  /** @param {{ number: number, title: string, status: string }[]} items */
  function show(items) {
    box.hidden = !items.length
    list.replaceChildren(
      ...items.slice(0, 5).map((item) =>
        make(
          "li",
          {},
          make(
            "a",
            { href: `/t/${Number(item.number)}`, target: "_blank", rel: "noopener", dir: "auto" },
            `#${Number(item.number)} ${item.title}`,
          ),
          make("span", { className: "similar-status" }, item.status),
        )
      ),
    )
    news.textContent = items.length
      ? `${items.length} similar open ${items.length === 1 ? "ticket" : "tickets"} below.`
      : ""
  }

  return {
    box,
    news,
    /** @param {string} text */
    look(text) {
      const title = text.trim()
      if (title === asked) return
      asked = title
      if (title.length >= SHORTEST) return ask(title)
      ask.cancel()
      asking?.abort()
      show([])
    },
  }
}
