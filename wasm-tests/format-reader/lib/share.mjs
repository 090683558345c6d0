// FORMAT.md: sealed nodes, manifest, header.
import { bytes, check, DAG_CBOR, decode, equal, exactly, hex, int, link, links, list, map, path, pieces, powerOfTwo, RAW, rising, text, versioned } from './codec.mjs'
import { kdf, openBox, openOnce, padme, tagAndKey, unframe } from './crypto.mjs'
import { picture } from './picture.mjs'
import { openSigned } from './signed.mjs'

const NODE = 256 * 1024

function pointer(value, codec) {
  link(map(value).cid, codec)
  exactly(value.key, 32)
  return value
}

/** The content of a node, and its clear links. */
function openNode(key, block) {
  check(block.length <= NODE, 'too large')
  const node = versioned(decode(block))
  const clear = links(node.links, Math.floor(NODE / 41)).map(String)
  return { clear, plaintext: unframe(openOnce(key, bytes(node.sealed)), padme) }
}

function sameLinks(clear, pointers) {
  const used = [...new Map(pointers.map(({ cid }) => [hex(cid.bytes), String(cid)])).entries()]
  used.sort(([a], [b]) => (a < b ? -1 : 1))
  check(clear.join() === used.map(([, cid]) => cid).join(), 'the clear links are not those used inside')
}

function entry(value) {
  path(map(value).path)
  int(value.size)
  text(value.type, 255)
  if ('modified' in value) int(value.modified)
  check(!('chunks' in value && 'parts' in value), 'chunks and parts')
  const [pointers, codec, limit] = 'parts' in value ? [value.parts, DAG_CBOR, 1024] : [value.chunks, RAW, 64]
  const used = list(pointers, limit).map((chunk) => pointer(chunk, codec))
  return 'preview' in value ? [...used, pointer(value.preview, DAG_CBOR)] : used
}

/** Checks a listing and returns the pointers in it. */
function listing(object, mayBeEmpty) {
  check(!('index' in object && 'entries' in object), 'entries and an index')
  if ('index' in object) {
    check(list(object.index, 1024).length > 0, 'an empty index')
    rising(object.index.map((branch) => path(map(branch).first)))
    return object.index.map((branch) => pointer(branch.node, DAG_CBOR))
  }
  const used = list(object.entries, 1024).flatMap(entry)
  check(mayBeEmpty || object.entries.length > 0, 'an empty listing')
  rising(object.entries.map(({ path: name }) => path(name)))
  return used
}

const CONTENT = {
  entries: (object) => listing(object, false),
  index: (object) => listing(object, false),
  chunks(object) {
    check(list(object.chunks, 1024).length > 0, 'no chunks')
    return object.chunks.map((chunk) => pointer(chunk, RAW))
  },
  picture(object) {
    picture(object.picture, 16 * 1024, 1024)
    return []
  },
}

/** Opens a node whose content has this one key beside `v`. */
export function node(key, block) {
  const { clear, plaintext } = openNode(key, block)
  const object = versioned(decode(plaintext))
  const kind = Object.keys(CONTENT).find((name) => name in object)
  check(kind, 'no content that a node can have')
  sameLinks(clear, CONTENT[kind](object))
  return object
}

function kindOfShare(value) {
  check(['contacts', 'self', 'link'].includes(text(value)), 'needs a newer Spinney')
}

export function manifest(maker, key, block) {
  const { clear, plaintext } = openNode(key, block)
  const object = versioned(openSigned('manifest', maker, plaintext, NODE))
  exactly(object.share, 16)
  kindOfShare(object.kind)
  powerOfTwo(int(object.chunk), 64 * 1024, 512 * 1024)
  int(object.files)
  int(object.size)
  const used = listing(object, true)
  if (object.entries) {
    check(object.files === object.entries.length, 'another number of files')
    check(object.size === object.entries.reduce((sum, { size }) => sum + size, 0), 'another size')
  }
  sameLinks(clear, used)
  return object
}

export const manifestSecret = (shareKey) => kdf(shareKey, 'share/manifest')

export function headerBlock(block) {
  check(block.length <= 320 * 1024, 'too large')
  const object = versioned(decode(block))
  exactly(object.salt, 16)
  exactly(object.commit, 32)
  const slots = rising(pieces(bytes(object.slots), 64))
  powerOfTwo(slots.length, 8, 4096)
  links(object.links, 1)
  bytes(object.sealed)
  return { ...object, slots }
}

/** The share key in the slot of the holder of this pair secret, or undefined. */
export function openSlot({ slots, salt, commit }, pair) {
  const [tag, key] = tagAndKey(pair, 'slot', new Uint8Array([...salt, ...commit]))
  const mine = slots.find((slot) => equal(slot.subarray(0, 16), tag))
  return mine && openOnce(key, mine.subarray(16))
}

const frameSize = (length) => Math.max(1024, 2 ** Math.ceil(Math.log2(length)))

export function header(author, shareKey, block) {
  const { salt, commit, links: clear, sealed } = headerBlock(block)
  check(equal(kdf(shareKey, 'share/commit', salt), commit), 'committed to another key')
  const envelope = unframe(openBox(kdf(shareKey, 'share/header'), 'share/header', sealed), frameSize)
  const object = versioned(openSigned('header', author, envelope, 32 * 1024 - 4))
  exactly(object.share, 16)
  int(object.rev)
  kindOfShare(object.kind)
  int(object.created)
  text(object.title, 200)
  text(object.note, 4000)
  pointer(object.manifest, DAG_CBOR)
  if (clear.length > 0) sameLinks(clear.map(String), [object.manifest])
  return object
}

