// The module that pages import: sends the calls of the contract to the engine, in this tab or in another. It holds no
// state but the connection, and knows no protocol.

import config from '/config.json?url'
import type {
  BoundFolder,
  Comment,
  Config,
  Contact,
  ContactRequest,
  Contacts,
  Delivery,
  Device,
  DeviceCode,
  Devices,
  DropBox,
  DropLinkPreview,
  Drops,
  Keeping,
  FileEntry,
  FileName,
  FolderConflict,
  Introduction,
  Folders,
  JournalEntry,
  Link,
  LinkPreview,
  Me,
  Network,
  NetworkStatus,
  NewFile,
  OpenedDropBox,
  Passkey,
  PasskeyOffer,
  Pasted,
  Profiles,
  ProfileSummary,
  Push,
  PushRelay,
  Share,
  Shares,
  Spinney,
  Storage,
  StorageStatus,
  Transfer,
  Transfers,
} from './contract'
import { Directories, type Permitted } from './engine/directories'
import { Engine } from './engine/engine'
import { asSpinneyError, failure, SpinneyError } from './engine/error'
import { forgetPasskey, makePasskey, openPasskey, passkeysHere, wipe } from './engine/passkey'
import { isStun, stunOf } from './engine/stun'

export type * from './contract'
export { FAULTS, LIMITS } from './generated'
export { SpinneyError }

const DEFAULT_NAMESPACE = 'spinney'
/** Namespaces name databases, locks and channels. */
const NAMESPACE = /^[a-z0-9-]{1,32}$/
/** The folder of this build, from which everything else is addressed; `import.meta.url` may be that of a part. */
const folder = new URL('.', config)

/** Opens the engine, or attaches to the one that another tab runs. */
export async function open(setting?: Config): Promise<Spinney> {
  if (!isSecureContext) {
    throw failure('insecure-context', 'Spinney needs a page loaded over https, or from this computer')
  }
  if (!location.href.startsWith(folder.href)) {
    throw failure('insecure-context', 'this page is not in the folder of spinney.js: only pages there or below are trusted with the engine')
  }
  const { relays, stun = stunOf(relays), namespace = DEFAULT_NAMESPACE } = setting ?? (await configBeside())
  if (!stun.every(isStun)) {
    throw failure('unsupported', 'a STUN server is named as stun:host:port')
  }
  if (!NAMESPACE.test(namespace)) {
    throw failure('invalid-name', 'a namespace is 1 to 32 of a-z, 0-9 and -')
  }
  const use = useOf(namespace, relays, stun)
  const { engine } = use
  use.count += 1
  await engine.ready()
  let detached = false
  return {
    profiles: profiles(engine, namespace),
    devices: devices(engine),
    folders: folders(engine, namespace),
    contacts: contacts(engine),
    shares: shares(engine, namespace),
    drops: drops(engine),
    keeping: keeping(engine),
    transfers: transfers(engine),
    push: push(engine),
    network: network(engine),
    storage: storage(engine),
    engine: {
      get leader() {
        return engine.leader
      },
      version: __BUILD__,
    },
    events: () => engine.events(),
    async close() {
      if (detached) return
      detached = true
      use.count -= 1
      if (use.count > 0) return
      uses.delete(namespace)
      engine.close()
    },
  }
}

/** The engines that this window has open, by namespace: opening one again shares its connection. */
const uses = new Map<string, { engine: Engine; count: number }>()

function useOf(namespace: string, relays: readonly string[], stun: readonly string[]) {
  const use = uses.get(namespace) ?? { engine: new Engine({ namespace, relays, stun, folder }), count: 0 }
  uses.set(namespace, use)
  return use
}

async function configBeside(): Promise<Config> {
  try {
    const response = await fetch(config)
    const setting: unknown = await response.json()
    if (isConfig(setting)) return setting
  } catch (reason) {
    throw failure('unreachable', `config.json beside this page cannot be read: ${asSpinneyError(reason).message}`)
  }
  throw failure(
    'unsupported',
    'config.json beside this page is not {"relays": [address, …], "stun": ["stun:host:port", …]}, of which the second may be left out',
  )
}

function isConfig(value: unknown): value is Config {
  if (typeof value !== 'object' || value === null || !('relays' in value)) return false
  const stun = 'stun' in value ? value.stun : []
  return areTexts(value.relays) && areTexts(stun)
}

const areTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(each => typeof each === 'string')

/** One call; its caller names the type of the answer, which the contract gives. */
type Call = <T>(method: string, args?: readonly unknown[], signal?: AbortSignal) => Promise<T>
const caller = (engine: Engine): Call => {
  return <T>(method: string, args: readonly unknown[] = [], signal?: AbortSignal) => engine.call(method, args, signal) as Promise<T>
}

