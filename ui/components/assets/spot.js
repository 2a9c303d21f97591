// Shows one entry of the page: scrolls it into view, once for each visit, and lets it stand out for a moment.
const shown = new WeakMap()
const LONG = 2500
const PATIENCE = 3000

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root")
  const box = root.getRootNode().host?.closest('[data-testid="stElementContainer"]')
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
