// The page under a path. Any folder serves it, but not one that it would share with strangers.
import assert from 'node:assert/strict'
import { Person } from './lib/person.mjs'
import { file } from './lib/files.mjs'
import { site } from './lib/site.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('in a folder of a host everything works', async () => {
  const host = await site({ relays: [here.relay.address], at: '/some/folder/' })
  const anna = await Person.arrive('Anna', host.url)
  try {
    await anna.makeProfile()
    await anna.share({ title: 'From a folder', files: [file('a.txt', 'in a folder')] })
    await anna.kept()
    assert.equal((await anna.saveFile('a.txt')).bytes.toString(), 'in a folder')
  } finally {
    await anna.leave()
    await host.close()
  }
})

for (const at of ['/ipfs/bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/', '/ipns/example.org/page/']) {
  here.test(`under ${at.slice(0, 6)} everything loads, and making a profile is refused with the reason`, async () => {
    const host = await site({ relays: [here.relay.address], at })
    const anna = await Person.arrive('Anna', host.url)
    try {
      await anna.heading('Not at this address')
      await anna.page.getByText('This page is served by a shared gateway').waitFor()
      const failed = anna.browser.log.filter(line => /Failed to load|404/.test(line))
      assert.deepEqual(failed, [])
      const codes = await anna.api(async ({ spinney }) => {
        const refused = call => call.then(() => 'allowed', error => error.code)
        return [
          await refused(spinney.profiles.create({ name: 'Anna', passphrase: 'x' })),
          await refused(spinney.profiles.recover('abandon '.repeat(23) + 'art', 'x')),
        ]
      })
      assert.deepEqual(codes, ['insecure-context', 'insecure-context'])
      assert.deepEqual(await anna.api(({ spinney }) => spinney.profiles.list()), [])
    } finally {
      await anna.leave()
      await host.close()
    }
  })
}

here.test('at an address without https, the page says what to do', async () => {
  const flags = ['--host-resolver-rules=MAP spinney.test 127.0.0.1']
  const anna = await Person.arrive('Anna', here.url.replace('localhost', 'spinney.test'), { flags })
  try {
    await anna.heading('Spinney could not start')
    await anna.page.getByText('This address is not secure: open Spinney over https.').waitFor()
  } finally {
    await anna.leave()
  }
})
