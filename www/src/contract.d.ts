// The contract of `spinney.js`, the ES module that a built Spinney ships beside its page.
// Everything a person can do in the page can be done through this API, from any page in its folder or below.
// Values, events, limits and error codes are in generated.ts; the calls are here. docs/errors.md explains the codes.
// Every promise rejects with a SpinneyError; nothing throws a bare string.
//
// The module lives in the window and speaks to the engine through a port (engine/protocol.ts). Signals become
// {cancel: id}. Streams are pulled by credit; cancelling a stream stops its fetch. Blobs, Files and handles are cloned,
// bytes are transferred. Events about one subject come in order, and before the promise that caused them resolves; a
// call made after an event sees at least that state. For a slow reader the engine keeps the newest event of each
// subject; beyond 1,000 subjects it sends "resync", and the reader lists again.

import type {
  Audience,
  BoundFolder,
  Code,
  Comment,
  Contact,
  ContactRequest,
  Delivery,
  Detail,
  Device,
  DeviceCode,
  Draft,
  DropBox,
  DropLinkPreview,
  EngineEvent,
  EngineStorage,
  Fault,
  FileEntry,
  FileName,
  FilesQuery,
  FolderBinding,
  FolderConflict,
  FreeableSpace,
  Introduction,
  JournalEntry,
  JournalQuery,
  KeepingStatus,
  Link,
  LinkChange,
  LinkPreview,
  Me,
  NetworkStatus,
  NewComment,
  OpenedDropBox,
  Origin,
  Parameters,
  Passkey,
  Pasted,
  ProfileSummary,
  ProfileUpdate,
  PushRelay,
  Share,
  ShareQuery,
  Suggestion,
  Transfer,
  Trial,
  Words,
} from './generated'

export * from './generated'

/** Opens the engine, or attaches to the one that another tab runs. Default: ./config.json beside this module. */
export function open(config?: Config): Promise<Spinney>

/** Last parameter of calls that may take long. An aborted call rejects with the code "cancelled". */
export interface Options {
  signal?: AbortSignal
}

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
  readonly devices: Devices
  readonly folders: Folders
  readonly contacts: Contacts
  readonly shares: Shares
  readonly drops: Drops
  readonly keeping: Keeping
  readonly transfers: Transfers
  readonly push: Push
  readonly network: Network
  readonly storage: Storage
  readonly engine: { leader: boolean; version: string }
  /** Every event from now on. Ending the iteration unsubscribes. It ends by itself if the engine broke for good. */
  events(): AsyncIterable<SpinneyEvent>
  /** Detaches this tab, with the last that this page had opened; the engine ends with its last tab. */
  close(): Promise<void>
}

export class SpinneyError extends Error {
  /** Stable, for programs. */
  readonly code: Code
  /** Whose fault: what a person typed, another peer, storage, or a defect of ours. */
  readonly fault: Fault
  /** What the code leaves open. */
  readonly detail: Detail | undefined
  /** Numbers and words that belong to the detail. */
  readonly parameters: Parameters
  constructor(code: Code, fault: Fault, message: string, detail?: Detail, parameters?: Parameters)
}

// ---- profiles: identity, login -------------------------------------------------------------------

