// What to do with the vector of each object: open it by its secrets, and check every step.
import assert from 'node:assert/strict'
import { base32, base36, blake3, CID, createDigest, ed25519, entropyToMnemonic, sha256, wordlist, x25519, xwing } from './packages.mjs'
import { cidOf, concat, decode, encode, equal, fromHex, hex, RAW, Refused, u32be } from './codec.mjs'
import { digest, info, kdf, openBox, openOnce, padme, sealBlock, sealBox, unframe } from './crypto.mjs'
import * as letterbox from './letterbox.mjs'
import * as meet from './meet.mjs'
import * as own from './own.mjs'
import * as open from './public.mjs'
import * as share from './share.mjs'

const same = (bytes, text) => assert.equal(hex(bytes), text)

/** A libp2p public key message of an Ed25519 key, in an identity multihash. */
const peerId = (pk) => createDigest(0x00, concat(fromHex('08011220'), pk))

/** The keys that follow from this phrase. */
function ring(phrase) {
  const seed = kdf(fromHex(phrase), 'seed', u32be(0))
  const kem = kdf(seed, 'kem', u32be(0))
  return { seed, kem, kemPublic: xwing.keygen(kem).publicKey, label: kdf(seed, 'label'), pk: ed25519.getPublicKey(kdf(seed, 'identity')) }
}

function pairSecret(author, reader) {
  return kdf(kdf(author.seed, 'pair'), 'pair-secret', concat(reader.pk, sha256(reader.kemPublic), u32be(0)))
}

