// FORMAT.md: chunks, sealed nodes, manifest, header.
import { CID } from './packages.mjs'
import { atMost, bool, bytes, check, DAG_CBOR, decode, equal, exactly, fewRelays, fields, hex, int, isBlock, link, links, list, maybe, object, path, powerOfTwo, RAW, Refused, relays, rising, row, split, text, versioned, within } from './codec.mjs'
import { kdf, openBlock, openBox, padme, tagAndKey, unframe, unframePadme, verifyingKey } from './crypto.mjs'
import { picture } from './picture.mjs'
import { holds } from './rules.mjs'
import { claimedSigner, openSigned } from './signed.mjs'

const NODE = 256 * 1024
const IN_A_NODE = 1024
const FOLDERS = 1024
const PARTS = 64
/** People in one part of a letter. */
const SHOWN = 256
const KINDS = ['contacts', 'self', 'link']
/** What a share says of itself, and a letter does not. */
const OF_SHARES = ['title', 'note', 'adds', 'answers', 'album', 'more', 'cover', 'order', 'until']

/** Bytes of a chunk's plaintext, filling included. */
function filledLength(size, chunk, index) {
  const padded = Math.min(Math.max(1024, padme(size)), Math.ceil(size / chunk) * chunk)
  return Math.max(0, Math.min(padded - index * chunk, chunk))
}

/** Opens chunk number `index` of a file of `size` bytes. */
export function chunk({ key, size, chunk, index, secret }, sealed) {
  const plaintext = openBlock(key, sealed, secret)
  const length = Math.min(size - index * chunk, chunk)
  if (holds('chunk-filling')) {
    check(plaintext.length === filledLength(size, chunk, index), 'a chunk of another size', 'frame')
    check(plaintext.subarray(length).every((byte) => byte === 0), 'a chunk is filled with something', 'frame')
  }
  return plaintext.subarray(0, length)
}

const pointer = (...codecs) => (value) => fields(value, { cid: link(...codecs), key: exactly(32) })

/** The content of a node, and its clear links. */
function openNode(key, bytesOfNode, { cid, secret } = {}) {
  atMost(bytesOfNode, NODE)
  if (cid) isBlock(cid, bytesOfNode)
  const { links: clear, sealed } = object(decode(bytesOfNode), { links: links(Math.floor(NODE / 41), RAW, DAG_CBOR), sealed: bytes() })
  return { clear, plaintext: unframePadme(openBlock(key, sealed, secret)) }
}

function sameLinks(clear, used) {
  const all = [...new Set(used.map((cid) => hex(cid.bytes)))].sort()
  within('links', () => check(clear.map((cid) => hex(CID.asCID(cid).bytes)).join() === all.join(), 'the clear links are not those used inside'))
}

/** Every link in a value, also in keys that nobody knows. */
function everyLink(value) {
  const cid = CID.asCID(value)
  if (cid) return [cid]
  if (typeof value !== 'object' || value instanceof Uint8Array) return []
  return Object.values(value).flatMap(everyLink)
}

function entry(value) {
  fields(value, {
    path,
    size: int(),
    type: text(255),
    modified: maybe(int()),
    preview: maybe(pointer(DAG_CBOR))
  })
  if (holds('chunks-beside-parts')) within('chunks', () => check(!('chunks' in value && 'parts' in value), 'chunks and parts'))
  fields(value, 'parts' in value ? { parts: list(pointer(DAG_CBOR), IN_A_NODE) } : { chunks: list(pointer(RAW), 64) })
}

const usedBy = ({ chunks = [], parts = [], preview }) => [...chunks, ...parts, ...(preview ? [preview] : [])]

/** Checks the number of chunks of each entry. */
export function chunkCounts({ entries = [] }, chunk) {
  if (!holds('chunk-count')) return
  within('entries', () => entries.forEach(({ size, chunks, parts }, i) => within(i, () => {
    const count = Math.ceil(size / chunk)
    const [key, found, expected] = parts ? ['parts', parts.length, Math.ceil(count / IN_A_NODE)] : ['chunks', chunks.length, count]
    within(key, () => check(found === expected, 'another number of chunks'))
  })))
}

const branch = (value) => fields(value, { first: path, node: pointer(DAG_CBOR) })

