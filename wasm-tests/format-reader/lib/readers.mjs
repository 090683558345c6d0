// What to do with the vector of each object: open it by its secrets, and check every step.
import assert from 'node:assert/strict'
import { base32, base36, blake3, CID, createDigest, dagJson, ed25519, entropyToMnemonic, sha256, wordlist, x25519, xwing } from './packages.mjs'
import { cidOf, concat, decode, encode, equal, fromHex, hex, isBlock, RAW, Refused, u32be, within, check } from './codec.mjs'
import { digest, info, kdf, openBox, openOnce, sealBlock, sealBox, unframePadme } from './crypto.mjs'
import * as answers from './answers.mjs'
import * as code from './code.mjs'
import * as device from './device.mjs'
import * as letterbox from './letterbox.mjs'
import * as meet from './meet.mjs'
import { merge, upgrade } from './merge.mjs'
import * as own from './own.mjs'
import * as open from './public.mjs'
import { record, takesThePlaceOf } from './record.mjs'
import { holds } from './rules.mjs'
import * as share from './share.mjs'
import * as wire from './wire.mjs'

const same = (bytes, text) => assert.equal(hex(bytes), text)

/** A libp2p public key message of an Ed25519 key, in an identity multihash. */
const peerId = (pk) => createDigest(0x00, concat(fromHex('08011220'), pk))

