// Builds an element; text is only ever text.
export function make(tag, properties = {}, ...children) {
  const { role, dataset, ...rest } = properties
  const element = Object.assign(document.createElement(tag), rest)
  if (role) element.setAttribute("role", role)
  Object.assign(element.dataset, dataset)
  element.append(...children)
  return element
}

export function debounce(wait, act) {
  let timer
  const later = (...what) => {
    clearTimeout(timer)
    timer = setTimeout(() => act(...what), wait)
  }
  later.cancel = () => clearTimeout(timer)
  return later
}