/** Checks a listing and returns the pointers in it. */
function listing(value) {
  if (holds('entries-beside-index')) within('entries', () => check(!('index' in value && 'entries' in value), 'entries and an index'))
  const used = []
  if ('index' in value) {
    fields(value, { index: (index) => {
      check(list(branch, IN_A_NODE)(index).length > 0, 'an empty index')
      rising(index.map(({ first }) => path(first)))
    } })
    used.push(...value.index.map(({ node }) => node))
  }
  if ('entries' in value || !('index' in value)) {
    fields(value, { entries: (entries) => {
      list(entry, IN_A_NODE)(entries)
      rising(entries.map(({ path: name }) => path(name)))
    } })
    used.push(...value.entries.flatMap(usedBy))
  }
  return used
}

function partOfListing(value) {
  const used = listing(value)
  if (!('index' in value)) within('entries', () => check(value.entries.length > 0, 'an empty listing'))
  return used
}

const wanted = (value) => fields(value, { block: exactly(32), size: int(), fetch: maybe(exactly(32)) })

const CONTENT = {
  entries: partOfListing,
  chunks(value) {
    fields(value, { chunks: (chunks) => check(list(pointer(RAW), IN_A_NODE)(chunks).length > 0, 'no chunks') })
    return value.chunks
  },
  contacts(value) {
    const shown = (value) => fields(value, { pk: verifyingKey, name: text(64), relays: fewRelays, seq: int() })
    fields(value, { list: (people) => {
      list(shown, SHOWN)(people)
      rising(people.map(({ pk }) => pk))
    }, more: maybe(pointer(DAG_CBOR)) })
    return value.more ? [value.more] : []
  },
  keep(value) {
    fields(value, { list: list(wanted, 1024), more: maybe(pointer(DAG_CBOR)) })
    const names = value.list.map(({ block }) => hex(block))
    if (holds('keep-once')) within('list', () => check(new Set(names).size === names.length, 'one share twice'))
    return value.more ? [value.more] : []
  },
  preview(value) {
    fields(value, { picture: picture(16 * 1024, 1024) })
    return []
  }
}

/** Opens a node that holds a listing (`entries`), chunks or a preview. */
export function node(kind, key, bytesOfNode, known) {
  const { clear, plaintext } = openNode(key, bytesOfNode, known)
  const value = versioned(decode(plaintext))
  const used = CONTENT[kind](value).map(({ cid }) => CID.asCID(cid))
  sameLinks(clear, holds('node-links-of-known-keys') ? used : everyLink(value))
  return value
}

/** Refuses a part of a letter that does not go on from the last person of the one before. */
export function checkAfter({ list: [first] }, last) {
  if (!holds('letter-goes-on')) return
  within('list', () => check(first !== undefined && Buffer.compare(first.pk, last) > 0, 'does not go on from the part before'))
}

/** Refuses a listing that does not lie between its branch and the next one. */
export function checkUnder({ entries, index }, first, next) {
  const paths = entries ? entries.map((entry) => path(entry.path)) : index.map((branch) => path(branch.first))
  const lies = equal(paths[0], path(first)) && (next === undefined || Buffer.compare(paths.at(-1), path(next)) < 0)
  within('first', () => check(lies, 'another part of the list'))
}

const kindOf = (known) => (value) => {
  if (!known.includes(text()(value))) throw new Refused('version', 'needs a newer Spinney')
}

function part(value) {
  const keepers = (value) => {
    relays(value)
    check(value.length <= 2, 'more than two keepers')
  }
  fields(value, { maker: verifyingKey, share: exactly(16), block: exactly(32), key: exactly(32), keepers, t: int() })
}

function parts(value) {
  check(list(part, PARTS)(value).length > 0, 'no parts')
  rising(value.map(({ maker, share }) => new Uint8Array([...maker, ...share])))
}

/** Refuses an album that is a part itself, or that is not for contacts. */
function albumOrPart({ album, kind, adds, parts }) {
  if (album === undefined) return
  within('adds', () => check(!adds, 'an album in an album'))
  within('album', () => check(kind === 'contacts', 'for somebody else than the author of the album'))
  within('parts', () => check(parts === undefined, 'parts of a part'))
}

function folders(value) {
  check(list(path, FOLDERS)(value).length > 0, 'no folders')
  rising(value.map(path))
}

