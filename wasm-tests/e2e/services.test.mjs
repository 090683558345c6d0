// A pinning service holds what somebody shares: the API of a real relay, and services that are none.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { file, noise } from './lib/files.mjs'
import { PROGRAM } from './lib/relay.mjs'
import { world } from './lib/world.mjs'

const here = world()

const section = ({ page }) => page.getByRole('region', { name: 'Pinning services' })

/** Makes a token for somebody as the operator of the relay does. */
async function token(person) {
  const id = await person.id()
  const { stdout } = await promisify(execFile)(PROGRAM, ['token', id, '--data', here.relay.data])
  return stdout.split('\n')[0].split(' ').at(-1)
}

/** Fills in the form for a service, in Settings, and presses the button. */
async function add(person, { name, address, token }) {
  await person.go('settings')
  const services = section(person)
  const form = services.locator('form')
  if (!(await form.isVisible())) await services.locator('summary').click()
  await form.getByLabel('What you call it').fill(name)
  await form.getByLabel('Address').fill(address)
  await form.getByLabel('Token').fill(token)
  await form.getByRole('button', { name: 'Add' }).click()
  return form
}

/** A server that answers everybody by `answer`, and counts. */
async function server(t, answer) {
  const asked = []
  const running = createServer((request, response) => {
    asked.push({ method: request.method, token: request.headers.authorization })
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(running, 'listening')
  t.after(() => running.close())
  return { address: `http://127.0.0.1:${running.address().port}`, asked }
}

/** What lets pages of every origin ask. */
const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization, content-type' }

here.test('a share is held by a pinning service, which says so in Settings and on the share', async () => {
  const anna = await here.person('Anna')
  await add(anna, { name: 'Attic', address: `http://127.0.0.1:${here.relay.port}/pins`, token: await token(anna) })
  await anna.hears('Attic is asked to hold what you share.')
  await anna.share({ title: 'Lake', files: [file('a.bin', noise(100_000))] })
  await anna.kept()
  await anna.go('settings')
  await section(anna).getByText(/Holds 1 share\. It answered /).waitFor()
  await anna.openShare('Lake')
  await anna.page.getByText(/^Kept at 127\.0\.0\.1.* and Attic\.$/).waitFor()
  await anna.go('settings')
  await section(anna).getByRole('button', { name: 'Remove Attic' }).click()
  await anna.hears('Attic is asked no more. What it holds stays there.')
  await section(anna).getByText('Holds 1 share.').waitFor({ state: 'detached' })
})

here.test('what is no pinning service is refused in a sentence that says why', async t => {
  const anna = await here.person('Anna')
  const page = await server(t, (_, response) => response.writeHead(200, { ...CORS, 'content-type': 'text/html' }).end('<p>Hello'))
  const closed = await server(t, (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  const inside = await server(t, (_, response) => response.writeHead(200, CORS).end())
  const away = await server(t, ({ method }, response) =>
    response.writeHead(method === 'OPTIONS' ? 204 : 302, { ...CORS, location: inside.address }).end(),
  )
  const cases = [
    ['http://pins.example', /must begin with https:\/\//],
    [page.address, /What answers there is no pinning service/],
    [closed.address, /does not allow pages to ask it/],
    [away.address, /does not allow pages to ask it/],
    [`http://127.0.0.1:${here.relay.port}`, /does not accept this token/],
  ]
  for (const [address, words] of cases) {
    const form = await add(anna, { name: 'Theirs', address, token: 'a-token' })
    await form.getByRole('alert').getByText(words).waitFor()
  }
  assert.deepEqual(inside.asked, [], 'a redirect is not followed')
  assert.ok(closed.asked.every(({ method, token }) => method === 'OPTIONS' && token === undefined), 'the token went nowhere without leave')
  assert.equal(await section(anna).getByRole('listitem').count(), 0)
})
