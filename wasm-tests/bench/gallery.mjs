// Scrolls through the pictures of a large share as fast as a hand would, and counts the frames; then selects all of them.

/** Frames at the end of the list until nothing more is expected: a page of it takes less. */
const PATIENT = 300

/** Shares so many small pictures with oneself, each with a preview as large as those of photographs. */
function sharePictures(person, count) {
  return person.api(async ({ spinney, count }) => {
    const canvas = new OffscreenCanvas(320, 240)
    const context = canvas.getContext('2d')
    let picture
    const files = []
    for (let i = 0; i < count; i++) {
      if (i % 100 === 0) {
        for (let j = 0; j < 60; j++) {
          context.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`
          context.fillRect(Math.random() * 320, Math.random() * 240, 60, 60)
        }
        picture = await canvas.convertToBlob({ type: 'image/webp', quality: 0.7 })
      }
      const path = `IMG_${i}.webp`
      files.push({ path, file: new File([picture, `${i}`], path, { type: 'image/webp' }), preview: picture })
    }
    await spinney.shares.create({ title: 'Many', files, audience: { kind: 'self' } })
  }, { count })
}

/** In the page: milliseconds between two frames, while it scrolls for so many milliseconds or to the end of the list. */
async function frames({ duration, patient }) {
  const gaps = []
  const start = performance.now()
  for (let [last, stuck] = [start, 0]; stuck < patient && last - start < duration; ) {
    scrollBy(0, 240)
    await new Promise(requestAnimationFrame)
    const now = performance.now()
    gaps.push(now - last)
    last = now
    const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 4
    stuck = atEnd ? stuck + 1 : 0
  }
  gaps.sort((a, b) => a - b)
  return { median: gaps[Math.floor(gaps.length / 2)], most: gaps[Math.floor(gaps.length * 0.95)], tiles: document.querySelectorAll('.gallery li').length }
}

/** In the page: milliseconds from the press of a button, or of Escape, until the page has drawn what it says, and would answer the next press. */
async function answered(name) {
  const pressed = [...document.querySelectorAll('main button')].find(({ textContent }) => textContent.trim() === name)
  const start = performance.now()
  if (name === 'Escape') dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
  else pressed.click()
  await new Promise(requestAnimationFrame)
  await new Promise(done => setTimeout(done))
  return performance.now() - start
}

/** How long it takes to begin to select, to select all, and to end it, in milliseconds, for each round. */
async function selecting({ page }, rounds) {
  const found = []
  for (let round = 0; round < rounds; round++) {
    const begin = await page.evaluate(answered, 'Select')
    const all = await page.evaluate(answered, 'Select all')
    const says = await page.locator('.selection [role=status]').textContent()
    found.push({ begin, all, end: await page.evaluate(answered, 'Escape'), says })
  }
  return found
}

/** How long a frame takes while `count` pictures come and while they are scrolled through again, and selecting, in milliseconds. */
export async function scrolled(person, count, duration, rounds) {
  await sharePictures(person, count)
  await person.openShare('Many')
  await person.page.locator('.gallery img').first().waitFor()
  const coming = await person.page.evaluate(frames, { duration, patient: PATIENT })
  await person.page.evaluate(() => scrollTo(0, 0))
  const again = await person.page.evaluate(frames, { duration, patient: PATIENT })
  await person.page.evaluate(() => scrollTo(0, 0))
  return { coming, again, selected: await selecting(person, rounds) }
}
