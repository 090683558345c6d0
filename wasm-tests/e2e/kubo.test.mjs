// Kubo, the reference implementation of IPFS, reads a public share from our relay. Only with `--long`, because its
// package has 89 MB. All of it runs in a network of its own that has nothing but loopback.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { png } from './lib/files.mjs'
import { fetchKubo, fetchWithKubo } from './lib/kubo.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

/** Set in the process that has only loopback. */
const ALONE = 'SPINNEY_ONLY_LOOPBACK'

if (process.env[ALONE]) inside()
else test('Kubo fetches a public share from the relay', { skip: !process.env.SPINNEY_LONG }, outside)

/** Runs this file once more, in a new network namespace. */
async function outside() {
  await fetchKubo()
  const again = 'ip link set lo up && exec "$0" --test-reporter=spec "$1"'
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['--map-root-user', '--net', 'sh', '-c', again, process.execPath, import.meta.filename],
    { env: { ...process.env, [ALONE]: '1', NODE_TEST_CONTEXT: undefined }, encoding: 'utf8' },
  )
  assert.equal(status, 0, `${stdout}\n${stderr}`)
}

function inside() {
  const here = world()

  for (const kind of ['Ed25519', 'RSA']) {
    here.test(`Kubo with an identity of the kind ${kind} fetches a public share`, async () => {
      const anna = await here.person('Anna')
      const picture = png()
      const root = await anna.api(async ({ spinney, bytes }) => {
        const file = new File([new Uint8Array(bytes)], 'tree.png', { type: 'image/png' })
        return (await spinney.shares.create({ title: 'A tree', files: [{ path: 'tree.png', file }], audience: { kind: 'public' } })).root
      }, { bytes: [...picture] })
      await until(() => anna.api(async ({ spinney }) => (await spinney.shares.list()).map(({ kept }) => kept)), [true])
      const saved = await fetchWithKubo(kind, here.relay.address, root)
      assert.deepEqual(await readFile(path.join(saved, 'tree.png')), picture)
    })
  }
}
