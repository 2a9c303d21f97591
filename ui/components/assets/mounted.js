// A packaged component of a class: one thing for each place on the page, which takes what every run says and ends with it.
export function mounted(Thing) {
  const things = new WeakMap()
  return (component) => {
    const root = component.parentElement.querySelector(".root")
    const thing = things.get(root) ?? new Thing(root, component.data)
    things.set(root, thing)
    thing.take(component)
    return () => {
      thing.end()
      things.delete(root)
    }
  }
}
