// FORMAT.md: pages, notes, the letterbox map.
import { atMost, block, bool, bytes, check, cidOf, cidOfDigest, concat, DAG_CBOR, decode, encode, equal, exactly, fewRelays, fields, int, links, list, map, maybe, object, relays, rising, row, split, text, utf8, versioned, within } from './codec.mjs'
import { kdf, openBox, openHpke, openOnce, tagAndKey, unframe, verifyingKey } from './crypto.mjs'
import { device, falling, older } from './public.mjs'
import { holds } from './rules.mjs'

const SIZES = [4096, 8192, 16384, 32768]
const NOTE = 4096
/** Bytes of a page around its frame: the map with its keys, the intro, nonce and tag. */
const AROUND = 23 + 1168 + 40

const NOTES = {
  share: { share: exactly(16), rev: int(), header: block, keepers: relays },
  gone: { share: exactly(16), rev: maybe(int()) },
  devices: { certificates: (value) => {
    list(bytes(), 8)(value)
    check(value.every((certificate) => certificate.length <= 1024), 'a certificate is too long')
  }, removed: maybe(list(verifyingKey, 16)) },
  receipt: { share: exactly(16), rev: int(), state: (value) => check(['fetched', 'opened'].includes(text()(value)), 'another state') },
  comment: { comment: bytes(3840) },
  'comment-gone': { share: exactly(16), comment: exactly(32) },
  answers: { share: exactly(16), list: block },
  'keep-offer': { bytes: int(), named: bool, public: bool },
  keep: { share: exactly(16), rev: int(), header: block },
  'keep-state': { rev: int(), bytes: int(), missing: int(), full: bool },
  keepers: { devices: (value) => list((device) => fields(device, { device: verifyingKey, relays: fewRelays }), 8)(value) },
  visible: { on: bool },
  contacts: { share: exactly(16), rev: int(), header: block },
  introduction: { pk: verifyingKey, name: text(64), relays: fewRelays, seq: int(), secret: exactly(32), message: maybe(text(500)) },
  ack: { no: int() }
}

function note(value) {
  fields(map(value), { k: text() })
  if (Object.hasOwn(NOTES, value.k) && holds('note-known-malformed')) fields(value, NOTES[value.k])
  fields(value, { t: int() })
}

/** The devices that act no longer for the author of these notes: what the newest one says. */
export function removed(notes) {
  const lists = notes.filter(({ k, removed }) => k === 'devices' && removed !== undefined)
  const isLater = (a, b) => a.t - b.t || Buffer.compare(concat(...a.removed), concat(...b.removed))
  // Without this rule what is read last counts.
  const newest = holds('note-removed-newest') ? lists.toSorted(isLater).at(-1) : lists.at(-1)
  return newest?.removed ?? []
}

/** Those of these devices that were not removed. */
export function acting(devices, notes) {
  const gone = removed(notes)
  return devices.filter((device) => !gone.some((key) => equal(key, device)))
}

/** The devices that the notes of a page certify: certificates that do not hold are passed over. */
export function devices({ notes }, author) {
  const envelopes = notes.filter(({ k }) => k === 'devices').flatMap(({ certificates }) => certificates)
  return envelopes.flatMap((envelope) => {
    try {
      return [device(author, envelope).device]
    } catch (error) {
      if (error.code === undefined) throw error
      return holds('note-certificates') ? [] : [decode(envelope).object.device]
    }
  })
}

function outer(bytesOfPage) {
  if (holds('block-sizes')) check(SIZES.includes(bytesOfPage.length), 'another size than pages have', 'size')
  return object(decode(bytesOfPage), { intro: exactly(1168), sealed: bytes(32 * 1024) })
}

/** Opens a page. Returns the pair secret and the content. */
export async function page(author, reader, readerKem, block) {
  const { intro, sealed } = outer(block)
  const pair = await openHpke(readerKem, concat(utf8('spinney/v1/intro\0'), author, reader), intro)
  return { pair, content: content(pair, sealed) }
}

/** Opens a page for a link. Its intro is not used. */
export function linkPage(pair, block) {
  return content(pair, outer(block).sealed)
}

function content(pair, sealed) {
  const size = (length) => SIZES.find((size) => AROUND + length <= size) - AROUND
  const value = decode(unframe(openBox(kdf(pair, 'page'), 'page', sealed), size, 'frame-page'))
  fields(value, { no: int(), notes: list(note), older })
  if (holds('note-length')) {
    within('notes', () => check(value.notes.every((note) => encode(note).length <= NOTE), 'a note is too long'))
  }
  falling(value.older, value.no)
  return value
}

const FORMS = {
  1: { not: 'nodes', table: { entries: row(64, 16, 256) } },
  2: { not: 'entries', table: { nodes: (value) => {
    list((node) => fields(node, { first: exactly(16), cid: block }), 16)(value)
    check(value.length >= 2, 'too few nodes')
    rising(value.map(({ first }) => first))
  } } }
}

/** A map. In version 2 its entries are in further blocks, which are passed by their CIDs. */
export function letterboxes(bytesOfMap, blocks = {}) {
  atMost(bytesOfMap, 32 * 1024)
  const value = versioned(decode(bytesOfMap), 2)
  const { not, table } = FORMS[value.v] ?? FORMS[1]
  fields(value, { salt: exactly(16) })
  if (holds('map-nodes-beside-entries')) within(not, () => check(!(not in value), 'belongs to the other version'))
  fields(value, { ...table, pages: links(768, DAG_CBOR), more: maybe(links(64, DAG_CBOR)) })
  return { ...value, entriesFor: (label) => entriesFor(value, label, blocks) }
}

function entriesFor({ entries, nodes = [] }, label, blocks) {
  if (entries) return split(entries, 64)
  const at = nodes.findLastIndex(({ first }) => Buffer.compare(first, label) <= 0)
  return at < 0 ? [] : entriesOfNode(nodes, at, blocks)
}

function entriesOfNode(nodes, at, blocks) {
  const bytesOfBlock = blocks[nodes[at].cid]
  atMost(bytesOfBlock, 32 * 1024)
  const value = object(decode(bytesOfBlock), { entries: row(64, 256, 256) })
  const found = split(value.entries, 64)
  const labels = found.map((entry) => entry.subarray(0, 16))
  const next = nodes[at + 1]?.first
  if (holds('map-node-first')) {
    const lies = equal(labels[0], nodes[at].first) && (next === undefined || Buffer.compare(labels.at(-1), next) < 0)
    within('nodes', () => check(lies, 'another block of entries'))
  }
  return found
}

/** Refuses a map whose blocks of entries are not in their places. */
export function checkNodes({ nodes = [] }, blocks) {
  nodes.forEach((_, at) => entriesOfNode(nodes, at, blocks))
}

/** The newest page for a reader, or undefined. */
export function newest({ entriesFor, salt }, sharedLabel, author, reader) {
  const [label, key] = tagAndKey(sharedLabel, 'letterbox', concat(author, reader, salt))
  const mine = entriesFor(label).find((entry) => equal(entry.subarray(0, 16), label))
  return mine && cidOfDigest(openOnce(key, mine.subarray(16)))
}

export function pageList(bytesOfList) {
  atMost(bytesOfList, 32 * 1024)
  return object(decode(bytesOfList), { pages: links(768, DAG_CBOR) }).pages
}

export const blocksByCid = (blocks) => Object.fromEntries(blocks.map((block) => [cidOf(DAG_CBOR, block), block]))
