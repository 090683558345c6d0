// The contract of `spinney.js`, the ES module that a built Spinney ships beside its page.
// Everything a person can do in the page can be done through this API, from any page of the same origin.
// Every promise rejects with a SpinneyError; nothing throws a bare string.
//
// The module lives in the window and speaks to the engine through a port: {id, method, args}, {id, ok} or
// {id, error: {code, fault, message}}. Signals become {cancel: id}. Streams are pulled by credit, cancelling one
// stops its fetch. Blobs, Files and handles are cloned, bytes are transferred. Events about one subject come in
// order and before the promise that caused them resolves; a call made after an event sees at least that state.
// A slow reader keeps the newest event of each subject; past 1,000 waiting it gets "resync" and should list again.

/** Opens the engine, or attaches to the one that another tab runs. Default: ./config.json beside this module. */
export function open(config?: Config): Promise<Spinney>

/** Last parameter of whatever may take long; aborted = code "cancelled". */
export interface Options { signal?: AbortSignal }

export interface Config {
  /** Multiaddrs of relays, each ending in /p2p/<PeerId>. May be empty: everything local still works. */
  relays: string[]
  /** URLs of STUN servers (RFC 7064), which tell a browser its own address. Default: port 3478 of every relay's host. */
  stun?: string[]
  /** Prefix of the databases this engine uses; lets two engines live in one origin (tests). Default "spinney". */
  namespace?: string
}

export interface Spinney {
  readonly profiles: Profiles
  readonly contacts: Contacts
  readonly shares: Shares
  readonly transfers: Transfers
  readonly network: Network
  readonly storage: Storage
  readonly engine: { leader: boolean; version: string }
  /** Every event from now on. Ending the iteration unsubscribes. */
  events(): AsyncIterable<SpinneyEvent>
  /** Detaches this tab, with the last that this page had opened; the engine ends with its last tab. */
  close(): Promise<void>
}

export class SpinneyError extends Error {
  /** Stable, for programs: locked wrong-passphrase not-found already-exists invalid-id invalid-name invalid-phrase
   *  invalid-signature outdated unreachable quota-exceeded permission-needed file-changed not-a-recipient engine-moved engine-stopped
   *  insecure-context unsupported storage-failed cancelled bug. */
  readonly code: string
  /** Whose fault: what a person typed, another peer, storage, or a defect of ours. */
  readonly fault: Fault
  constructor(code: string, fault: Fault, message: string)
}
export type Fault = 'user' | 'peer' | 'storage' | 'bug'

// ---- profiles: identity, login -------------------------------------------------------------------

export interface ProfileSummary { id: string; name: string; avatar?: Blob }
export interface Me extends ProfileSummary {
  bio?: string
  /** A code that says who I am and where to find me: whoever adds it leaves me a request. It can be shown to everybody. */
  invite: string
  /** Whether authors hear how far I got with what they shared, and I hear the same of mine; off until turned on. */
  receipts: boolean
  /** Whether contacts are reached through relays alone, so that they do not learn my network address. */
  relayOnly: boolean
  /** Whether the recovery words were confirmed; until then the page reminds. */
  wordsConfirmed: boolean
  /** Whether a relay has the profile: before that, nobody who adds it can find it. */
  published: boolean
}
export interface Profiles {
  list(): Promise<ProfileSummary[]>
  /** Creates and unlocks. */
  create(p: { name: string; passphrase: string; avatar?: Blob }): Promise<Me>
  /** With `staySignedIn` this profile opens by itself from now on, with no passphrase, until it is locked; whoever stayed
   *  signed in before does so no more, nor does anybody without it. */
  unlock(id: string, passphrase: string, o?: Options & { staySignedIn?: boolean }): Promise<Me>
  lock(): Promise<void>
  current(): Promise<Me | null>
  update(p: { name?: string; bio?: string; avatar?: Blob; receipts?: boolean; relayOnly?: boolean }): Promise<Me>
  /** An invite for one person, good for 60 days: the first who adds it is a contact on both sides with no question. */
  newInvite(): Promise<string>
  changePassphrase(old: string, next: string): Promise<void>
  recoveryPhrase(passphrase: string): Promise<string>
  /** The person has written down the recovery words. */
  confirmWords(): Promise<Me>
  /** Takes over: until several devices are supported, the other device's writes are refused as "outdated". */
  recover(phrase: string, passphrase: string): Promise<Me>
  remove(id: string): Promise<void>
}

// ---- contacts ------------------------------------------------------------------------------------

