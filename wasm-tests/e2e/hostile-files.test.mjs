// A friend's file never runs in our origin.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** Leaves a mark in each place that it may write to, after it read what it must not read. */
const SCRIPT = `
  indexedDB.databases().then(list => {
    document.title = 'ran ' + list.length
    localStorage.setItem('ran', '1')
    parent.postMessage('ran', '*')
  })`

const FILES = {
  'page.html': [`<!doctype html><script>${SCRIPT}</script><h1>hello</h1>`, 'text/html'],
  'drawing.svg': [`<svg xmlns="http://www.w3.org/2000/svg" onload="localStorage.setItem('ran','1')"><script>${SCRIPT}</script></svg>`, 'image/svg+xml'],
  'paper.pdf': ['%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>', 'application/pdf'],
  'code.js': [`localStorage.setItem('ran', '1')`, 'text/javascript'],
  'named-as.png': [`<!doctype html><script>${SCRIPT}</script>`, 'image/png'],
}

here.test('shared HTML, SVG, PDF and scripts are saved, never run', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const files = Object.entries(FILES).map(([name, [content, type]]) => file(name, content, type))
  await anna.share({ title: 'From a hostile friend', files, to: ['Ben'] })
  await ben.openShare('From a hostile friend')
  const { page } = ben
  await ben.served()
  const urls = await ben.api(async ({ spinney, names }) => {
    const [share] = await spinney.shares.list()
    return names.map(name => new URL(spinney.shares.url(share.id, name), document.baseURI).href)
  }, { names: Object.keys(FILES) })

  for (const url of urls) {
    const answer = await page.evaluate(async url => {
      const { status, headers } = await fetch(url)
      const named = ['content-security-policy', 'x-content-type-options', 'content-disposition', 'content-type']
      return { status, ...Object.fromEntries(named.map(name => [name, headers.get(name)])) }
    }, url)
    assert.equal(answer.status, 200)
    assert.match(answer['content-security-policy'], /^sandbox; default-src 'none'/)
    assert.equal(answer['x-content-type-options'], 'nosniff')
    if (!url.endsWith('.png')) {
      assert.match(answer['content-disposition'], /^attachment/, url)
      assert.equal(answer['content-type'], 'application/octet-stream', url)
    }

    // Opened in every way in which a page could be made to open it.
    const ran = await page.evaluate(async url => {
      let ran = false
      addEventListener('message', ({ data }) => { ran ||= data === 'ran' })
      const refused = set => {
        try {
          set()
          return false
        } catch (error) {
          if (!(error instanceof TypeError)) throw error
          return true
        }
      }
      const done = []
      for (const name of ['iframe', 'object', 'embed']) {
        const element = document.createElement(name)
        done.push(new Promise(resolve => {
          element.onload = element.onerror = resolve
        }))
        refused(() => { element[name === 'object' ? 'data' : 'src'] = url })
        document.body.append(element)
      }
      const script = document.createElement('script')
      done.push(new Promise(resolve => {
        script.onload = script.onerror = resolve
      }))
      // The page's policy refuses the address already. An element that was never loaded fires no event.
      if (refused(() => { script.src = url })) return ran
      document.body.append(script)
      // Most of these become a download, which fires no event. So the frames get until the script was refused, and
      // one frame more.
      await done.at(-1)
      await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      return ran
    }, url)
    assert.equal(ran, false, url)
    const tab = await ben.browser.context.newPage()
    // What is saved instead of shown aborts the navigation.
    await tab.goto(url).catch(error => assert.match(error.message, /Download is starting|ERR_ABORTED/))
    assert.doesNotMatch(await tab.title(), /ran/)
    await tab.close()
  }
  // HTML is read as the letters of which it is made.
  await page.getByRole('link', { name: 'page.html', exact: true }).click()
  await page.locator('dialog.viewer pre').getByText('<h1>hello</h1>').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('dialog.viewer').waitFor({ state: 'detached' })
  assert.equal(await page.evaluate(() => localStorage.getItem('ran')), null)
  // They can still be saved as they are.
  assert.equal((await ben.saveFile('page.html')).bytes.toString(), FILES['page.html'][0])
})
