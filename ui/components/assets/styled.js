// Resolves when the stylesheet has arrived: until then the root is hidden and cannot take the focus.
/**
 * @param {HTMLElement} root
 * @returns {Promise<void>}
 */
export function styled(root) {
  return new Promise((resolve) => {
    const look =
      () => (getComputedStyle(root).visibility === "visible" ? resolve() : requestAnimationFrame(look))
    look()
  })
}