export interface Contact {
  id: string; name: string; petname?: string; avatar?: Blob
  state: 'resolving' | 'requested' | 'mutual' | 'following' | 'blocked'
  /** How far my request has come, while they have not added me. A full mailbox is tried again another day. */
  request?: 'queued' | 'left' | 'full'
  /** Somebody else had used their invite, or it had ended: they are asked instead. */
  invite?: 'used' | 'ended'
  online: boolean; lastSeen?: Date
  /** Names of groups that I put them into, sorted; nobody else learns of them. */
  circles: string[]
  /** When I compared their six words; void where `warning` is `keys`. */
  verified?: Date
  /** To be looked at twice: two roots of one sequence, another successor than at first (a profile in somebody else's
   *  hands?), other keys than when their words were compared, or something of theirs that did not verify and was refused. */
  warning?: 'two-roots' | 'heir' | 'keys' | 'refused'
}
/** Somebody who asks to be added. `name` is empty until their profile is found; a further "request" event tells. */
export interface ContactRequest {
  id: string; name: string; avatar?: Blob; message?: string; time: Date
  /** They came with an invite of mine that somebody else had used, or that had ended. */
  invite?: 'used' | 'ended'
}
export interface Contacts {
  // Adding somebody means that their record is watched; what they leave for me arrives whether or not they are online.
  /** An id (k51…), an invite, or an invite link. Resolves when the profile is fetched and verified, or after three
   *  seconds with state "resolving"; events follow, remove(id) ends the search. They find a request with the message,
   *  unless they added me before. */
  add(idOrInvite: string, o?: Options & { message?: string }): Promise<Contact>
  /** Reads what somebody shares with everybody; they do not hear of it. Takes what add takes. */
  follow(idOrInvite: string, o?: Options): Promise<Contact>
  list(): Promise<Contact[]>
  get(id: string): Promise<Contact>
  rename(id: string, petname: string): Promise<Contact>
  remove(id: string): Promise<void>
  /** Nothing of theirs arrives any more, nothing of mine goes to them, and they are not told. Also of who only asked. */
  block(id: string): Promise<void>
  /** Back to a stranger, who may ask again. */
  unblock(id: string): Promise<void>
  /** Puts them into exactly these circles, at most 32. */
  setCircles(id: string, circles: string[]): Promise<Contact>
  /** The six words that each reads aloud, to be compared once on the phone or at a table. */
  verifyWords(id: string): Promise<{ mine: string[]; theirs: string[] }>
  /** Their words were compared; from now on a change of their keys is told. */
  markVerified(id: string): Promise<Contact>
  /** Requests from people whom I have not added, newest first. */
  requests(): Promise<ContactRequest[]>
  accept(id: string): Promise<Contact>
  /** They learn nothing of it, and are not heard for 30 days. */
  decline(id: string): Promise<void>
}

// ---- shares --------------------------------------------------------------------------------------

export type Audience =
  | { kind: 'contacts'; ids: string[] }
  | { kind: 'public' }
  | { kind: 'self' }
  | { kind: 'link'; password?: string; expires?: Date }

/** `have`: bytes held locally. */
export interface FileEntry { path: string; size: number; type: string; modified?: Date; preview?: Blob; have: number }
/** `recipients` are known to the share's author only; none of a share with contacts means that nobody gets what is
 *  added to it: it was withdrawn, or everybody was taken off. */
