// Faults of layout that a ruler and a pair of eyes would find.

/** In the page: what is wrong with the layout when text has this size. Words of `long` letters may be broken once. */
export function layout({ size, target, long = Infinity }) {
  const root = document.documentElement
  root.style.fontSize = size
  const wrong = []
  if (root.scrollWidth > root.clientWidth) wrong.push(`the page scrolls sideways: ${root.scrollWidth} of ${root.clientWidth}`)

  const within = document.querySelector('dialog[open]') ?? document.body
  // What is there for screen readers alone is clipped away.
  const isClipped = element => element !== null && (getComputedStyle(element).clipPath === 'inset(50%)' || isClipped(element.parentElement))
  const visible = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.skip') && !isClipped(element)
  // Elements that are fixed to the window overlap what is scrolled.
  const layer = element => element.closest('.rail, .notices, .send')
  const texts = []
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const { currentNode: node } = walker
    if (!node.data.trim() || !visible(node.parentElement)) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const words = node.data.trim().split(/\s+/)
    const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size
    const breakable = words.filter(word => word.length >= long).length
    if (lines > words.length + breakable && !node.parentElement.closest('code, .break-anywhere')) wrong.push(`broken within words: ${node.data}`)
    for (const rect of range.getClientRects()) {
      if (rect.width < 1 || node.parentElement.closest('.truncate, .note')) continue
      texts.push({ text: node.data.trim().slice(0, 60), rect, layer: layer(node.parentElement), parent: node.parentElement })
    }
  }
  for (const { text, rect, parent } of texts) {
    // Faces and pictures are in rows that scroll sideways.
    const off = rect.left < -1 || rect.right > root.clientWidth + 1
    if (off && !parent.closest('.rail, .faces, .strip, .filter-row')) wrong.push(`runs off the side: ${text}`)
    const box = parent.closest('.button, .chip, .profile, .choice')?.getBoundingClientRect()
    if (box && (rect.left < box.left - 1 || rect.right > box.right + 1 || rect.top < box.top - 4 || rect.bottom > box.bottom + 4)) wrong.push(`runs out of its box: ${text}`)
  }
  for (const [i, a] of texts.entries()) {
    for (const b of texts.slice(i + 1)) {
      if (a.layer !== b.layer) continue
      const width = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left)
      const height = Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top)
      // The boxes of two lines overlap a little where the line height is small.
      if (width > 2 && height > Math.min(a.rect.height, b.rect.height) / 3) wrong.push(`overlap: ${a.text} | ${b.text}`)
    }
  }
  for (const element of within.querySelectorAll('button, a.button, summary, .rail a, .choice, input:not([type=file]), textarea')) {
    if (!visible(element) || element.matches('[type=checkbox]')) continue
    const { width, height } = element.getBoundingClientRect()
    if (width < target - 0.5 || height < target - 0.5) wrong.push(`too small for a finger: ${element.outerHTML.slice(0, 90)} ${width} × ${height}`)
  }
  root.style.fontSize = ''
  return wrong
}
