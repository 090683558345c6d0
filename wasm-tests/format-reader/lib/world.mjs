// FORMAT.md, "The picture": reads the world of the vectors as Bob, from records to the bytes of files.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { base32, base36, CarReader, CID, createDigest, dagPb, sha256, x25519 } from './packages.mjs'
import { concat, equal, fromHex, hex, isBlock, RAW, utf8 } from './codec.mjs'
import { digest, verifyingKey } from './crypto.mjs'
import * as code from './code.mjs'
import * as letterbox from './letterbox.mjs'
import * as meet from './meet.mjs'
import * as open from './public.mjs'
import { ring } from './readers.mjs'
import { record } from './record.mjs'
import * as share from './share.mjs'

const IN_A_LIST = 1024

const shareId = (pk, id) => base32.baseEncode(digest('share', pk, id).subarray(0, 20))
const nameOf = (pk) => CID.createV1(0x72, createDigest(0x00, concat(fromHex('08011220'), pk))).toString(base36)
const keyOf = (name) => verifyingKey(CID.parse(name, base36).multihash.digest.slice(4))
const byPath = ({ path: a }, { path: b }) => Buffer.compare(utf8(a), utf8(b))

class World {
  constructor(blocks, reader, now) {
    Object.assign(this, { blocks, reader, now })
  }

  /** A block that must be there. */
  block(cid) {
    const found = this.blocks.get(String(cid))
    assert.ok(found, `the CAR lacks ${cid}`)
    isBlock(CID.asCID(cid), found)
    return found
  }

  rootOf(pk, bytesOfRecord) {
    const known = record(pk, bytesOfRecord)
    const root = open.root(pk, this.block(known.root))
    assert.equal(root.seq, known.sequence)
    return root
  }

  map(root) {
    const map = letterbox.letterboxes(this.block(root.letterboxes))
    const blocks = letterbox.blocksByCid((map.nodes ?? []).map(({ cid }) => this.block(cid)))
    return letterbox.letterboxes(this.block(root.letterboxes), blocks)
  }

  async person(pk, bytesOfRecord) {
    const root = this.rootOf(pk, bytesOfRecord)
    const profile = open.profile(pk, this.block(root.profile))
    const sees = { name: profile.name }
    if (!equal(pk, this.reader.pk)) Object.assign(sees, await this.letterbox(pk, profile, root))
    return { ...sees, feed: root.feed ? this.feed(pk, root.feed) : [] }
  }

  async letterbox(author, profile, root) {
    const shared = x25519.getSharedSecret(this.reader.label, profile.label)
    const newest = letterbox.newest(this.map(root), shared, author, this.reader.pk)
    if (!newest) return { letterbox: false }
    const { pages, pair } = await this.walk(author, newest)
    const notes = pages.flatMap((page) => page.notes)
    const headers = new Map()
    const gone = []
    for (const note of notes) {
      const id = note.share && shareId(author, note.share)
      if (note.k === 'share' && !(headers.get(id)?.rev >= note.rev)) headers.set(id, note)
      if (note.k === 'gone') gone.push({ id, rev: note.rev })
    }
    for (const { id, rev } of gone) {
      if (headers.has(id) && (rev === undefined || headers.get(id).rev <= rev)) headers.delete(id)
    }
    const devices = letterbox.acting(pages.flatMap((page) => letterbox.devices(page, author)), notes)
    const ids = [...headers.keys()].sort()
    return {
      letterbox: true,
      devices: [...new Set(devices.map(hex))],
      acknowledged: notes.findLast(({ k }) => k === 'ack')?.no ?? null,
      receipts: notes.filter(({ k }) => k === 'receipt').map(({ share, rev }) => [shareId(this.reader.pk, share), rev]),
      gone: gone.map(({ id }) => id),
      shares: ids.map((id) => this.share(author, pair, headers.get(id).header))
    }
  }

  /** All pages of a letterbox, oldest first. */
  async walk(author, newest) {
    const pages = new Map()
    const wanted = [[newest, undefined]]
    let pair
    while (wanted.length > 0) {
      const [cid, no] = wanted.pop()
      const found = await letterbox.page(author, this.reader.pk, this.reader.kem, this.block(cid))
      pair ??= found.pair
      if (no !== undefined) assert.equal(found.content.no, no)
      if (pages.has(found.content.no)) continue
      pages.set(found.content.no, found.content)
      for (const older of found.content.older) wanted.push([older.cid, older.no])
    }
    return { pair, pages: [...pages.entries()].sort(([a], [b]) => a - b).map(([, page]) => page) }
  }

