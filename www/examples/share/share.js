// Shares one file by link: a first look at the API. The calls and their promises are in www/src/contract.d.ts.
//
// To try it, run `cargo xtask up`, then `cp -r www/examples .spinney/page/`, and open examples/share/ below the address
// that was printed. A page in the folder of spinney.js or below can import it; relays are those of config.json beside it.

import { open } from '../../spinney.js'

const form = document.querySelector('form')
const status = document.querySelector('[role=status]')

// Starts the engine, or attaches to the one that another tab runs: one engine serves all tabs.
const spinney = await open()

form.onsubmit = event => {
  event.preventDefault()
  share(new FormData(form)).catch(({ code, message }) => status.replaceChildren(`${code}: ${message}`))
}
form.querySelector('button').disabled = false

async function share(fields) {
  // Here a page for friends would list the profiles of this browser and unlock one.
  const me = await spinney.profiles.current()
  if (!me) await spinney.profiles.create({ name: fields.get('name'), passphrase: fields.get('passphrase') })

  // Subscribes before the share is made, so that no event of its upload is missed.
  const events = spinney.events()
  const file = fields.get('file')
  const files = [{ path: file.name, file }]
  const { id } = await spinney.shares.create({ title: file.name, files, audience: { kind: 'link' } })

  // The share is encrypted and stored in this browser. Others find it when a relay has it too.
  for await (const event of events) {
    if (event.type !== 'transfer' || event.share !== id || event.direction !== 'up') continue
    status.replaceChildren(`${event.bytes} of ${event.total} bytes sent`)
    if (event.state === 'done') break
  }

  // The code is the key. It stands after the #, so browsers send it to no server.
  const { link } = (await spinney.shares.links()).find(link => link.id === id)
  const anchor = document.createElement('a')
  anchor.href = new URL(`../../#/link/${link}`, location.href).href
  anchor.textContent = anchor.href
  status.replaceChildren(anchor)
}
