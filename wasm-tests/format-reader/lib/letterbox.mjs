// FORMAT.md: pages, notes, the letterbox map.
import { bytes, check, cidOfDigest, concat, DAG_CBOR, decode, encode, equal, exactly, int, link, links, list, map, pieces, powerOfTwo, rising, text, utf8, versioned } from './codec.mjs'
import { kdf, openBox, openHpke, openOnce, tagAndKey, unframe } from './crypto.mjs'
import { device, olderPages, relays } from './public.mjs'

const SIZES = [4096, 8192, 16384, 32768]

const NOTES = {
  share(note) {
    exactly(note.share, 16)
    int(note.rev)
    link(note.header, DAG_CBOR)
    relays(note.keepers)
  },
  gone(note) {
    exactly(note.share, 16)
    if (note.rev !== undefined) int(note.rev)
  },
  devices: (note, author) => list(note.certificates, 8).map((certificate) => device(author, bytes(certificate))),
  receipt(note) {
    exactly(note.share, 16)
    int(note.rev)
    check(['fetched', 'opened'].includes(note.state), 'another state')
  },
  ack: (note) => int(note.no),
}

/** Opens a page. Returns the pair secret and the content. */
export async function page(author, reader, readerKem, block) {
  check(SIZES.includes(block.length), 'another size than pages have')
  const { intro, sealed } = versioned(decode(block))
  const pair = await openHpke(readerKem, concat(utf8('spinney/v1/intro\0'), author, reader), exactly(intro, 1168))
  return { pair, content: content(author, pair, sealed) }
}

/** Opens a page for a link. Its intro is not used. */
export function linkPage(author, pair, block) {
  check(SIZES.includes(block.length), 'another size than pages have')
  const { intro, sealed } = versioned(decode(block))
  exactly(intro, 1168)
  return content(author, pair, sealed)
}

function content(author, pair, sealed) {
  const frame = openBox(kdf(pair, 'page'), 'page', bytes(sealed))
  const object = map(decode(unframe(frame, () => frame.length)))
  for (const note of list(object.notes)) {
    text(map(note).k)
    int(note.t)
    check(encode(note).length <= 4096, 'a note is too long')
    if (Object.hasOwn(NOTES, note.k)) NOTES[note.k](note, author)
  }
  olderPages(object.older, object.no)
  return object
}

/** A map. In version 2 its entries are in further blocks, which are passed by their CIDs. */
export function letterboxes(block, blocks = {}) {
  check(block.length <= 32 * 1024, 'too large')
  const object = versioned(decode(block), 2)
  exactly(object.salt, 16)
  links(object.pages, 768)
  if ('more' in object) links(object.more, 64)
  if (object.v === 1) {
    const entries = entriesOf(object)
    powerOfTwo(entries.length, 16, 256)
    return { ...object, entriesFor: () => entries }
  }
  const nodes = list(object.nodes, 16)
  check(nodes.length >= 2, 'too few nodes')
  rising(nodes.map(node => exactly(node.first, 16)))
  const entriesFor = label => {
    const node = nodes.findLast(({ first }) => Buffer.compare(first, label) <= 0)
    if (!node) return []
    const entries = entriesOf(versioned(decode(blocks[link(node.cid, DAG_CBOR)])))
    check(entries.length === 256, 'a node has 256 entries')
    check(equal(entries[0].subarray(0, 16), node.first), 'another node')
    return entries
  }
  return { ...object, entriesFor }
}

const entriesOf = object => rising(pieces(bytes(object.entries), 64))

/** The newest page for a reader, or undefined. */
export function newest({ entriesFor, salt }, sharedLabel, author, reader) {
  const [label, key] = tagAndKey(sharedLabel, 'letterbox', concat(author, reader, salt))
  const mine = entriesFor(label).find((entry) => equal(entry.subarray(0, 16), label))
  return mine && cidOfDigest(openOnce(key, mine.subarray(16)))
}

export function pageList(block) {
  return links(versioned(decode(block)).pages, 768)
}