export function manifest(maker, key, bytesOfNode, known) {
  const { clear, plaintext } = openNode(key, bytesOfNode, known)
  let used
  const value = openSigned('manifest', maker, plaintext, NODE, (value) => {
    object(value, {
      share: exactly(16),
      kind: kindOf(KINDS),
      files: int(),
      size: int(),
      chunk: (chunk) => powerOfTwo(int()(chunk), 64 * 1024, 512 * 1024),
      folders: maybe(folders),
      album: maybe(exactly(20)),
      parts: maybe(parts)
    })
    albumOrPart(value)
    used = listing(value)
    if (!value.entries) return
    within('files', () => check(value.files === value.entries.length, 'another number of files'))
    within('size', () => check(value.size === value.entries.reduce((sum, { size }) => sum + size, 0), 'another size'))
    chunkCounts(value, value.chunk)
  })
  sameLinks(clear, used.map(({ cid }) => CID.asCID(cid)))
  return value
}

/** A manifest, and who signed it. */
export function manifestWithSigner({ cid, key }, bytesOfNode) {
  const { plaintext } = openNode(key, bytesOfNode, { cid: CID.asCID(cid) })
  const signer = claimedSigner(plaintext)
  return { signer, object: manifest(signer, key, bytesOfNode) }
}

export const manifestSecret = (shareKey) => kdf(shareKey, 'share/manifest')

export function headerBlock(bytesOfBlock) {
  atMost(bytesOfBlock, 320 * 1024)
  const value = object(decode(bytesOfBlock), {
    salt: exactly(16),
    commit: exactly(32),
    slots: row(64, 8, 4096),
    links: links(1, RAW, DAG_CBOR),
    sealed: bytes()
  })
  return { ...value, slots: split(value.slots, 64) }
}

/** The share key in the slot of the holder of this pair secret, or undefined. */
export function openSlot({ slots, salt, commit }, pair) {
  const [tag, key] = tagAndKey(pair, 'slot', new Uint8Array([...salt, ...commit]))
  const mine = slots.find((slot) => equal(slot.subarray(0, 16), tag))
  if (!mine) return undefined
  const shareKey = openBlock(key, mine.subarray(16))
  return equal(kdf(shareKey, 'share/commit', salt), commit) ? shareKey : undefined
}

const frameSize = (length) => Math.max(1024, 2 ** Math.ceil(Math.log2(length)))

export function header(author, shareKey, bytesOfBlock) {
  const { salt, commit, links: clear, sealed } = headerBlock(bytesOfBlock)
  within('commit', () => check(equal(kdf(shareKey, 'share/commit', salt), commit), 'committed to another key'))
  const envelope = unframe(openBox(kdf(shareKey, 'share/header'), 'share/header', sealed), frameSize, 'frame-header')
  const value = openSigned('header', author, envelope, 32 * 1024 - 4, (value) => {
    object(value, {
      share: exactly(16),
      rev: int(),
      kind: kindOf([...KINDS, 'letter']),
      created: int(),
      title: text(200),
      note: text(4000),
      manifest: pointer(DAG_CBOR),
      adds: maybe(bool),
      answers: maybe(bool),
      album: maybe(exactly(20)),
      more: maybe(text(6000)),
      cover: maybe(path),
      order: maybe(text(16)),
      until: maybe(int())
    })
    bareLetter(value)
    albumOrPart(value)
    goesOn(value)
  })
  if (clear.length > 0) sameLinks(clear, [CID.asCID(value.manifest.cid)])
  return value
}

/** Refuses a letter that says more than where it begins. */
function bareLetter(value) {
  if (value.kind !== 'letter' || !holds('letter-bare')) return
  for (const key of OF_SHARES) within(key, () => check(value[key] === undefined || value[key] === '', 'of a letter'))
}

/** Refuses a note that goes on though there is room for it, or with nothing. */
function goesOn({ note, more }) {
  if (more === undefined) return
  within('more', () => check([...note].length === 4000 && more !== '', 'a note that goes on'))
}

/** Refuses a manifest that does not belong to the share of this header. */
export function manifestOfHeader(header, isPassedOn, headerLinks, manifest) {
  within('share', () => check(equal(header.share, manifest.share), 'another share'))
  const fits = isPassedOn ? manifest.kind !== 'self' : manifest.kind === header.kind
  within('kind', () => check(fits, 'another audience'))
  const album = isPassedOn ? undefined : manifest.album
  if (holds('header-album')) within('album', () => check(hex(header.album ?? []) === hex(album ?? []), 'another album'))
  within('links', () => check((headerLinks.length === 0) === isPassedOn, 'the clear link'))
}

/** Refuses a manifest that is not the part of an album which the album says it is. */
export function partOfAlbum(share, album, manifest) {
  if (!holds('part-of-album')) return
  within('share', () => check(equal(share, manifest.share), 'another share'))
  within('album', () => check(hex(album) === hex(manifest.album ?? []), 'another album'))
}