export interface Profiles {
  list(): Promise<ProfileSummary[]>
  /** Creates and unlocks. */
  create(p: { name: string; passphrase: string; avatar?: Blob }): Promise<Me>
  /** Makes and unlocks a profile that waits for a name and a passphrase, or opens the one that waits: somebody shares by link
   *  first and says who they are later. This browser keeps its passphrase, so that anyone who uses this browser can open it, and
   *  nobody once the browser's storage is cleared. It stays signed in. Adding a friend, an invite, a linked device and what asks
   *  for the passphrase reject with the detail `needs-name` until `finish`. */
  begin(): Promise<Me>
  /** Gives the profile that waits a name and a passphrase: it is one like every other from now on. Without `staySignedIn` it
   *  stays signed in no more. */
  finish(p: { name: string; passphrase: string; staySignedIn?: boolean }): Promise<Me>
  /** With `staySignedIn` this profile opens by itself from now on, with no passphrase, until it is locked. At
   *  most one profile of this browser stays signed in: every unlock ends it for the one before. */
  unlock(id: string, passphrase: string, o?: Options & { staySignedIn?: boolean }): Promise<Me>
  /** Ends every call and stream that is under way with the code "locked", and the engine's worker with its memory.
   *  Resolves when the next worker is there. */
  lock(): Promise<void>
  current(): Promise<Me | null>
  update(p: ProfileUpdate): Promise<Me>
  /** An invite for one person, good for 60 days: the first who adds it is a contact on both sides with no question. */
  newInvite(): Promise<string>
  changePassphrase(old: string, next: string): Promise<void>
  /** The passkeys that unlock a profile of this browser, in the order in which they were added; also of a locked one. */
  passkeys(id: string): Promise<Passkey[]>
  /** Has the browser make a passkey that unlocks the profile from now on, at this host alone, beside the passphrase. The
   *  browser asks the person three times: to make it, and twice to try it. Call it from a click. A synchronised passkey opens
   *  this disk to everybody who has that account. Where it does not work, `passkey-failed` has a detail that says why. */
  addPasskey(passphrase: string): Promise<Passkey>
  /** An old copy of the disk still opens with it. */
  removePasskey(id: string): Promise<void>
  /** As `unlock`, with any passkey that the profile has for this host; takes the id of the profile. Call it from a click. The
   *  recovery words, another passkey and another passphrase still ask for the passphrase. */
  unlockWithPasskey(id: string, o?: Options & { staySignedIn?: boolean }): Promise<Me>
  recoveryPhrase(passphrase: string): Promise<string>
  /** The person has written down the recovery words. */
  confirmWords(): Promise<Me>
  /** The person has seen `Me.restored`: from now on the profile is published as it is, also if a relay that did not
   *  answer may know something newer. */
  confirmRestored(): Promise<Me>
  /** After a theft: the next keys of the same 24 words take the place of these, under this passphrase. The profile gets
   *  another id; contacts follow by themselves, and until each has, a thief reads what they send to the old one. Links and
   *  invites end, other devices are to be linked again. The event "profile" tells of none and of the new one. */
  changeKeys(phrase: string, passphrase: string): Promise<Me>
  /** The person has read `Me.changedKeys`. */
  confirmKeys(): Promise<Me>
  /** Other browsers that have the profile keep it: each merges what the others publish. The words of a profile whose keys
   *  were changed bring back that with the new ones. */
  recover(phrase: string, passphrase: string): Promise<Me>
  remove(id: string): Promise<void>
}

// ---- devices: those that have this profile, and linking one more -----------------------------------

export interface Devices {
  /** The oldest first. The event "devices" says that it is another list now. */
  list(): Promise<Device[]>
  rename(id: string, name: string): Promise<Device>
  /** Removes another device: contacts and my other devices show and serve it no longer. It has the seed, and cannot be made
   *  to forget it. It hears of its removal in `removed` of its profile. */
  remove(id: string): Promise<void>
  /** Takes the removal of a device back. */
  restore(id: string): Promise<Device>
  /** The person knows a device that is `new`: on this device it is not shown as that any more. */
  confirm(id: string): Promise<void>
  /** On the unlocked device: a code for one new device, ten minutes good. The event "device-asks" tells that one is here,
   *  "device-code-ended" that the code is over. A code in the place of another ends that one. */
  code(passphrase: string): Promise<DeviceCode>
  /** The four words that the new device shows; only then it gets the identity. Three wrong entries end the code. */
  approve(words: string[]): Promise<Device>
  /** Takes the code back, or on the new device ends the linking, whose `join` rejects with "cancelled". */
  cancel(): Promise<void>
  /** On the new device. The event "device-words" has the words, "device-identity" whose it becomes; `accept` says yes.
   *  `name` is what the person calls this device, `passphrase` a new one for it. */
  join(code: string, as: { name: string; passphrase: string }, o?: Options): Promise<Me>
  accept(): Promise<void>
}

// ---- folders that are kept in step with shares to oneself ----------------------------------------

export type { BoundFolder as Folder, FolderConflict as Conflict } from './generated'