function profiles(engine: Engine, namespace: string): Profiles {
  const call = caller(engine)
  /** Makes or opens a profile, and asks that the browser does not clear what it then stores. */
  const enter = async (method: string, args: readonly unknown[], signal?: AbortSignal) => {
    refuseSharedOrigin()
    const me = await call<Me>(method, args, signal)
    navigator.storage.persist().catch(() => {}) // a refusal shows in `storage.status()`
    return me
  }
  return {
    list: () => call<ProfileSummary[]>('profiles.list'),
    create: p => enter('profiles.create', [p]),
    begin: () => enter('profiles.begin', []),
    finish: ({ staySignedIn = false, ...p }) => call<Me>('profiles.finish', [p, staySignedIn]),
    unlock: (id, passphrase, o) => enter('profiles.unlock', [id, passphrase, o?.staySignedIn ?? false], o?.signal),
    lock: () => engine.lock(),
    current: () => call<Me | null>('profiles.current'),
    update: p => call<Me>('profiles.update', [p]),
    newInvite: () => call<string>('profiles.newInvite'),
    passkeys: id => call<Passkey[]>('profiles.passkeys', [id]),
    async addPasskey(passphrase) {
      const { made, prf } = await makePasskey(await call<PasskeyOffer>('profiles.offerPasskey', [passphrase]))
      try {
        return await call<Passkey>('profiles.addPasskey', [passphrase, made, prf])
      } catch (error) {
        forgetPasskey(made.id)
        throw error
      } finally {
        wipe(prf)
      }
    },
    async removePasskey(id) {
      await call('profiles.removePasskey', [id])
      forgetPasskey(id)
    },
    async unlockWithPasskey(id, o) {
      const here = passkeysHere(await call<Passkey[]>('profiles.passkeys', [id]))
      const { id: passkey, prf } = await openPasskey(here, o?.signal)
      try {
        const args = [id, location.hostname, passkey, prf, o?.staySignedIn ?? false]
        return await enter('profiles.unlockWithPasskey', args, o?.signal)
      } finally {
        wipe(prf)
      }
    },
    changePassphrase: (old, next) => call('profiles.changePassphrase', [old, next]),
    recoveryPhrase: passphrase => call<string>('profiles.recoveryPhrase', [passphrase]),
    confirmWords: () => call<Me>('profiles.confirmWords'),
    confirmRestored: () => call<Me>('profiles.confirmRestored'),
    async changeKeys(phrase, passphrase) {
      const before = await call<Me | null>('profiles.current')
      const passkeys = before ? await call<Passkey[]>('profiles.passkeys', [before.id]).catch(() => []) : []
      const me = await enter('profiles.changeKeys', [phrase, passphrase])
      // They opened the old keys, which are here no more.
      for (const passkey of passkeys) forgetPasskey(passkey.id)
      return me
    },
    confirmKeys: () => call<Me>('profiles.confirmKeys'),
    recover: (phrase, passphrase) => enter('profiles.recover', [phrase, passphrase]),
    remove: async id => {
      const passkeys = await call<Passkey[]>('profiles.passkeys', [id]).catch(() => [])
      // What is open is locked first, so that the worker goes with its memory.
      const isOpen = (await call<Me | null>('profiles.current'))?.id === id
      const bound = isOpen ? await call<BoundFolder[]>('folders.list') : []
      if (isOpen) await engine.lock()
      await call('profiles.remove', [id])
      for (const passkey of passkeys) forgetPasskey(passkey.id)
      const directories = new Directories(namespace)
      for (const folder of bound) await directories.forget(folder.id)
    },
  }
}

function devices(engine: Engine): Devices {
  const call = caller(engine)
  return {
    list: () => call<Device[]>('devices.list'),
    rename: (id, name) => call<Device>('devices.rename', [id, name]),
    remove: id => call('devices.remove', [id]),
    restore: id => call<Device>('devices.restore', [id]),
    confirm: id => call('devices.confirm', [id]),
    code: passphrase => call<DeviceCode>('devices.code', [passphrase]),
    approve: words => call<Device>('devices.approve', [words]),
    cancel: () => call('devices.cancel'),
    join: async (code, as, o) => {
      refuseSharedOrigin()
      const me = await call<Me>('devices.join', [code, as], o?.signal)
      navigator.storage.persist().catch(() => {}) // a refusal shows in `storage.status()`
      return me
    },
    accept: () => call('devices.accept'),
  }
}