export interface Share {
  id: string; author: string; title: string; note?: string; created: Date
  audience: Audience['kind']; recipients?: string[]
  /** Who made it, where its author passed on what somebody else had made. */
  madeBy?: string
  /** What its author and its maker call themselves, where that is known and I have not added them. */
  authorName?: string; madeByName?: string
  /** Whether I have not opened what is in it now. */
  unread: boolean
  size: number; files: number
  /** CID of the sealed manifest; of the UnixFS directory where the share is public. */
  root: string
  /** Whether a relay has acknowledged everything that a recipient needs; of others' shares, whether one has told of it. */
  kept: boolean
}
/** A file to share: its path in the share, where its bytes are, and a small picture of it (at most 16 KiB, no metadata). */
export interface NewFile { path: string; file: File | FileSystemFileHandle; preview?: Blob }
export interface Shares {
  /** Resolves when the share is sealed and stored here. What follows (blocks to the relay, letterboxes, record) is an
   *  "up" transfer of the share; its "done" means that a keeper has acknowledged everything a recipient needs. */
  create(s: { title: string; note?: string; files: NewFile[]; audience: Audience }, o?: Options): Promise<Share>
  /** Shares whose files were not all read when the tab died; choosing the same files again reads only what is missing. */
  drafts(): Promise<{ id: string; title: string; missing: string[] }[]>
  resume(draft: string, files: NewFile[]): Promise<Share>
  discard(draft: string): Promise<void>
  list(q?: { kind?: Audience['kind']; author?: string; before?: string; limit?: number }): Promise<Share[]>
  get(id: string): Promise<Share>
  files(id: string, q?: { after?: string; limit?: number }): Promise<FileEntry[]>
  /** Decrypted bytes, fetched as needed; a range costs only its own blocks. */
  read(id: string, path: string, range?: { offset: number; length: number }, o?: Options): ReadableStream<Uint8Array>
  /** Served by the service worker with Range, for <img> and <video>, to pages beneath the module's folder; 404 while
   *  locked. With `save` in its query it is an attachment: follow it as a plain link, since the browser fetches what
   *  <a download> names past the service worker. `./zip/<share>?path=…&path=…` is `archive` as such an attachment. */
  url(id: string, path: string): string
  /** A zip (stored, zip64) with bounded memory. */
  archive(id: string, paths?: string[], o?: Options): ReadableStream<Uint8Array>
  /** Fetches, and writes into the folder as it comes. Resolves to the transfer's id. */
  save(id: string, to: FileSystemDirectoryHandle, paths?: string[], o?: Options): Promise<string>
  /** Fetches and keeps: all files, or the paths named. Resolves to the transfer's id. */
  download(id: string, paths?: string[]): Promise<string>
  /** Of one's own: its recipients are told that it is gone. Of others': it does not come back. */
  remove(id: string): Promise<void>
  /** Gives one's own share to exactly these contacts. Who is left out keeps what was in it until now, and gets nothing
   *  that is added later. */
  setAudience(id: string, contacts: string[]): Promise<Share>
  /** `setAudience` without these contacts. */
  revoke(id: string, contacts: string[]): Promise<Share>
  /** Adds files to one's own share; a path that is there already is replaced. Needs no file that was added before. */
  addFiles(id: string, files: NewFile[], o?: Options): Promise<Share>
  /** Takes one's own share back from everybody, and keeps it here. */
  withdraw(id: string): Promise<Share>
  /** Gives what somebody else made to contacts of mine, with their signature and mine. Resolves to a share of my own. */
  passOn(id: string, contacts: string[]): Promise<Share>
  /** I have looked at it: it is no longer unread, and its author hears so if both of us want receipts. */
  markRead(id: string): Promise<void>
  /** How far each recipient of one's own share has come, as far as it is known. */
  deliveries(id: string): Promise<Delivery[]>
  /** The links that I gave out and that are good still. */
  links(): Promise<Link[]>
  /** Ends the link of a share: whoever opens it from now on finds nothing. The share stays here. */
  disableLink(id: string): Promise<void>
  /** Opens what a link names, also while no profile is unlocked: then it is read, and not kept. A wrong password is
   *  "wrong-passphrase", a link that has ended or was switched off is "not-found". */
  openLink(link: string, password?: string, o?: Options): Promise<Share>
}
/** Queued here, kept by a relay, all of it with the recipient, looked at by the recipient. */
export interface Delivery { contact: string; state: 'queued' | 'kept' | 'fetched' | 'opened' }
/** `id` is that of the share, `link` what is to be given out: a code, to be put behind `<page>#/link/`. */
export interface Link { id: string; title: string; link: string; password: boolean; created: Date; expires?: Date }

// ---- transfers, network, storage -----------------------------------------------------------------

export interface Transfer {
  id: string; share: string; direction: 'add' | 'up' | 'down' | 'keep'
  bytes: number; total: number; bytesPerSecond: number; secondsLeft: number | null
  state: 'queued' | 'active' | 'waiting' | 'paused' | 'done' | 'failed' | 'cancelled'
  waitingFor?: 'relay' | 'author' | 'space' | 'permission' | 'unlock'
  /** Those that moved since the last event, at most 64; lasting state is in Shares.files(). */
  files?: { path: string; bytes: number; total: number }[]
  error?: { code: string; message: string }
}
export interface Transfers {
  list(): Promise<Transfer[]>
  pause(id: string): Promise<void>
  resume(id: string): Promise<void>
  cancel(id: string): Promise<void>
}
export interface NetworkStatus {
  relays: { address: string; connected: boolean }[]
  peers: { peer: string; contact?: string; via: 'relay' | 'direct'; notDirect?: NotDirect; rttMs?: number }[]
  /** Bytes of blocks that others have got from this device since the profile was unlocked. */
  served: number
}
/** Why a contact is reached through the relay: I have it so, this browser makes no direct connections, one is being
 *  made, none was offered yet, theirs takes none, both have tried and no way was found. */
export type NotDirect = 'off' | 'unsupported' | 'trying' | 'untried' | 'declined' | 'no-way'
export interface Network { status(): Promise<NetworkStatus> }
export interface StorageStatus { used: number; quota: number; persisted: boolean; keptForFriends: number; budgetForFriends: number }
export interface Storage {
  status(): Promise<StorageStatus>
  /** Frees what nothing needs any more; resolves to the bytes freed. */
  collect(): Promise<number>
}

export type SpinneyEvent =
  | ({ type: 'transfer' } & Transfer)
  | { type: 'share'; change: 'received' | 'updated' | 'removed'; share: Share }
  | { type: 'contact'; contact: Contact }
  | { type: 'contact-removed'; id: string }
  /** Somebody asks to be added; what is listed of them may come to be more. */
  | { type: 'request'; id: string; name: string }
  /** Somebody asks no longer: they were answered, here or elsewhere. */
  | { type: 'request-removed'; id: string }
  | ({ type: 'delivery'; share: string } & Delivery)
  | { type: 'transfer-added' | 'transfer-removed'; id: string }
  | { type: 'profile'; me: Me | null }
  | { type: 'engine'; state: 'leader' | 'attached' | 'moved' | 'stopped' }
  | { type: 'quota'; used: number; quota: number; needed: number }
  | { type: 'network'; connected: boolean }
  | { type: 'resync' }