export interface Folders {
  /** Keeps a directory in step with a share to oneself, which is made if none is named. Asks for the permission, so call it
   *  while a click is fresh. The event "folders" says that a folder stands otherwise, or that the journal has news. */
  bind(directory: FileSystemDirectoryHandle, to?: FolderBinding): Promise<BoundFolder>
  /** Those of this device, the oldest first. */
  list(): Promise<BoundFolder[]>
  /** Its files stay, and so does the share. */
  unbind(id: string): Promise<void>
  /** Looks at a folder now, and resolves when it is as much in step as it can be; `list` says how it stands. With `anyway`
   *  it goes on although much vanished or changed at once. */
  scan(id: string, o?: { anyway?: boolean }): Promise<void>
  /** Asks the person once more for the permission, while a click is fresh, and looks at the folder. */
  allow(id: string): Promise<void>
  /** Conflicts that nobody has looked at, the newest first. */
  conflicts(id: string): Promise<FolderConflict[]>
  /** The person has looked at the conflicts at this path. */
  settle(id: string, path: string): Promise<void>
  /** What happened to files within 30 days, the newest first. */
  journal(q?: JournalQuery): Promise<JournalEntry[]>
  /** Puts a file back as it was before. If it was changed since, it stays, and the earlier version comes beside it. */
  undo(entry: string): Promise<void>
}

// ---- contacts ------------------------------------------------------------------------------------

export interface Contacts {
  // Adding somebody means that their record is watched; what they leave for me arrives whether or not they are online.
  /** The ids, invites and links in a text as people paste it, with words, brackets and line breaks around and in it. Works
   *  without a profile too. `invalid-id` where there is none. */
  read(pasted: string): Promise<Pasted[]>
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
  /** Who was a contact before is one again, with circles and verification; who was none may ask again. */
  unblock(id: string): Promise<void>
  /** Puts them into exactly these circles, at most 32. */
  setCircles(id: string, circles: string[]): Promise<Contact>
  /** `seesMine`: shows somebody my contacts who agreed to be shown, or shows them no more. */
  setVisibility(id: string, visibility: { seesMine: boolean }): Promise<Contact>
  /** People whom contacts show me and whom I do not know: who is shown by most comes first, then by name; at most 500. All
   *  of it is what these contacts say. Nobody is asked for anything about them before `add(id)`. Event "introductions". */
  suggestions(): Promise<Suggestion[]>
  /** Suggests somebody no more, on all devices, until that is undone. */
  dismiss(id: string): Promise<void>
  undoDismiss(id: string): Promise<void>
  /** Introduces two contacts to each other, who each decide. Both must have agreed to be shown (`Contact.mayBeShown`), else
   *  `unsupported` with the detail "not-agreed". */
  introduce(a: string, b: string, message?: string): Promise<void>
  /** People whom contacts introduce to me, newest first, until they are answered, ask themselves, or 60 days are over. One who
   *  has accepted asks instead (`ContactRequest.introducedBy`). Event "introductions". */
  introductions(): Promise<Introduction[]>
  /** Adds them. They are told that I accepted, and decide too. */
  acceptIntroduction(id: string): Promise<Contact>
  /** Nobody is told. They are not introduced to me again for 30 days. */
  declineIntroduction(id: string): Promise<void>
  /** The six words that each reads aloud, to be compared once on the phone or at a table. */
  verifyWords(id: string): Promise<Words>
  /** Their words were compared; from now on a change of their keys is told. */
  markVerified(id: string): Promise<Contact>
  /** The person has read `Contact.newKeys`. */
  confirmKeys(id: string): Promise<Contact>
  /** Takes news of somebody with the warning "heir" all the same, and gives them new shares. The first successor stays
   *  the one who is followed. */
  goOn(id: string): Promise<Contact>
  /** Requests from people whom I have not added, newest first. */
  requests(): Promise<ContactRequest[]>
  /** Asks the hosts in `elsewhere` of a request who it is; each learns this device's network address. Without this call
   *  only this page's own relays are asked. `unreachable` where nobody there knows them. */
  lookUp(id: string, o?: Options): Promise<ContactRequest>
  accept(id: string): Promise<Contact>
  /** They learn nothing of it. For 30 days, what they ask is listed with the declined ones. */
  decline(id: string): Promise<void>
  /** Requests that I declined, newest first. `accept` adds their senders all the same. */
  declined(): Promise<ContactRequest[]>
}

// ---- shares --------------------------------------------------------------------------------------