/** The keys that follow from this phrase. */
export function ring(phrase) {
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

/** Checks that an HPKE seal begins with what the randomness of a vector gives, so that writers can be checked. */
function encapsulates(phrase, randomness, sealed) {
  if (!randomness) return
  const { cipherText } = xwing.encapsulate(ring(phrase).kemPublic, fromHex(randomness))
  same(cipherText, hex(sealed.subarray(0, cipherText.length)))
}

/** The keys of a later seed and of a later epoch. */
function later({ phrase, n, epoch, seed, pk, heir, kem, kem_public: kemPublic }) {
  const found = kdf(fromHex(phrase), 'seed', u32be(n))
  same(found, seed)
  same(ed25519.getPublicKey(kdf(found, 'identity')), pk)
  same(digest('heir', fromHex(pk)), heir)
  same(kdf(found, 'kem', u32be(epoch)), kem)
  same(xwing.keygen(fromHex(kem)).publicKey, kemPublic)
}

export const readers = {
  kdf({ ikm, label, context, n, info: expected, bytes }) {
    same(info(label, fromHex(context)), expected)
    same(kdf(fromHex(ikm), label, fromHex(context), n), hex(bytes))
  },
  keys(given) {
    if (given.n !== undefined) return later(given)
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
  frame: ({ data, bytes }) => same(unframePadme(bytes), data),
  cbor: ({ bytes }) => decode(bytes),

  profile: ({ signer, bytes }) => open.profile(signer && fromHex(signer), bytes),
  device({ signer, valid_from: from, valid_until: until, bytes }) {
    const certificate = open.device(fromHex(signer), bytes)
    if (from !== undefined) {
      assert.deepEqual([from - 1, from, until, until + 1].map((now) => open.isValid(certificate, now)), [false, true, true, false])
    }
    return certificate
  },
  root({ signer, record: named, bytes }) {
    const known = named && record(fromHex(signer), fromHex(named))
    if (known) isBlock(known.root, bytes)
    const root = open.root(fromHex(signer), bytes)
    if (known) within('seq', () => check(root.seq === known.sequence, 'another sequence than the record has'))
    return root
  },
  ipns({ name, bytes, now, ...given }) {
    const found = record(fromHex(name), bytes, now)
    for (const field of ['sequence', 'until', 'ttl']) assert.equal(found[field], given[field])
    assert.equal(String(found.root), given.root)
    const place = (other) => takesThePlaceOf(found, record(fromHex(name), fromHex(other)))
    for (const other of given.takes_the_place_of ?? []) assert.ok(place(other))
    for (const other of given.does_not_take_the_place_of ?? []) assert.ok(!place(other))
  },
  'public-share': ({ signer, bytes }) => open.publicShare(fromHex(signer), bytes),
  'feed-page'({ signer, bytes }) {
    const page = open.feedPage(fromHex(signer), bytes)
    if (!holds('feed-inner-envelope')) return page
    for (const { maker, share } of open.sharesOn(page)) assert.ok(maker.length === 32 && share.title)
    return page
  },

  invite({ text, sender, bytes, ...given }) {
    const { object, bytes: read } = code.invite(text)
    same(read, hex(bytes))
    if (sender) {
      same(meet.token(object.secret), given.token)
      same(kdf(object.secret, 'invite-proof'), given.proof_key)
      same(meet.proof(object.secret, fromHex(sender), object.pk), given.proof)
    }
    return object
  },
  async request({ signer, reader, reader_phrase, plaintext, hpke_randomness, now, drop_secret, drop_proof, bytes }) {
    encapsulates(reader_phrase, hpke_randomness, bytes)
    const envelope = await meet.requestEnvelope(fromHex(reader), ring(reader_phrase).kem, bytes)
    if (plaintext) same(envelope, plaintext)
    const request = meet.request(fromHex(signer), fromHex(reader), envelope, now)
    if (drop_secret) {
      same(request.drop.proof, drop_proof)
      same(meet.dropProof(fromHex(drop_secret), fromHex(signer), fromHex(reader), request.drop.manifest.cid), drop_proof)
    }
    return request
  },
  'drop-link'({ text, token, bytes }) {
    const { object, bytes: read } = code.dropLink(text)
    same(read, hex(bytes))
    if (token) same(meet.dropToken(object.s), token)
    return object
  },
  link({ text, password, bytes, ...given }) {
    const { object, bytes: read } = code.link(text)
    if (password === undefined) {
      same(read, hex(bytes))
      return object
    }
    const { salt, passwordKey, label, pair } = meet.linkKeys(object.s, password)
    same(salt, given.salt)
    same(passwordKey, given.password_key)
    same(label, given.label_secret)
    same(pair, given.pair_secret)
    // From the map to the page, to the header, and into its manifest.
    const page = letterbox.newest(letterbox.letterboxes(fromHex(given.map)), label, object.pk, new Uint8Array(32))
    assert.equal(String(page), String(cidOf(0x71, fromHex(given.page))))
    assert.equal(String(page), given.newest)
    const [note] = letterbox.linkPage(pair, fromHex(given.page)).notes
    assert.equal(String(note.header), String(cidOf(0x71, bytes)))
    const block = share.headerBlock(bytes)
    const key = share.openSlot(block, pair)
    same(key, given.share_key)
    const header = share.header(object.pk, key, bytes)
    const manifest = share.manifest(object.pk, header.manifest.key, fromHex(given.manifest), { cid: header.manifest.cid })
    share.manifestOfHeader(header, false, block.links, manifest)
    return header
  },

  chunk({ secret, plaintext, padded, key, chunk_cid, bytes, ...place }) {
    const found = share.chunk({ ...place, key: fromHex(key), secret: secret && fromHex(secret) }, bytes)
    same(found, plaintext)
    const filled = new Uint8Array(padded)
    filled.set(fromHex(plaintext))
    same(blake3(filled, { key: fromHex(secret) }), key)
    assert.equal(String(cidOf(RAW, bytes)), chunk_cid)
  },
  node({ as, key, names, share_key, secret, plaintext, chunk, first, next, before, bytes }) {
    if (share_key) same(share.manifestSecret(fromHex(share_key)), secret)
    const known = { cid: names && CID.parse(names), secret: secret && fromHex(secret) }
    const object = share.node(as, fromHex(key), bytes, known)
    if (first) share.checkUnder(object, first, next)
    if (chunk) share.chunkCounts(object, chunk)
    if (before) share.checkAfter(object, fromHex(before))
    same(encode(object), plaintext)
    return object
  },
  manifest({ maker, key, share_key, secret, share: inner, album, bytes }) {
    if (share_key) same(share.manifestSecret(fromHex(share_key)), secret)
    const object = share.manifest(fromHex(maker), fromHex(key), bytes)
    if (album) share.partOfAlbum(fromHex(inner), fromHex(album), object)
    return object
  },
  header({ author, share_key, manifest, bytes, ...given }) {
    const key = fromHex(share_key)
    const block = share.headerBlock(bytes)
    if (given.pair_alice_bob) {
      for (const pair of ['alice_alice', 'alice_bob', 'alice_carol']) {
        same(share.openSlot(block, fromHex(given[`pair_${pair}`])), share_key)
      }
      assert.equal(share.openSlot(block, fromHex(given.pair_bob_alice)), undefined)
      same(kdf(key, 'share/commit', fromHex(given.salt)), given.commit)
    }
    if (given.pair_removed) {
      assert.equal(share.openSlot(block, fromHex(given.pair_removed)), undefined)
      same(share.openSlot(block, fromHex(given.pair_alice_carol)), share_key)
      assert.throws(() => share.header(fromHex(author), fromHex(given.former_share_key), bytes), Refused)
      share.manifest(fromHex(author), fromHex(given.node_key), fromHex(given.node))
    }
    const header = share.header(fromHex(author), key, bytes)
    if (manifest) {
      const { signer, object } = share.manifestWithSigner(header.manifest, fromHex(manifest))
      share.manifestOfHeader(header, !equal(signer, fromHex(author)), block.links, object)
    }
    return header
  },

  async page({ author, reader, reader_phrase, pair_secret, hpke_randomness, devices, removed, token, proof, bytes }) {
    if (hpke_randomness) encapsulates(reader_phrase, hpke_randomness, decode(bytes).intro)
    const { pair, content } = await letterbox.page(fromHex(author), fromHex(reader), ring(reader_phrase).kem, bytes)
    same(pair, pair_secret)
    const acting = letterbox.acting(letterbox.devices(content, fromHex(author)), content.notes)
    if (devices) assert.deepEqual([...new Set(acting.map(hex))], devices)
    if (removed) assert.deepEqual(letterbox.removed(content.notes).map(hex), removed)
    const introduction = content.notes.find(({ k }) => k === 'introduction')
    if (introduction) {
      same(meet.introductionToken(introduction.secret), token)
      same(meet.introductionProof(introduction.secret, introduction.pk, fromHex(reader)), proof)
    }
    return content
  },
  comment({ signer, share: id, name, bytes }) {
    const object = answers.comment(fromHex(id), fromHex(signer), bytes)
    same(answers.nameOf(bytes), name)
    return object
  },
  answers({ share_key, share: id, page_secret, names, bytes }) {
    const { content, sound } = answers.list(fromHex(share_key), fromHex(id), bytes)
    same(kdf(fromHex(share_key), 'share/answers'), page_secret)
    assert.deepEqual(sound.map((envelope) => hex(answers.nameOf(envelope))), names)
    return content
  },
  map({ author, reader, shared_label, newest, nodes = [], lists = [], bytes }) {
    const blocks = letterbox.blocksByCid(nodes.map(fromHex))
    const map = letterbox.letterboxes(bytes, blocks)
    for (const list of lists) {
      assert.ok(letterbox.pageList(fromHex(list)).length > 0)
      assert.ok(map.more.some((cid) => equal(cid.bytes, cidOf(0x71, fromHex(list)).bytes)))
    }
    if (nodes.length > 0) letterbox.checkNodes(map, blocks)
    const find = (from, to) => letterbox.newest(map, fromHex(shared_label), fromHex(from), fromHex(to))
    assert.equal(String(find(author, reader)), newest)
    assert.equal(find(reader, author), undefined)
    return decode(bytes)
  },

  vault({ key, another, merged, upgraded, places_of_16: places = [], bytes }) {
    if (key) {
      const bucket = own.bucket(fromHex(key), bytes)
      const entriesOf = (bucket) => hex(encode(dagJson.parse(JSON.stringify(bucket)).entries))
      if (upgraded !== undefined) same(encode(upgrade(bucket.entries)), entriesOf(upgraded))
      if (merged === undefined) return bucket
      const [mine, theirs] = [bucket.entries, own.bucket(fromHex(key), fromHex(another)).entries]
      for (const [first, second] of [[mine, theirs], [theirs, mine]]) {
        const once = merge(first, second)
        same(encode(once), entriesOf(merged))
        same(encode(merge(once, first)), entriesOf(merged))
      }
      return bucket
    }
    const object = own.buckets(bytes)
    for (const [name, place] of places) assert.equal(own.placeOf(name, 16), place)
    return object
  },
  keystore({ passphrase, credential, prf, bytes, ...given }) {
    const object = own.keystore(bytes)
    if (prf !== undefined) {
      const { key, seed } = own.unlockWithPasskey(object, fromHex(credential), fromHex(prf))
      same(key, given.passkey_key)
      same(seed, given.seed)
    }
    if (passphrase === undefined) return object
    const { key, seed, phrase } = own.unlock(object, passphrase)
    same(key, given.passphrase_key)
    same(seed, given.seed)
    if (phrase || given.phrase) same(phrase, given.phrase)
    return object
  },

  'device-code'({ text, bytes }) {
    const { object, bytes: read } = code.device(text)
    same(read, hex(bytes))
    return object
  },
  'device-link'({ name, id, box_nonce, plaintext, words, bytes, ...given }) {
    const [secret, old, newDevice, nonceOld, nonceNew] =
      ['secret', 'old', 'new', 'nonce_old', 'nonce_new'].map((key) => fromHex(given[key]))
    const link = device.link({ secret, old, new: newDevice, nonceOld, nonceNew, name, id: fromHex(id) })
    same(link.welcomeMac, given.welcome_mac)
    if (plaintext) {
      same(link.commit, given.commit)
      same(link.transcript, given.transcript)
      same(link.keyNew, given.key_new)
      same(link.keyOld, given.key_old)
      same(link.keySeed, given.key_seed)
      same(link.joinMac, given.join_mac)
      assert.deepEqual(link.words, words)
      same(sealBox(link.keySeed, 'device-link/seed', fromHex(plaintext), fromHex(box_nonce)), hex(bytes))
    }
    return device.handover(link.keySeed, fromHex(id), bytes)
  },

  wire: wire.transcript,
  work: wire.work
}