function folders(engine: Engine, namespace: string): Folders {
  const call = caller(engine)
  const directories = new Directories(namespace)
  return {
    async bind(directory, to = {}) {
      await mayWrite(directory)
      const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
      if (!(await directories.keep(id, directory))) throw failure('already-exists', 'this folder is kept in step already')
      try {
        return await call<BoundFolder>('folders.bind', [id, directory.name, to])
      } catch (error) {
        await directories.forget(id)
        throw error
      }
    },
    list: () => call<BoundFolder[]>('folders.list'),
    unbind: id => call('folders.unbind', [id]),
    scan: (id, o) => call('folders.scan', [id, o]),
    async allow(id) {
      const directory = await directories.handle(id)
      if (!directory) throw failure('not-found', 'this browser has forgotten the folder')
      await mayWrite(directory)
      await call('folders.scan', [id])
    },
    conflicts: id => call<FolderConflict[]>('folders.conflicts', [id]),
    settle: (id, path) => call('folders.settle', [id, path]),
    journal: q => call<JournalEntry[]>('folders.journal', [q]),
    undo: entry => call('folders.undo', [entry]),
  }
}

function contacts(engine: Engine): Contacts {
  const call = caller(engine)
  return {
    read: pasted => call<Pasted[]>('contacts.read', [pasted]),
    add: (idOrInvite, o) => call<Contact>('contacts.add', [idOrInvite, o?.message], o?.signal),
    follow: (idOrInvite, o) => call<Contact>('contacts.follow', [idOrInvite], o?.signal),
    list: () => call<Contact[]>('contacts.list'),
    get: id => call<Contact>('contacts.get', [id]),
    rename: (id, petname) => call<Contact>('contacts.rename', [id, petname]),
    remove: id => call('contacts.remove', [id]),
    block: id => call('contacts.block', [id]),
    unblock: id => call('contacts.unblock', [id]),
    setCircles: (id, circles) => call<Contact>('contacts.setCircles', [id, circles]),
    setVisibility: (id, visibility) => call<Contact>('contacts.setVisibility', [id, visibility]),
    suggestions: () => call('contacts.suggestions'),
    dismiss: id => call('contacts.dismiss', [id]),
    undoDismiss: id => call('contacts.undoDismiss', [id]),
    introduce: (a, b, message) => call('contacts.introduce', [a, b, message]),
    introductions: () => call<Introduction[]>('contacts.introductions'),
    acceptIntroduction: id => call<Contact>('contacts.acceptIntroduction', [id]),
    declineIntroduction: id => call('contacts.declineIntroduction', [id]),
    verifyWords: id => call('contacts.verifyWords', [id]),
    markVerified: id => call<Contact>('contacts.markVerified', [id]),
    confirmKeys: id => call<Contact>('contacts.confirmKeys', [id]),
    goOn: id => call<Contact>('contacts.goOn', [id]),
    requests: () => call<ContactRequest[]>('contacts.requests'),
    lookUp: (id, o) => call<ContactRequest>('contacts.lookUp', [id], o?.signal),
    accept: id => call<Contact>('contacts.accept', [id]),
    decline: id => call('contacts.decline', [id]),
    declined: () => call<ContactRequest[]>('contacts.declined'),
  }
}

function shares(engine: Engine, namespace: string): Shares {
  const call = caller(engine)
  return {
    create: (s, o) => call<Share>('shares.create', [s], o?.signal),
    drafts: () => call('shares.drafts'),
    resume: (draft: string, files: NewFile[], o?: { leaveOut?: boolean }) =>
      call<Share | null>('shares.resume', [draft, files, o?.leaveOut ?? false]),
    discard: draft => call('shares.discard', [draft]),
    list: q => call<Share[]>('shares.list', [q]),
    get: id => call<Share>('shares.get', [id]),
    fileNames: (id, limit) => call<FileName[]>('shares.fileNames', [id, limit]),
    files: (id, q) => call<FileEntry[]>('shares.files', [id, q]),
    read: (id, path, range, o) => engine.stream('shares.read', [id, path, range], o?.signal),
    file: (id, path) => call<FileEntry>('shares.file', [id, path]),
    readPatiently: (id, path, o) => engine.steady(from => ['shares.readPatiently', [id, path, from]], o?.signal),
    url(id, path) {
      const url = new URL(`s/${[id, ...path.split('/')].map(encodeURIComponent).join('/')}`, folder)
      if (namespace !== DEFAULT_NAMESPACE) url.searchParams.set('in', namespace)
      return url.href
    },
    archive: (id, paths, o) => engine.steady(from => ['shares.archive', [id, paths, from]], o?.signal),
    archiveName: id => call<string>('shares.archiveName', [id]),
    async save(id, to, paths, o) {
      await mayWrite(to)
      return call<string>('shares.save', [id, to, paths], o?.signal)
    },
    download: (id, paths) => call<string>('shares.download', [id, paths]),
    remove: id => call('shares.remove', [id]),
    setAudience: (id, contacts) => call<Share>('shares.setAudience', [id, contacts]),
    revoke: (id, contacts) => call<Share>('shares.revoke', [id, contacts]),
    addFiles: (id, files, o) => call<Share>('shares.addFiles', [id, files, o?.keepLocation ?? false], o?.signal),
    rename: (id, to) => call<Share>('shares.rename', [id, to]),
    setCover: (id, path) => call<Share>('shares.setCover', [id, path]),
    setOrder: (id, order) => call<Share>('shares.setOrder', [id, order]),
    removeFiles: (id, paths) => call<Share>('shares.removeFiles', [id, paths]),
    setAdds: (id, adds) => call<Share>('shares.setAdds', [id, adds]),
    setAnswers: (id, answers) => call<Share>('shares.setAnswers', [id, answers]),
    comments: id => call<Comment[]>('shares.comments', [id]),
    comment: (id, what) => call<Comment>('shares.comment', [id, what]),
    takeBackComment: (id, comment) => call('shares.takeBackComment', [id, comment]),
    hideComment: (id, comment, hidden = true) => call('shares.hideComment', [id, comment, hidden]),
    addTo: (album, files, o) => call<Share>('shares.addTo', [album, files, o?.keepLocation ?? false], o?.signal),
    withdraw: id => call<Share>('shares.withdraw', [id]),
    passOn: (id, contacts) => call<Share>('shares.passOn', [id, contacts]),
    markRead: id => call('shares.markRead', [id]),
    deliveries: id => call<Delivery[]>('shares.deliveries', [id]),
    links: () => call<Link[]>('shares.links'),
    changeLink: (id, to) => call<Link>('shares.changeLink', [id, to]),
    disableLink: id => call('shares.disableLink', [id]),
    lookElsewhere: (id, o) => call<Share>('shares.lookElsewhere', [id], o?.signal),
    inspectLink: link => call<LinkPreview>('shares.inspectLink', [link]),
    openLink: (link, password, o) => call<Share>('shares.openLink', [link, password], o?.signal),
  }
}