/** A file to share: its path in the share, where its bytes are, and a small picture of it (at most 16 KiB, no metadata). */
export interface NewFile {
  path: string
  file: File | FileSystemFileHandle
  preview?: Blob
}
/** A folder in which there is no file. */
export interface NewFolder {
  path: `${string}/`
}
/** How a program prepared the pictures among its files; a draft of them says it again. */
export interface Preparation {
  /** Whether the places where they were taken are in them still. */
  keepLocation?: boolean
}
export interface Shares {
  /** Resolves when the share is sealed and stored here. What follows (blocks to the relay, letterboxes, record) is an
   *  "up" transfer of the share; its "done" means that a keeper has acknowledged everything a recipient needs. A file
   *  that cannot be read is "file-changed", with its path, and leaves nothing behind. With `adds` it is an album: the
   *  contacts whom it is for may add to it. With `answers`, which is so where nothing is said and it is for contacts, they
   *  may answer it. Without files the note is all that is shared, of at most `LIMITS.textChars`. */
  create(
    s: {
      title: string
      note?: string
      files: (NewFile | NewFolder)[]
      audience: Audience
      adds?: boolean
      answers?: boolean
    } & Preparation,
    o?: Options,
  ): Promise<Share>
  /** Shares whose files were not all read when the tab died. */
  drafts(): Promise<Draft[]>
  /** Goes on with a draft. Files are found by their paths; where only the end of a path is equal, by their bytes. What
   *  is stored of a file is compared with its beginning, and only what is missing is read. Resolves to null if more
   *  files are to be chosen; with `leaveOut` the share is made without these. */
  resume(draft: string, files: NewFile[], o?: { leaveOut?: boolean }): Promise<Share | null>
  discard(draft: string): Promise<void>
  /** Newest first. What was added to an album that is here comes only if `album` asks for it. */
  list(q?: ShareQuery): Promise<Share[]>
  get(id: string): Promise<Share>
  /** Sorted by path, or in the order of the paths asked for. */
  files(id: string, q?: FilesQuery): Promise<FileEntry[]>
  /** The first files, sorted by path, without previews and without what of them is here. */
  fileNames(id: string, limit: number): Promise<FileName[]>
  /** Decrypted bytes, fetched as needed; a range costs only its own blocks. */
  read(id: string, path: string, range?: { offset: number; length: number }, o?: Options): ReadableStream<Uint8Array>
  /** One file of a share. */
  file(id: string, path: string): Promise<FileEntry>
  /** All decrypted bytes, for saving. It waits for some minutes for what cannot be fetched now, goes on at its byte when the
   *  engine moves to another tab, and ends with all bytes or an error. Locking ends it with an error. */
  readPatiently(id: string, path: string, o?: Options): ReadableStream<Uint8Array>
  /** Served by the service worker with Range, for <img> and <video>, to pages beneath the module's folder; 404 while
   *  locked. With `save` in its query it is an attachment, as patient as `readPatiently`: follow it as a plain link, since
   *  the browser fetches what <a download> names past the service worker. `./zip/<share>?path=…&path=…` is `archive` as
   *  such an attachment. */
  url(id: string, path: string): string
  /** A zip (not compressed, zip64 where needed) with bounded memory, as patient as `readPatiently`. Times are local. */
  archive(id: string, paths?: string[], o?: Options): ReadableStream<Uint8Array>
  /** The name of that zip, as every system can have it. */
  archiveName(id: string): Promise<string>
  /** Makes a folder in this one, named after the share, or finds the one that an earlier saving made; fetches, and writes
   *  into it as it comes. Nothing that is there is replaced, and what is there with the same bytes is not fetched. Names
   *  become such as every system can have; the transfer's `saved` tells which changed. Resolves to the transfer's id. */
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
  addFiles(id: string, files: (NewFile | NewFolder)[], o?: Options & Preparation): Promise<Share>
  /** Gives one's own share another title, another note, or both, for all of its readers. What is absent stays. Not of a
   *  public share. */
  rename(id: string, to: { title?: string; note?: string }): Promise<Share>
  /** Has the file at this path stand for one's own share; without one, its first picture does. */
  setCover(id: string, path?: string): Promise<Share>
  /** The order of the files of one's own share, for all of its readers. A program may show another one. */
  setOrder(id: string, order: 'name' | 'date' | 'size'): Promise<Share>
  /** Takes files out of one's own share, in one revision. Readers who have them keep them. */
  removeFiles(id: string, paths: string[]): Promise<Share>
  /** Lets the recipients of one's own share add to it, or no longer. What they added until now stays. Only a share to
   *  chosen contacts that one made oneself can be an album. */
  setAdds(id: string, adds: boolean): Promise<Share>
  /** Adds files to an album of somebody else, which has `adds`: they become a share of one's own to its author, who takes
   *  it in when their engine runs. Resolves to that share, whose `album` names the album. Of one's own it is `addFiles`. */
  addTo(album: string, files: (NewFile | NewFolder)[], o?: Options & Preparation): Promise<Share>
  /** Lets the recipients of one's own share answer it, or no longer. Only a share to chosen contacts can be answered. */
  setAnswers(id: string, answers: boolean): Promise<Share>
  /** What was answered to a share, the oldest first; the event "answers" says that it changed. Who asks counts as looking at
   *  it: what is said meanwhile shows to its other readers at once, and else within ten minutes. */
  comments(id: string): Promise<Comment[]>
  /** Says something of a share, or gives it a heart, to all of its readers: who says it shows to them. A second heart is the
   *  first. `invalid-name` where it is empty or too long, or more than one may say in a day. */
  comment(id: string, what: NewComment): Promise<Comment>
  /** Takes back what one said oneself. Who has read it has read it. */
  takeBackComment(id: string, comment: string): Promise<void>
  /** Hides what somebody said of one's own share from its other readers; with `hidden` false it shows again. */
  hideComment(id: string, comment: string, hidden?: boolean): Promise<void>
  /** Takes one's own share back from everybody, and keeps it here. */
  withdraw(id: string): Promise<Share>
  /** Gives what somebody else made to contacts of mine, with their signature and mine. Resolves to a share of my own. */
  passOn(id: string, contacts: string[]): Promise<Share>
  /** Asks the hosts in `elsewhere` of a share for it, from now on; each learns this device's network address. */
  lookElsewhere(id: string, o?: Options): Promise<Share>
  /** I have looked at it: it is no longer unread, and its author hears so if both of us want receipts. */
  markRead(id: string): Promise<void>
  /** How far each recipient of one's own share has come, as far as it is known. */
  deliveries(id: string): Promise<Delivery[]>
  /** The links that I gave out and that are good still. */
  links(): Promise<Link[]>
  /** Changes the end of a link, its password, or both. What people have of the link goes on to lead to the share; after
   *  another password the former one opens nothing. The text of a link names its end: `link` is a new one, and an earlier
   *  one works beside it. */
  changeLink(id: string, to: LinkChange): Promise<Link>
  /** Ends the link of a share: a person who opens it from now on finds nothing. The share stays here. */
  disableLink(id: string): Promise<void>
  /** What opening a link would do: whose it is, and which hosts it connects to. Connects to nobody and stores nothing;
   *  also while no profile is unlocked. */
  inspectLink(link: string): Promise<LinkPreview>
  /** Opens what a link names, also while no profile is unlocked: then it is read, and not kept. Connects to the relays
   *  that it names, so a page asks its person first. A wrong password is
   *  "wrong-passphrase", a link that has ended or was switched off is "not-found". */
  openLink(link: string, password?: string, o?: Options): Promise<Share>
}
// ---- drop boxes ----------------------------------------------------------------------------------

