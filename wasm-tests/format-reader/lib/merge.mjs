// FORMAT.md, "Vault": how the vaults of several devices become one.
import { encode, utf8 } from './codec.mjs'
import { holds } from './rules.mjs'

/** A field that rises, with those that came with it, and which of two it becomes. */
const greater = (name, beside = []) => ({ name, beside, better: (a, b) => compare(a, b) > 0 })
const smaller = (name) => ({ name, beside: [], better: (a, b) => compare(a, b) < 0 })
const only = (name) => ({ name, beside: [], only: true })

const RISING = {
  'contact/': [greater('seq', ['relays', 'recipient']), only('heir')],
  'relation/': [greater('answered'), greater('declined')],
  'asking/': [greater('asked')],
  'hidden/': [greater('rev')],
  'request/': [greater('time', ['message', 'relays', 'invite', 'declined', 'proof'])],
  'dropped/': [greater('time', ['message', 'box', 'share', 'block', 'key', 'files', 'size'])],
  'invite/': [smaller('used')],
  'introduced/': [greater('time', ['by', 'name', 'relays', 'seq', 'secret', 'message']), greater('answered')],
  'letter/': [greater('rev', ['share', 'header', 'says'])],
  'device/': [greater('removed'), greater('back')]
}

const compare = (a, b) => Buffer.compare(encode(a), encode(b))
const isMap = (value) => typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array)
const pick = (value, keep) => Object.fromEntries(Object.entries(value).filter(([name]) => keep(name)))

const rulesOf = (key) => Object.entries(RISING).find(([prefix]) => key.startsWith(prefix))?.[1] ?? []
const names = (rule, name) => rule.name === name || rule.beside.includes(name)

/** The plain part of a value, or undefined, and what of it rises. */
function parts({ key, value }) {
  const rules = rulesOf(key)
  if (key === 'setting/words') return { plain: undefined, rising: value === undefined ? {} : { value } }
  if (rules.length === 0) return { plain: value, rising: {} }
  const map = value !== undefined && isMap(value) ? value : {}
  const plain = pick(map, (name) => !rules.some((rule) => names(rule, name)))
  const rising = pick(map, (name) => rules.some((rule) => names(rule, name)))
  return { plain: Object.keys(plain).length > 0 ? plain : undefined, rising }
}

function rise(rule, a, b) {
  const [mine, theirs] = [a, b].map((rising) => pick(rising, (name) => names(rule, name)))
  if (theirs[rule.name] === undefined && mine[rule.name] === undefined) {
    return compare(theirs, mine) > 0 ? theirs : mine
  }
  if (theirs[rule.name] === undefined) return mine
  if (mine[rule.name] === undefined) return theirs
  const same = compare(mine[rule.name], theirs[rule.name]) === 0
  if (same) return compare(pick(theirs, (name) => name !== rule.name), pick(mine, (name) => name !== rule.name)) > 0 ? theirs : mine
  if (rule.only) return { [rule.name]: new Uint8Array(32) }
  return rule.better(theirs[rule.name], mine[rule.name]) ? theirs : mine
}

function mergeEntries(a, b) {
  const [mine, theirs] = [parts(a), parts(b)]
  const bytes = (plain) => (plain === undefined ? new Uint8Array() : encode(plain))
  const at = a.at[0] - b.at[0] || Buffer.compare(a.at[1], b.at[1])
  const mineCounts = (at || Buffer.compare(bytes(mine.plain), bytes(theirs.plain))) >= 0
  const plain = mineCounts ? mine.plain : theirs.plain
  const entry = { key: a.key, at: at >= 0 ? a.at : b.at }
  if (a.key === 'setting/words') {
    const values = [mine.rising.value, theirs.rising.value].filter((value) => value !== undefined).sort(compare)
    return whole(entry, values.at(-1))
  }
  const rules = rulesOf(a.key)
  if (rules.length === 0) return whole(entry, plain)
  // Without this rule what has risen goes with the entry that loses.
  const rising = holds('vault-rising') ? rules.map((rule) => rise(rule, mine.rising, theirs.rising)) : [(mineCounts ? mine : theirs).rising]
  const value = Object.assign({ ...plain }, ...rising)
  return whole(entry, Object.keys(value).length > 0 ? value : undefined)
}

const whole = (entry, value) => (value === undefined ? { ...entry, gone: true } : { ...entry, value })

/** The entries of two lists in one, sorted by their keys. */
export function merge(a, b) {
  const merged = new Map()
  for (const entry of [...a, ...b]) {
    // Merged with itself it is as a vault holds it.
    merged.set(entry.key, mergeEntries(merged.get(entry.key) ?? entry, entry))
  }
  return [...merged.values()].sort((a, b) => Buffer.compare(utf8(a.key), utf8(b.key)))
}

const NEVER = [0, new Uint8Array(32)]

/** The entries of a vault of version 1 as version 2 has them. */
export function upgrade(entries) {
  const old = new Map(entries.map((entry) => [entry.key, entry]))
  const made = entries.flatMap(({ key, at, value }) => {
    const [kind, id] = key.split(/\/(.*)/s)
    const put = (key, value, time = at) => (value === undefined ? [] : [{ key, at: time, value }])
    const known = (value) => (value === undefined ? [{ key, at, gone: true }] : [{ key, at, value }])
    if (key === 'settings') {
      const on = (name) => (value?.[name] === true ? true : undefined)
      return [
        ...put('setting/heir', value?.heir),
        ...put('setting/words', on('words_confirmed')),
        ...put('setting/receipts', on('receipts')),
        ...put('setting/relay-only', on('relay_only'))
      ]
    }
    if (kind === 'contact') {
      if (value === undefined) return known()
      const { petname, ...contact } = value
      const added = old.has(`relation/${id}`) ? undefined : { stance: 'added' }
      return [...known(contact), ...put(`petname/${id}`, petname), ...put(`relation/${id}`, added, [value.added ?? at[0], at[1]])]
    }
    if (kind === 'relation') {
      const { decided = at[0], asked, circles, stance, before, ...answers } = value ?? {}
      const contact = old.get(`contact/${id}`)
      const inForce = contact?.value !== undefined
      const decides = inForce && stance !== undefined && stance !== 'none'
      const stances = [[decided, at[1]], ...(contact && !inForce ? [contact.at] : [])]
      const latest = stances.sort((a, b) => b[0] - a[0] || Buffer.compare(b[1], a[1]))[0]
      const relation = { ...answers, ...(decides && { stance }), ...(decides && before !== undefined && { before }) }
      const entry = Object.keys(relation).length > 0 ? { key, at: latest, value: relation } : { key, at: latest, gone: true }
      return [
        entry,
        ...put(`circles/${id}`, inForce ? circles : undefined),
        ...put(`asking/${id}`, asked === undefined ? undefined : { asked }, NEVER)
      ]
    }
    if (kind === 'asking' && value !== undefined) {
      const { full, ...asking } = value
      return known(asking)
    }
    if (kind === 'hidden' && value !== undefined) return known({ at: at[0], ...value })
    return known(value)
  })
  return merge(made, [])
}