  share(author, pair, cidOfHeader) {
    const bytesOfHeader = this.block(cidOfHeader)
    const block = share.headerBlock(bytesOfHeader)
    const key = share.openSlot(block, pair)
    assert.ok(key, 'no slot for the reader')
    const header = share.header(author, key, bytesOfHeader)
    const { signer, object } = share.manifestWithSigner(header.manifest, this.block(header.manifest.cid))
    share.manifestOfHeader(header, !equal(signer, author), block.links, object)
    return {
      id: shareId(author, header.share), rev: header.rev, kind: header.kind, title: header.title, note: header.note,
      maker: nameOf(signer), files: this.entries(object, object.chunk, 1).map((entry) => this.file(entry, object.chunk))
    }
  }

  /** The entries at and below a listing. */
  entries({ entries, index }, chunk, depth) {
    if (entries) return entries
    assert.ok(depth < 4, 'a list is too deep')
    return index.flatMap(({ first, node }, i) => {
      const below = this.node('entries', node)
      share.checkUnder(below, first, index[i + 1]?.first)
      share.chunkCounts(below, chunk)
      return this.entries(below, chunk, depth + 1)
    })
  }

  node(kind, { cid, key }) {
    return share.node(kind, key, this.block(cid), { cid: CID.asCID(cid) })
  }

  file({ path, size, type, preview, chunks, parts }, chunk) {
    const all = chunks ?? parts.flatMap((part, i) => {
      const list = this.node('chunks', part).chunks
      assert.equal(list.length, Math.min(Math.ceil(size / chunk) - i * IN_A_LIST, IN_A_LIST))
      return list
    })
    const bytes = concat(...all.map(({ cid, key }, index) => share.chunk({ key, size, chunk, index }, this.block(cid))))
    assert.equal(bytes.length, size)
    const file = { path, size, sha256: hex(sha256(bytes)), type }
    return preview ? { ...file, preview: hex(sha256(this.node('preview', preview).picture)) } : file
  }

  feed(pk, newest) {
    const found = new Map()
    const wanted = [newest]
    while (wanted.length > 0) {
      const page = open.feedPage(pk, this.block(wanted.pop()))
      wanted.push(...page.older.map(({ cid }) => cid))
      for (const { maker, share } of open.sharesOn(page)) {
        found.set(shareId(maker, share.share), { maker: nameOf(maker), title: share.title, files: this.folder(share.root, '').sort(byPath) })
      }
    }
    return [...found].map(([id, share]) => ({ id, ...share }))
  }

  /** The files of a small UnixFS folder whose files are raw blocks. */
  folder(cid, below) {
    return dagPb.decode(this.block(cid)).Links.flatMap(({ Name, Hash }) => {
      const path = `${below}${Name}`
      if (Hash.code !== RAW) return this.folder(Hash, `${path}/`)
      const bytes = this.block(Hash)
      return [{ path, size: bytes.length, sha256: hex(sha256(bytes)) }]
    })
  }

  link(text, password, bytesOfRecord) {
    const { object: link } = code.link(text)
    const root = this.rootOf(link.pk, bytesOfRecord)
    const { label, pair } = meet.linkKeys(link.s, password)
    const newest = letterbox.newest(this.map(root), label, link.pk, new Uint8Array(32))
    const note = letterbox.linkPage(pair, this.block(newest)).notes.findLast(({ k }) => k === 'share')
    return this.share(link.pk, pair, note.header)
  }
}

/** Reads the world in a folder, and compares with what its JSON says that Bob must see. */
export async function readWorld(folder) {
  const { car, reader, records, now, link, closed, sees } = JSON.parse(await readFile(path.join(folder, 'world.json'), 'utf8'))
  const archive = await CarReader.fromBytes(await readFile(path.join(folder, car)))
  const blocks = new Map()
  for await (const { cid, bytes } of archive.blocks()) blocks.set(String(cid), bytes)
  const world = new World(blocks, ring(reader.phrase), now)
  const people = {}
  for (const [name, found] of Object.entries(records)) people[name] = await world.person(keyOf(name), fromHex(found))
  const byLink = world.link(link.text, link.password, fromHex(records[nameOf(code.link(link.text).object.pk)]))
  assert.deepEqual({ people, link: byLink }, sees)
  // What Bob was removed from, he finds and does not open.
  const author = keyOf(closed.author)
  const root = world.rootOf(author, fromHex(records[closed.author]))
  const profile = open.profile(author, world.block(root.profile))
  const shared = x25519.getSharedSecret(world.reader.label, profile.label)
  const newest = letterbox.newest(world.map(root), shared, author, world.reader.pk)
  const { pair } = await world.walk(author, newest)
  assert.equal(share.openSlot(share.headerBlock(world.block(CID.parse(closed.header))), pair), undefined)
}