/** Boxes in which people without a profile leave files, by a link. */
export interface Drops {
  /** Makes a box that takes so many bytes until this time, at most 90 days from now. The relays lend that much of what they
   *  keep for this profile; "nothing-to-lend" where they cannot, with the bytes that they can in `parameters.left`.
   *  What it is called is for me alone. */
  make(bytes: number, until: Date, name?: string): Promise<DropBox>
  /** My boxes with what was left in them, the one that ends last first. Asks my relays how much is left. */
  list(): Promise<DropBox[]>
  /** Ends a box: nothing more can be left in it. What was left stays for 30 days. */
  end(box: string): Promise<void>
  /** The files of a drop with their previews, sorted by path. Nothing of it is fetched before this call. */
  files(drop: string, q?: FilesQuery): Promise<FileEntry[]>
  /** Copies what was left into a share of one's own for nobody else. */
  accept(drop: string, title: string, o?: Options): Promise<Share>
  /** Forgets what was left. Its sender learns nothing of it. */
  decline(drop: string): Promise<void>
  /** What opening a drop link would do. Connects to nobody and stores nothing; also while no profile is unlocked, as are the
   *  two calls below. */
  inspect(link: string): Promise<DropLinkPreview>
  /** Looks whose box it is and how much is left. Connects to the relays that the link names, so a page asks its person first.
   *  A profile that is unlocked is not shown to them. "drop-closed", "drop-full". */
  open(link: string, o?: Options): Promise<OpenedDropBox>
  /** Leaves files, with a few words to its owner. Once it resolves, the relay keeps everything. Its transfer is "up-drop-…";
   *  an aborted call leaves nothing. */
  send(link: string, files: (NewFile | NewFolder)[], message: string, o?: Options): Promise<void>
}
// ---- keeping: what friends keep for each other ------------------------------------------------------