function drops(engine: Engine): Drops {
  const call = caller(engine)
  return {
    make: (bytes, until, name) => call<DropBox>('drops.make', [bytes, until, name]),
    list: () => call<DropBox[]>('drops.list'),
    end: box => call('drops.end', [box]),
    files: (drop, q) => call<FileEntry[]>('drops.files', [drop, q]),
    accept: (drop, title, o) => call<Share>('drops.accept', [drop, title], o?.signal),
    decline: drop => call('drops.decline', [drop]),
    inspect: link => call<DropLinkPreview>('drops.inspect', [link]),
    open: (link, o) => call<OpenedDropBox>('drops.open', [link], o?.signal),
    send: (link, files, message, o) => call('drops.send', [link, files, message], o?.signal),
  }
}

function keeping(engine: Engine): Keeping {
  const call = caller(engine)
  return {
    status: () => call('keeping.status'),
    setRoom: (contact, bytes, o = {}) => call('keeping.setRoom', [contact, bytes, o]),
    free: (share, o) => call('keeping.free', [share], o?.signal),
    freeable: () => call('keeping.freeable'),
    release: contact => call('keeping.release', [contact]),
    trial: o => call('keeping.trial', [], o?.signal),
    addService: service => call('keeping.addService', [service]),
    removeService: name => call('keeping.removeService', [name]),
  }
}

function transfers(engine: Engine): Transfers {
  const call = caller(engine)
  return {
    list: () => call<Transfer[]>('transfers.list'),
    pause: id => call('transfers.pause', [id]),
    resume: id => call('transfers.resume', [id]),
    cancel: id => call('transfers.cancel', [id]),
  }
}

function network(engine: Engine): Network {
  return { status: () => caller(engine)<NetworkStatus>('network.status') }
}

function push(engine: Engine): Push {
  const call = caller(engine)
  return {
    relays: () => call<PushRelay[]>('push.relays'),
    subscribe: (relay, endpoint) => call('push.subscribe', [relay, endpoint]),
    unsubscribe: () => call('push.unsubscribe'),
  }
}

function storage(engine: Engine): Storage {
  const call = caller(engine)
  return {
    status: () => call<StorageStatus>('storage.status'),
    collect: () => call<number>('storage.collect'),
  }
}

/** A path gateway shows every site under one origin: what one site stores, all of them can read. */
function refuseSharedOrigin(): void {
  const shared = [location.pathname, folder.pathname].some(path => /\/ip[fn]s\//.test(path))
  if (!shared) return
  throw failure(
    'insecure-context',
    'this address shares its storage with every other site of the gateway: open Spinney at an address of its own',
  )
}

/** Only a window can ask for permission, and only while a click is fresh. */
async function mayWrite(to: FileSystemDirectoryHandle & Permitted): Promise<void> {
  const permission = await to.requestPermission?.({ mode: 'readwrite' }).catch(() => 'denied')
  if (permission === undefined || permission === 'granted') return // folders of the origin itself need none
  throw failure('permission-needed', 'allow this page to write into the folder')
}