/** The first 66 bits of a hash as six words of eleven. */
function sixWords(pk) {
  const bits = [...digest('words', pk)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return Array.from({ length: 6 }, (_, i) => wordlist[Number.parseInt(bits.slice(i * 11, (i + 1) * 11), 2)])
}

function alice(given) {
  const alice = ring(given.phrase)
  const bob = ring(given.bob_phrase)
  const nextSeed = kdf(fromHex(given.phrase), 'seed', u32be(1))
  assert.equal(entropyToMnemonic(fromHex(given.phrase), wordlist), given.words)
  same(alice.seed, given.seed)
  for (const label of ['identity', 'label', 'pair', 'chunk', 'vault', 'storage']) same(kdf(alice.seed, label), given[label])
  same(kdf(alice.seed, 'storage-index'), given.storage_index)
  same(alice.pk, given.pk)
  same(alice.kem, given.kem)
  same(alice.kemPublic, given.kem_public)
  same(bob.kemPublic, given.bob_kem_public)
  same(x25519.getPublicKey(alice.label), given.label_public)
  same(x25519.getPublicKey(bob.label), given.bob_label_public)
  same(x25519.getSharedSecret(alice.label, x25519.getPublicKey(bob.label)), given.shared_label)
  same(x25519.getSharedSecret(bob.label, x25519.getPublicKey(alice.label)), given.shared_label)
  same(pairSecret(alice, bob), given.pair_secret_to_bob)
  same(digest('heir', ed25519.getPublicKey(kdf(nextSeed, 'identity'))), given.heir)
  assert.equal(CID.createV1(0x72, peerId(alice.pk)).toString(base36), given.id)
  assert.deepEqual(sixWords(alice.pk), given.six_words)
}

export const readers = {
  kdf({ ikm, label, context, n, info: expected, bytes }) {
    same(info(label, fromHex(context)), expected)
    same(kdf(fromHex(ikm), label, fromHex(context), n), hex(bytes))
  },
  keys(given) {
    if (given.phrase) return alice(given)
    const pk = ed25519.getPublicKey(fromHex(given.seed))
    same(pk, given.pk)
    same(peerId(pk).bytes, hex(given.bytes))
  },
  'share-id'({ pk, share: inner, text, bytes }) {
    const id = digest('share', fromHex(pk), fromHex(inner)).subarray(0, 20)
    same(id, hex(bytes))
    assert.equal(base32.baseEncode(id), text)
  },
  block({ secret, plaintext, key, bytes }) {
    const [derived, sealed] = sealBlock(fromHex(secret), fromHex(plaintext))
    same(derived, key)
    same(sealed, hex(bytes))
    same(openOnce(fromHex(key), bytes), plaintext)
  },
  box({ key, label, nonce, plaintext, bytes }) {
    same(openBox(fromHex(key), label, bytes), plaintext)
    same(sealBox(fromHex(key), label, fromHex(plaintext), fromHex(nonce)), hex(bytes))
  },
  once: ({ key, plaintext, bytes }) => same(openOnce(fromHex(key), bytes), plaintext),
  frame: ({ data, bytes }) => same(unframe(bytes, padme), data),
  cbor: ({ bytes }) => decode(bytes),

  profile: ({ signer, bytes }) => open.profile(fromHex(signer), bytes),
  device: ({ signer, bytes }) => open.device(fromHex(signer), bytes),
  root: ({ signer, bytes }) => open.root(fromHex(signer), bytes),
  ipns({ name, bytes, now, ...given }) {
    const record = open.record(fromHex(name), bytes, now)
    for (const field of ['sequence', 'until', 'ttl']) assert.equal(record[field], given[field])
    assert.equal(String(record.root), given.root)
  },
  'public-share': ({ signer, bytes }) => open.publicShare(fromHex(signer), bytes),
  'feed-page'({ signer, bytes }) {
    const page = open.feedPage(fromHex(signer), bytes)
    for (const { maker, share } of open.sharesOn(page)) assert.ok(maker.length === 32 && share.title)
    return page
  },

  invite({ text, sender, bytes, ...given }) {
    const object = meet.invite(text)
    same(encode(object), hex(bytes))
    if (sender) {
      same(meet.token(object.secret), given.token)
      same(meet.proof(object.secret, fromHex(sender), object.pk), given.proof)
    }
    return object
  },
  async request({ signer, reader, reader_phrase, plaintext, bytes }) {
    const envelope = await meet.requestEnvelope(fromHex(reader), ring(reader_phrase).kem, bytes)
    if (plaintext) same(envelope, plaintext)
    return meet.request(fromHex(signer), fromHex(reader), envelope)
  },
  link({ text, password, bytes, ...given }) {
    const object = meet.link(text)
    if (password === undefined) {
      same(encode(object), hex(bytes))
      return object
    }
    const { salt, passwordKey, label, pair } = meet.linkKeys(object.s, password)
    same(salt, given.salt)
    same(passwordKey, given.password_key)
    same(label, given.label_secret)
    same(pair, given.pair_secret)
    // From the map to the page, to the header, and into it.
    const page = letterbox.newest(letterbox.letterboxes(fromHex(given.map)), label, object.pk, new Uint8Array(32))
    assert.equal(String(page), String(cidOf(0x71, fromHex(given.page))))
    assert.equal(String(page), given.newest)
    const [note] = letterbox.linkPage(object.pk, pair, fromHex(given.page)).notes
    assert.equal(String(note.header), String(cidOf(0x71, bytes)))
    const key = share.openSlot(share.headerBlock(bytes), pair)
    same(key, given.share_key)
    return share.header(object.pk, key, bytes)
  },

  chunk({ secret, plaintext, padded, key, chunk_cid, bytes }) {
    const filled = new Uint8Array(padded)
    filled.set(fromHex(plaintext))
    same(blake3(filled, { key: fromHex(secret) }), key)
    same(openOnce(fromHex(key), bytes), hex(filled))
    assert.equal(String(cidOf(RAW, bytes)), chunk_cid)
  },
  node({ key, share_key, secret, plaintext, bytes }) {
    if (share_key) same(share.manifestSecret(fromHex(share_key)), secret)
    const object = share.node(fromHex(key), bytes)
    same(encode(object), plaintext)
    return object
  },
  manifest({ maker, key, share_key, secret, bytes }) {
    if (share_key) same(share.manifestSecret(fromHex(share_key)), secret)
    return share.manifest(fromHex(maker), fromHex(key), bytes)
  },
  header({ author, share_key, bytes, ...given }) {
    const key = fromHex(share_key)
    if (given.pair_alice_bob) {
      const block = share.headerBlock(bytes)
      for (const pair of ['alice_alice', 'alice_bob', 'alice_carol']) {
        same(share.openSlot(block, fromHex(given[`pair_${pair}`])), share_key)
      }
      assert.equal(share.openSlot(block, fromHex(given.pair_bob_alice)), undefined)
      same(kdf(key, 'share/commit', fromHex(given.salt)), given.commit)
    }
    if (given.pair_removed) {
      const block = share.headerBlock(bytes)
      assert.equal(share.openSlot(block, fromHex(given.pair_removed)), undefined)
      same(share.openSlot(block, fromHex(given.pair_alice_carol)), share_key)
      assert.throws(() => share.header(fromHex(author), fromHex(given.former_share_key), bytes), Refused)
      share.manifest(fromHex(author), fromHex(given.node_key), fromHex(given.node))
    }
    return share.header(fromHex(author), key, bytes)
  },

  async page({ author, reader, reader_phrase, pair_secret, bytes }) {
    const { pair, content } = await letterbox.page(fromHex(author), fromHex(reader), ring(reader_phrase).kem, bytes)
    same(pair, pair_secret)
    return content
  },
  map({ author, reader, shared_label, newest, nodes = [], lists, bytes }) {
    const blocks = Object.fromEntries(nodes.map(node => [cidOf(0x71, fromHex(node)), fromHex(node)]))
    const map = letterbox.letterboxes(bytes, blocks)
    const find = (from, to) => letterbox.newest(map, fromHex(shared_label), fromHex(from), fromHex(to))
    assert.equal(String(find(author, reader)), newest)
    assert.equal(find(reader, author), undefined)
    for (const list of lists) {
      assert.ok(letterbox.pageList(fromHex(list)).length > 0)
      assert.ok(map.more.some((cid) => equal(cid.bytes, cidOf(0x71, fromHex(list)).bytes)))
    }
    return decode(bytes)
  },

  vault({ key, places_of_16, bytes }) {
    if (key) return own.bucket(fromHex(key), bytes)
    const object = own.buckets(bytes)
    for (const [name, place] of places_of_16) assert.equal(own.placeOf(name, 16), place)
    return object
  },
  keystore({ passphrase, bytes, ...given }) {
    const object = own.keystore(bytes)
    const { key, seed, phrase } = own.unlock(object, passphrase)
    same(key, given.passphrase_key)
    same(seed, given.seed)
    same(phrase, given.phrase)
    same(ed25519.getPublicKey(kdf(seed, 'identity')), hex(object.id))
    return object
  },
}