/** The event "keeping" says that something of it is otherwise now. */
export interface Keeping {
  /** `limit` is what friends may have of this browser together: 0 where it may delete what is here by itself. */
  status(): Promise<KeepingStatus & { limit: number }>
  /** Gives a contact so many bytes in this browser, for what they share; 0 takes it back, and what is kept goes after 14 days.
   *  With `named` they may tell those who read their shares that it is kept here; with `public` what they share with everybody
   *  is kept too; with `metered` it also comes over a line that is paid for by what goes over it. "refused" beyond the limit. */
  setRoom(contact: string, bytes: number, o?: { named?: boolean; public?: boolean; metered?: boolean }): Promise<void>
  /** Drops here the files of a share of the reader's, or of all that can be dropped, as soon as two places, at least one of
   *  them a friend, have proven that they deliver every block; resolves to the bytes that became free now. Proofs that take
   *  longer go on by themselves for a week, as `freed` of the status says. "refused" where this one share cannot leave. */
  free(share?: string, o?: Options): Promise<number>
  /** What could leave this browser, and why the other shares of the reader's cannot. */
  freeable(): Promise<FreeableSpace>
  /** Lets go of everything that is kept for a contact, at once. */
  release(contact: string): Promise<void>
  /** Tries from each relay whether the 24 words would bring back all that is here. Nothing is published or changed; may take
   *  a minute where a relay is silent. */
  trial(o?: Options): Promise<Trial[]>
  /** Has a service with the IPFS Pinning Service API 1.0 hold what I share, if it answers and accepts the token. The address is
   *  https; `/pins` at its end may be left out. The details `service-known`, `service-address`, `service-unreachable`,
   *  `no-service`, `service-token` and `service-refused` say what is wrong. */
  addService(service: { name: string; endpoint: string; token: string }): Promise<void>
  /** Forgets a service and its token. What it holds stays there. */
  removeService(name: string): Promise<void>
}

// ---- transfers, network, storage -----------------------------------------------------------------

export interface Transfers {
  list(): Promise<Transfer[]>
  pause(id: string): Promise<void>
  resume(id: string): Promise<void>
  cancel(id: string): Promise<void>
}
export interface Network {
  status(): Promise<NetworkStatus>
}
/** Being told by a relay while no page is open. A push says nothing but that something was left. */
export interface Push {
  /** My relays that send pushes, in the order of the settings. "unreachable" if none of all answers. */
  relays(): Promise<PushRelay[]>
  /** Has this relay of mine push to the endpoint of a `PushSubscription` that was made with its key. It replaces the one
   *  before, and ends after 60 days unless it is called again. */
  subscribe(relay: string, endpoint: string): Promise<void>
  /** Has no relay push to this device any more. */
  unsubscribe(): Promise<void>
}
export interface StorageStatus extends EngineStorage, Origin {}
export interface Storage {
  status(): Promise<StorageStatus>
  /** Frees what nothing needs any more; resolves to the bytes freed. */
  collect(): Promise<number>
}

type Quota = Extract<EngineEvent, { type: 'quota' }>

/** An event of the engine, or of this tab's connection to it. */
export type SpinneyEvent =
  | Exclude<EngineEvent, Quota>
  | (Quota & Pick<Origin, 'quota'>)
  /** This tab leads the engine or is attached to another tab's; the engine went to another tab, or broke. */
  | { type: 'engine'; state: 'leader' | 'attached' | 'moved' | 'stopped' | 'replaced' }
