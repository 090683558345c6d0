// Generated from crate/src/engine/api; do not edit. To write it anew:
// SPINNEY_GENERATE=1 cargo test --package spinney --lib generated

/** A profile as the first screen lists it. */
export interface ProfileSummary {
  /** The identity's IPNS name, `k51…`. */
  id: string
  /** The name that the profile publishes. */
  name: string
  /** A raster picture, at most 48 KiB. */
  avatar?: Blob
  /** Whether it waits for a name and a passphrase: until then anyone who uses this browser can open it. */
  waiting: boolean
}

/** The unlocked profile. */
export interface Me extends ProfileSummary {
  /** A few words about oneself. */
  bio?: string
  /** What a friend adds in order to add me. */
  invite: string
  /** Whether authors hear how far I came with what they shared, and I hear the same of mine. */
  receipts: boolean
  /** Whether contacts are reached through relays alone, so that they do not learn this device's network address. */
  relayOnly: boolean
  /** Whether contacts may show me to theirs. */
  mayBeShown: boolean
  /** Whether the recovery words were confirmed; until then the page reminds. */
  wordsConfirmed: boolean
  /** Whether a relay has the profile: before that, nobody who adds it can find it. */
  published: boolean
  /** Entries about people and shares that the words would not bring back, because there is no room for them. */
  leftOut: number
  /** Whether another device of the person has removed this one: what is done here reaches nobody. */
  removed: boolean
  /** How the words brought the profile back, until the person has confirmed it. */
  restored?: Restored
  /** That the keys were changed in this browser, until the person has read what follows from it. */
  changedKeys?: ChangedKeys
  /** Whether the keys were changed in another browser: this one has old ones, and is to be linked again. */
  oldKeys: boolean
}

/** What the words brought back. */
export interface Restored {
  /** When it had been published, as the device said that published it. */
  published: Date
  /** Addresses of my relays that did not answer. They may know something newer, so nothing is published until they have
   *  answered, or until the person confirms. */
  silent: string[]
}

/** What ended with the keys that were changed. */
export interface ChangedKeys {
  /** When they were changed. */
  at: Date
  /** Titles of shares whose links do not open any more. */
  links: string[]
}

/** A passkey that unlocks a profile. */
export interface Passkey {
  /** The credential's id in base64url, as WebAuthn has it. */
  id: string
  /** The host whose passkey it is: a page at another one cannot use it. */
  host: string
  /** What its PRF is asked with, in base64url. It is no secret. */
  salt: string
  /** When it was added. */
  added?: Date
}

/** What a browser is asked with for a new passkey. All of it but the name is in base64url. */
export interface PasskeyOffer {
  /** A random `user.id`, which says nothing of the profile. */
  user: string
  /** The name of the profile, under which the browser lists the passkey. */
  name: string
  /** What its PRF is to be asked with. */
  salt: string
  /** Passkeys that the profile has already. */
  known: string[]
}

/** A passkey that a browser made. */
export interface NewPasskey {
  /** The credential's id in base64url. */
  id: string
  /** The host of the page. */
  host: string
  /** The salt of the `PasskeyOffer`. */
  salt: string
}

/** What of the own profile is to change; what is none stays. */
export interface ProfileUpdate {
  /** A new name. */
  name?: string
  /** A few words; empty removes them. */
  bio?: string
  /** A new picture; empty removes it. */
  avatar?: Blob
  /** Whether authors are told how far I came with what they shared, and I am told the same of mine. */
  receipts?: boolean
  /** Whether contacts are reached through relays alone. */
  relayOnly?: boolean
  /** Whether contacts may show me to theirs. */
  mayBeShown?: boolean
}

/** One device of the unlocked profile. */
export interface Device {
  /** Its PeerId. */
  id: string
  /** What its person calls it; empty where nobody named it. */
  name: string
  /** When it came to have this profile. */
  added: Date
  /** When it was last heard of; absent for this one, and where nothing was heard of it yet. */
  lastSeen?: Date
  /** Whether it is this one. */
  here: boolean
  /** Whether it is connected to this one now. */
  online: boolean
  /** Whether it came to have the profile in the last 30 days, after this device did, and nobody has said here that it is
   *  known. */
  new: boolean
}

/** A code that one new device can use. */
export interface DeviceCode {
  /** The text, which fits into a QR code. */
  code: string
  /** When it ends. */
  until: Date
}

/** In which direction changes go between a folder and its share. */
export type Mode = "both" | "out" | "in"

/** To what a folder is bound. */
export interface FolderBinding {
  /** A share to oneself; a new one where none is named. */
  share?: string
  /** The title of a new share; the name of the folder where none is given. */
  title?: string
  /** Both ways where nothing is said. */
  mode?: Mode
}

/** A folder that is kept in step with a share. */
export interface BoundFolder {
  /** Its id. */
  id: string
  /** What the folder is called on this device. */
  name: string
  /** The share. */
  share: string
  /** The direction. */
  mode: Mode
  /** How it stands. */
  state: FolderState
  /** When it was last in step. */
  at?: Date
  /** Of `asks`: how many files vanished at once. All of them if the folder is empty. */
  gone: number
  /** Of `asks`: how many files changed at once. */
  changed: number
  /** Conflicts that nobody has looked at. */
  conflicts: number
  /** Files whose name on this device is another one, because the system cannot have it or has one that is alike. */
  renamed: RenamedFile[]
  /** Files on this device that are left out, because a share cannot have such a path; with a slash behind them, empty
   *  folders, of which a share can have so many only. */
  leftOut: string[]
  /** Of `fails`: why, in one sentence. */
  why?: string
}

/** A file with two names. */
export interface RenamedFile {
  /** Its path in the share. */
  path: string
  /** Its path on this device. */
  local: string
}

/** How a folder stands. */
export type FolderState =
  | "new"
  | "busy"
  | "step"
  | "waits"
  | "permission"
  | "gone"
  | "asks"
  | "fails"

/** What happened to a file, or to an empty folder. */
export type FileChange = "added" | "changed" | "deleted" | "conflict"

/** One line of the journal. */
export interface JournalEntry {
  /** Its id. Later entries have greater ones. */
  id: string
  /** The folder. */
  folder: string
  /** The path of the file in the share. That of an empty folder ends with a slash. */
  path: string
  /** What happened. */
  change: FileChange
  /** When it was noticed here. */
  at: Date
  /** Whether it was done in the folder on this device. */
  here: boolean
  /** The name of the device on which it was done; empty if that is not known. */
  device: string
  /** Of a conflict: the path of the version that gave way. */
  copy?: string
  /** Whether it can be undone. */
  undoable: boolean
}

/** Which lines of the journal are asked for; the newest first. */
export interface JournalQuery {
  /** Only those of one folder. */
  folder?: string
  /** Only those whose path has this text. */
  text?: string
  /** Only those before this one. */
  before?: string
  /** At most so many; 100 where none is given. */
  limit?: number
}

/** A conflict that nobody has looked at. */
export interface FolderConflict {
  /** The path at which two versions met. It has the later one. */
  path: string
  /** The path of the other version. */
  copy: string
  /** When it was noticed. */
  at: Date
}

/** How far a contact has come: their profile is still looked for, I added them, each added the other, I only read what
 *  they share with everybody, I want nothing of them. */
export type ContactState = "resolving" | "requested" | "mutual" | "following" | "blocked"

/** How far my request has come: not with a relay of theirs yet, left there, their mailbox is full and it is tried again
 *  another day. */
export type Asked = "queued" | "left" | "full"

/** Why an invite did not make a contact at once: somebody else had used it, or its time was over. */
export type SpentInvite = "used" | "ended"

/** Why a contact is to be looked at twice: two different roots of one sequence; another successor than at first, so that
 *  the profile may be in somebody else's hands; other keys than when their words were compared; something of theirs did
 *  not verify and was refused. */
export type Warning = "two-roots" | "heir" | "keys" | "refused"

/** That a contact changed keys, and was followed. */
export interface NewKeys {
  /** When that was noticed here. */
  at: Date
  /** Whether the words of the old keys had been compared. */
  wasVerified: boolean
}

/** Another person whom I added, follow or block. */
export interface Contact {
  /** The identity's IPNS name, `k51…`. */
  id: string
  /** The name that their profile publishes; empty while resolving. */
  name: string
  /** Two words that follow from the id, to tell people of one name apart. */
  words: [string, string]
  /** The name that I gave them. */
  petname?: string
  /** Their picture. */
  avatar?: Blob
  /** How far they have come. */
  state: ContactState
  /** How far my request has come, while they have not added me. */
  request?: Asked
  /** Their invite was not good any more: they are asked instead. */
  invite?: SpentInvite
  /** Whether a device of theirs is connected now. */
  online: boolean
  /** Whether nothing of theirs can come and no request can be left: this profile connects to its own relays only, and
   *  none of theirs is one of them. */
  outOfReach: boolean
  /** When their newest root was made, by their own claim. */
  lastSeen?: Date
  /** Names of groups that I put them into, sorted; nobody else learns of them. */
  circles: string[]
  /** Whether they see my contacts, those who agreed to be shown. */
  seesMine: boolean
  /** Whether they agreed that I show them to my other contacts. */
  mayBeShown: boolean
  /** When I compared their words; void if `warning` is `keys`. */
  verified?: Date
  /** A lasting doubt about this contact that the page must show. */
  warning?: Warning
  /** That they changed keys, until the person has read it. */
  newKeys?: NewKeys
}

/** Somebody who asks to be added. */
export interface ContactRequest {
  /** The identity's IPNS name, `k51…`. */
  id: string
  /** The name that their profile publishes; empty until it is found. */
  name: string
  /** Two words that follow from the id, to tell people of one name apart. */
  words: [string, string]
  /** Their picture. */
  avatar?: Blob
  /** What they write. */
  message?: string
  /** When they wrote it, by their clock. */
  time: Date
  /** They came with an invite of mine that was not good any more. */
  invite?: SpentInvite
  /** The contact who introduced them to me and to whom they were introduced: they accepted. */
  introducedBy?: string
  /** Hosts that their request names and that were not asked who they are: each would learn this device's network
   *  address. None if their profile is known. */
  elsewhere: string[]
}

/** The six words of two people, each of whom reads their own aloud and checks the other's. */
export interface Words {
  /** Those that I read aloud. */
  mine: [string, string, string, string, string, string]
  /** Those that I must hear. */
  theirs: [string, string, string, string, string, string]
}

/** What a pasted text names. */
export type PastedKind = "id" | "invite" | "link"

/** An id, an invite or a link that was found in a pasted text. */
export interface Pasted {
  /** Which of the three it is. */
  kind: PastedKind
  /** It alone, without the words around it. */
  code: string
  /** The person whom it names, or whose share it leads to. */
  id: string
  /** What I call them, or what the invite says that they are called. */
  name?: string
  /** Two words that follow from the id, to tell people of one name apart. */
  words: [string, string]
  /** Whether it is my own. */
  own: boolean
  /** Whether it is an invite that makes its first user a contact without a question. */
  personal: boolean
  /** Whether it says itself that its time is over. */
  ended: boolean
  /** How far they have come as a contact of mine, if they are one. */
  state?: ContactState
}

/** To whom a share is given: contacts, everybody who has my id, nobody but me, or who has a link (and its password). */
export type Audience =
  | { kind: "contacts"; ids: string[] }
  | { kind: "public" }
  | { kind: "self" }
  | { kind: "link"; password?: string; expires?: Date }

/** A share as lists show it. */
export interface Share {
  /** Stable name of the share, base32. */
  id: string
  /** Id of who shares it. */
  author: string
  /** One line. */
  title: string
  /** Some words. */
  note?: string
  /** Path of the file that its author has stand for it. There may be none at it. */
  cover?: string
  /** What its author wants its files to be in order by. */
  order?: "name" | "date" | "size"
  /** The author's claim, no later than when it was first seen here. */
  created: Date
  /** What its author calls themselves, where that is known and they are no contact. */
  authorName?: string
  /** The kind of its audience. */
  audience: Audience['kind']
  /** Ids of the recipients; known to its author only. None of a share with contacts means that nobody gets what is
   *  added to it: it was withdrawn, or all were taken off. */
  recipients?: string[]
  /** Ids of people who were taken off and can still open what was in it then; known to its author only. */
  former?: string[]
  /** Id of who made it, where its author passed on what somebody else had made. */
  madeBy?: string
  /** What its maker calls themselves, where that is known. */
  madeByName?: string
  /** Whether I have not looked at what is in it now. */
  unread: boolean
  /** Sum of the files' sizes. */
  size: number
  /** Number of files. */
  files: number
  /** CID of the sealed manifest; of the UnixFS folder where the share is public. */
  root: string
  /** Whether a relay has acknowledged everything that a recipient needs; of others' shares, whether one has told of it. */
  kept: boolean
  /** Of mine: whether another device of mine made it and no relay has it yet. */
  onOtherDevice: boolean
  /** Of what was passed on: hosts that may have its files and that were not asked, because they belong to nobody whom I
   *  know. Each would learn this device's network address. While its list of files is there alone, `files` is 0. */
  elsewhere: string[]
  /** Whether its readers may add files to it: it is an album. */
  adds: boolean
  /** Whether its readers may answer, for all of them to see. */
  answers: boolean
  /** How many comments and hearts it shows. */
  answered: number
  /** Id of the album to which this was added. It is to be shown there; where there is no such share, alone. */
  album?: string
  /** Whether its list of files is not here yet. It is looked for, unless `elsewhere` names somebody. */
  unlisted: boolean
  /** Whether it is in an album, for all of its readers; what I added is only after its author has taken it in. */
  inAlbum: boolean
}

/** Which shares are asked for; newest first. What was added to an album that is here is listed for that album alone. */
export interface ShareQuery {
  /** Only those of one kind. */
  kind?: Audience['kind']
  /** Only this author's. */
  author?: string
  /** Only what was added to this album. */
  album?: string
  /** Only those that come after this share in the list. */
  before?: string
  /** At most so many. */
  limit?: number
}

/** A file of a share. */
export interface FileEntry {
  /** Relative path, `/` between segments. */
  path: string
  /** Bytes. */
  size: number
  /** Media type, by the author's claim. */
  type: string
  /** When it was last changed, by the author's claim. */
  modified?: Date
  /** A small raster picture. */
  preview?: Blob
  /** Bytes of it held in this browser. */
  have: number
  /** Name under which it is saved alone: that of the path, as every system can have it. */
  portableName: string
}

/** A file of a share, as much as a list needs to put it in its place. */
export interface FileName {
  /** Relative path, `/` between segments. */
  path: string
  /** Media type, by the author's claim. */
  type: string
  /** Bytes. */
  size: number
  /** When it was last changed, by the author's claim. */
  modified?: Date
}

/** Which files of a share are asked for, sorted by path. */
export interface FilesQuery {
  /** Only those after this path. */
  after?: string
  /** At most so many; 1,000 where none is given. */
  limit?: number
  /** Only the files at these paths, in this order instead. */
  paths?: string[]
}

/** A share whose files were not all read when the engine ended. */
export interface Draft {
  /** Name of the draft. */
  id: string
  /** The share's title. */
  title: string
  /** Paths of the files to choose again. */
  missing: string[]
  /** Whether its pictures were prepared with the places where they were taken. */
  keepLocation: boolean
}

/** How far a recipient of one of my shares has come, as far as it is known. */
export interface Delivery {
  /** The recipient's id. */
  contact: string
  /** How far. */
  state: Stage
}

/** A comment on a share, or a heart. */
export interface Comment {
  /** Its name, hexadecimal. */
  id: string
  /** Id of who says it. */
  who: string
  /** What they call themselves. */
  name: string
  /** When it was written, by its writer's claim. */
  time: Date
  /** What it says; absent where it is a heart. */
  text?: string
  /** Whether it is a heart. */
  heart: boolean
  /** Id of the comment that it answers. */
  reply?: string
  /** Whether I say it. */
  mine: boolean
  /** Whether I hide it from the other readers of my share. */
  hidden: boolean
}

/** What somebody says of a share, for all of its readers to see. */
export interface NewComment {
  /** Some words, at most 1,000 characters; or else a heart. */
  text?: string
  /** Whether it is a heart. A second one is the first. */
  heart?: boolean
  /** Id of the comment that it answers. */
  reply?: string
}

/** A link that was given out. */
export interface Link {
  /** The share that it leads to. */
  id: string
  /** Its title. */
  title: string
  /** The code to be given out, behind `#/link/` after the address of any page. */
  link: string
  /** Whether a password is needed as well. */
  password: boolean
  /** When it was made. */
  created: Date
  /** When it ends. */
  expires?: Date
}

/** What is to become of a link that was given out; what is absent stays as it is. */
export interface LinkChange {
  /** Another password; an empty one takes it away. */
  password?: string
  /** Another end; `null` for never. */
  expires?: Date | null
}

/** What opening a link would do: nobody is connected for it before the link is opened. */
export interface LinkPreview {
  /** Id of its author. */
  author: string
  /** What I call its author, if the unlocked profile knows them. */
  authorName?: string
  /** Whether it is a link of mine. */
  own: boolean
  /** The share to which it leads, if the unlocked profile has opened it before. */
  share?: string
  /** Hosts that opening it connects to, and that are no relays of this page. Each learns this device's network address. */
  relays: string[]
  /** When it ends. */
  expires?: Date
}

/** Files that somebody left in a box of mine, and that wait for an answer. */
export interface Drop {
  /** Its name, for the calls about it: the throw-away identity of who left it. */
  id: string
  /** What they wrote. */
  message?: string
  /** How many files there are, by their claim. */
  files: number
  /** Their bytes, by their claim. */
  size: number
  /** When they left it, by their clock. */
  time: Date
}

/** A drop box of mine. */
export interface DropBox {
  /** Its id, for the calls about it. */
  id: string
  /** What I call it: nobody else learns this. */
  name?: string
  /** The code of its link, to stand behind `#/drop/` of a page's address. */
  link: string
  /** Bytes that fit into it. */
  bytes: number
  /** Bytes of these that are left, as a relay says; absent where none has answered, or where the box has ended. */
  left?: number
  /** When it ends or was ended. */
  until: Date
  /** Whether nothing can be left in it any more. */
  ended: boolean
  /** What was left in it and waits for an answer, the newest first. */
  drops: Drop[]
}

/** Somebody whom contacts of mine know, and whom I may add. */
export interface Suggestion {
  /** The identity's IPNS name, `k51…`. */
  id: string
  /** What the first contact of `through` says that they are called. Nobody else says so. */
  name: string
  /** Two words that follow from the id, to tell people of one name apart. */
  words: [string, string]
  /** The contacts who show them, by their ids; at least one. */
  through: string[]
}

/** Somebody whom a contact introduces to me, and who was not answered yet. */
export interface Introduction {
  /** The identity's IPNS name, `k51…`. */
  id: string
  /** What the contact says that they are called. Nobody else says so. */
  name: string
  /** Two words that follow from the id, to tell people of one name apart. */
  words: [string, string]
  /** The contact who introduces them, by their id. */
  by: string
  /** What the contact writes to both. */
  message?: string
  /** When the contact wrote it, by their clock. */
  time: Date
}

/** What opening a drop link would do: nobody is connected for it before the box is opened. */
export interface DropLinkPreview {
  /** Id of its owner. */
  owner: string
  /** Whether it is a box of the unlocked profile. */
  own: boolean
  /** Hosts that opening it connects to, and that are no relays of this page. Each learns this device's network address. */
  relays: string[]
  /** Bytes that fit into it, by its claim. */
  bytes: number
  /** When it ends, by its claim. */
  until: Date
}

/** A drop box of somebody, as who has its link sees it. */
export interface OpenedDropBox {
  /** Id of its owner. */
  owner: string
  /** The name that its owner publishes. */
  name: string
  /** The picture that its owner publishes. */
  avatar?: Blob
  /** Bytes that are left in it, as its relay says. */
  left: number
  /** When it ends, by its claim. */
  until: Date
}

/** Room that I give. */
export interface GivenRoom {
  /** Bytes of it. */
  bytes: number
  /** Bytes of it that are used. */
  used: number
  /** How many of their shares are kept whole. */
  shares: number
  /** How many of the shares that they ask for are not. */
  missing: number
  /** Whether they may name me to those who read what is theirs. */
  named: boolean
  /** Whether shares for everybody are kept too. */
  public: boolean
  /** Whether it is filled over a metered line too. */
  metered: boolean
  /** When it ends, where I took it back. */
  ends?: Date
}

/** What a keeper proved when it was asked last: blocks of each share that it can deliver. */
export interface Proof {
  /** When that was; absent where it was not asked yet. */
  at?: Date
  /** Shares of mine that it can deliver, as far as it was asked. */
  shares: string[]
  /** Those of which it could not deliver something. */
  lacks: string[]
}

/** Room that a friend gives me. */
export interface ReceivedRoom {
  /** Bytes of it. */
  bytes: number
  /** Bytes of it that are used, as they say. */
  used: number
  /** Whether they are asked to keep something: one of those who give most, whose words I compared or whom I added a
   *  month ago. */
  chosen: boolean
  /** Whether those who read my shares may fetch them from this friend. */
  named: boolean
  /** Whether not all of it fits. */
  full: boolean
  /** When they last said what they keep. */
  said?: Date
  /** Shares of mine that they keep whole, as they say. */
  shares: string[]
  /** What one of their devices proved last. */
  proof: Proof
}

/** What is kept between a friend and me. */
export interface FriendKeeping {
  /** The contact. */
  contact: string
  /** The room that I give them in this browser. */
  given?: GivenRoom
  /** The room that they give me. */
  received?: ReceivedRoom
  /** Other contacts of mine who keep what this one shares: it comes from them too. */
  keepers: string[]
}

/** What a relay of mine keeps for me. */
export interface RelayKeeping {
  /** Its address. */
  relay: string
  /** The shares, as it acknowledged. */
  shares: string[]
  /** What it proved last. */
  proof: Proof
  /** When a trial last found that the words bring the profile back from it. */
  passed?: Date
}

/** What is wrong with a service. */
export type ServiceTrouble =
  | "unreachable"
  | "strange"
  | "token"
  | "full"
  | "busy"
  | "refused"
  | "failing"

/** What a pinning service holds for me, as it says. */
export interface ServiceKeeping {
  /** What I call it. */
  name: string
  /** Its host. */
  host: string
  /** Shares of mine that it holds whole. */
  shares: string[]
  /** How many it has not finished. */
  waiting: number
  /** How many it gave up. */
  failed: number
  /** When it last answered; absent where it never did. */
  checked?: Date
  /** What was wrong when it was asked last. */
  trouble?: ServiceTrouble
  /** What it says of the trouble, or of a share that it gave up, in its words. */
  said?: string
}

/** How far the files of a share are out of this browser. */
export type FreedStage = "asked" | "freed" | "returns"

/** A share of mine whose files others have instead of this browser, or are to. */
export interface Freed {
  /** The share. */
  share: string
  /** How far it is. */
  stage: FreedStage
  /** Since when. */
  at: Date
  /** Contacts who have proven all of it, and did not lack anything since. */
  friends: string[]
  /** Addresses of my relays that have. */
  relays: string[]
  /** Number of its blocks that two places have proven within the day. */
  proven: number
  /** Number of its blocks; 0 before the first proof. */
  blocks: number
}

/** Why the files of a share cannot leave this browser now. */
export type WhyNotFreed =
  | "unfinished"
  | "public"
  | "elsewhere"
  | "folder"
  | "wanted"
  | "asked"
  | "no-friend"
  | "one-place"

/** A share of mine whose files cannot leave this browser now. */
export interface NotFreed {
  /** The share. */
  share: string
  /** Bytes of its files that are here. */
  bytes: number
  /** Why. */
  why: WhyNotFreed
}

/** What could leave this browser. */
export interface FreeableSpace {
  /** Bytes of it. */
  bytes: number
  /** Shares of mine whose files these are. */
  shares: string[]
  /** My other shares. */
  others: NotFreed[]
}

/** What I keep for friends, and they for me. */
export interface KeepingStatus {
  /** Bytes of room that I give to all together. */
  given: number
  /** Bytes of it that are used. */
  used: number
  /** Contacts with whom something is kept. */
  friends: FriendKeeping[]
  /** My relays, and which of my shares they keep. */
  relays: RelayKeeping[]
  /** Pinning services, and which of my shares they hold. */
  services: ServiceKeeping[]
  /** Shares of mine whose files others have instead of this browser, or are to. */
  freed: Freed[]
  /** Whether the line of this device is paid for by what goes over it, as far as the browser tells: rooms are filled over
   *  another one, unless their terms say otherwise. */
  metered: boolean
}

/** Why the words would not bring a profile back from a place as it is here. */
export type TrialFailure =
  | "unreachable"
  | "unknown"
  | "incomplete"
  | "unreadable"
  | "older"
  | "lacking"

/** Whether the words would bring this profile back from one place. */
export interface Trial {
  /** The address of the relay. */
  place: string
  /** Whether all came back, and as new as it is here. */
  ok: boolean
  /** Why not. */
  reason?: TrialFailure
  /** When what it has was published, if it has anything that can be read. */
  published?: Date
}

/** Which way a transfer goes: files into the store, the store to a keeper, a keeper or peer to the store. */
export type Direction = "add" | "up" | "down"

/** Where a transfer stands. */
export type TransferState =
  | "queued"
  | "active"
  | "waiting"
  | "paused"
  | "done"
  | "failed"
  | "cancelled"

/** What the relay keeps for this profile, and what a share needs beside. */
export interface RelayRoom {
  /** Bytes used. */
  used: number
  /** Bytes that may be used. */
  quota: number
  /** Bytes that the share adds. */
  needed: number
}

/** What a transfer waits for: a relay, somebody who has the bytes, room in the browser's store, an unlocked profile, room
 *  in what the relay keeps for this profile, room on the relay's disk. */
export type WaitingFor = "relay" | "author" | "space" | "unlock" | "quota" | "disk"

/** Progress of one file within a transfer. */
export interface FileProgress {
  /** Relative path. */
  path: string
  /** Bytes done. */
  bytes: number
  /** Bytes in all. */
  total: number
}

/** Where a share was saved, and which of its files have another name there, or none. */
export interface Saved {
  /** The folder named after the share, in the one that was picked. */
  folder: string
  /** Number of files that were there already, with the same bytes, because the share was saved before. */
  already: number
  /** Number of files that were written. */
  written: number
  /** Number of files that have another name than in the share: theirs is not possible on every system, or was taken. */
  renamed: number
  /** Number of files that were left out, because the system does not allow them. */
  leftOut: number
  /** The first of both, at most 64. */
  names?: SavedName[]
}

/** A file that has another name where it was saved, or was left out. */
export interface SavedName {
  /** Its path in the share. */
  path: string
  /** Its path in the folder; none if it was left out. */
  savedAs?: string
}

/** Why a transfer ended. */
export interface Failure {
  /** Its stable code. */
  code: Code
  /** One sentence. */
  message: string
}

/** One upload or download. */
export interface Transfer {
  /** Name of the transfer. */
  id: string
  /** The share it belongs to. */
  share: string
  /** Which way it goes. */
  direction: Direction
  /** Verified bytes written or acknowledged so far. */
  bytes: number
  /** Bytes in all. */
  total: number
  /** Smoothed over the last seconds. */
  bytesPerSecond: number
  /** At the present rate; none where there is no rate. */
  secondsLeft: number | null
  /** Where it stands. */
  state: TransferState
  /** What it waits for, in state `waiting`. */
  waitingFor?: WaitingFor
  /** What is used at the relay and what is needed, where it waits for `quota`. */
  room?: RelayRoom
  /** The files that moved since the last event, at most 64; what lasts is in `Shares.files()`. */
  files?: FileProgress[]
  /** Why it failed. */
  error?: Failure
  /** What became of it in a folder, if it is saved into one; complete when the transfer has ended. */
  saved?: Saved
}

/** One own relay. */
export interface RelayStatus {
  /** Its multiaddr. */
  address: string
  /** Whether a connection is open. */
  connected: boolean
  /** Milliseconds by which the clock of this device is ahead of the relay's, once the relay has told its time; negative
   *  if it is behind. What the relay says is not verified: it is shown, and changes nothing. */
  clockAhead?: number
}

/** Why a contact is reached through the relay: I have it so, this browser makes no direct connections, one is being
 *  made, none was offered yet, theirs takes none, both have tried and found no way. */
export type NotDirect = "off" | "unsupported" | "trying" | "untried" | "declined" | "no-way"

/** One connected peer. */
export interface PeerStatus {
  /** Its PeerId. */
  peer: string
  /** Id of the contact whose device it is. */
  contact?: string
  /** How it is reached. */
  via: 'relay' | 'direct'
  /** Why it goes through the relay, where it does and the peer is a contact's. */
  notDirect?: NotDirect
  /** Round trip, milliseconds. */
  rttMs?: number
}

/** What the engine is connected to. */
export interface NetworkStatus {
  /** The relays that this engine keeps connected. */
  relays: RelayStatus[]
  /** Every other connected peer. */
  peers: PeerStatus[]
  /** Bytes of blocks that others have got from this device since the profile was unlocked. */
  served: number
}

/** A relay of this profile that sends Web Pushes. */
export interface PushRelay {
  /** Its address. */
  relay: string
  /** The key by which push services know it, in base64url: `applicationServerKey` of `pushManager.subscribe`. */
  key: string
}

/** What the store holds. */
export interface EngineStorage {
  /** Bytes used by the unlocked profile's blocks and rows. */
  used: number
  /** Bytes kept for friends, each block with 512 more than it has. */
  keptForFriends: number
  /** Bytes of room that friends have. */
  budgetForFriends: number
}

/** What the browser says of the storage of this origin. Only the boundary knows it. */
export interface Origin {
  /** Bytes that the browser gives this origin, at present. */
  quota: number
  /** Whether the browser has promised not to clear this origin by itself. */
  persisted: boolean
}

/** What became of a share. */
export type Change = "received" | "updated" | "removed"

/** What happened. Events about one subject come in order. `request` means that somebody asks to be added, and comes
 *  again when more is known of them; `request-removed`, that they were answered. `resync` means that events were
 *  dropped: list again. */
export type EngineEvent =
  | ({ type: "transfer" } & Transfer)
  | { type: "share"; change: Change; share: Share }
  | { type: "contact"; contact: Contact }
  | { type: "contact-removed"; id: string }
  | { type: "request"; id: string; name: string; declined: boolean }
  | { type: "request-removed"; id: string }
  | { type: "delivery"; share: string; contact: string; state: Stage }
  | { type: "answers"; share: string; from?: string }
  | { type: "transfer-added"; id: string }
  | { type: "transfer-removed"; id: string }
  | { type: "profile"; me: Me | null }
  | { type: "quota"; used: number; needed: number }
  | { type: "network"; connected: boolean }
  | { type: "folders" }
  | { type: "drops" }
  | { type: "keeping" }
  | { type: "devices" }
  | { type: "device-asks"; name: string }
  | { type: "device-words"; words: string[] }
  | { type: "device-identity"; id: string; name: string }
  | { type: "device-code-ended" }
  | { type: "introductions" }
  | { type: "resync" }

/** Numbers and words that belong to the detail or the code of an error. */
export interface Parameters {
  /** Of `word-count`: how many words were typed. */
  words?: number
  /** Of `other-words`: how many more entries there are before the code ends. */
  tries?: number
  /** Of `unknown-word`: the position of the word, from 1. */
  position?: number
  /** Of `unknown-word`: words of the list that look like it, the nearest first. */
  near?: string[]
  /** Of `drop-full` and `nothing-to-lend`: how many bytes fit. */
  left?: number
  /** Of the code `file-changed`: the path of the file in the share. */
  path?: string
}

/** How far a recipient has come: queued here, kept by a relay, all of it with the recipient, looked at by the recipient. */
export type Stage = "queued" | "kept" | "fetched" | "opened"

/** Whose fault an error is: what a person typed, another peer, storage, or a defect of ours. */
export type Fault = "user" | "peer" | "storage" | "bug"

/** What the code of an error leaves open. */
export type Detail =
  | "link-ended"
  | "drop-closed"
  | "drop-full"
  | "nothing-to-lend"
  | "own-id"
  | "mistyped-id"
  | "broken-code"
  | "old-code"
  | "several"
  | "friend"
  | "asked"
  | "followed"
  | "blocked"
  | "closed"
  | "doubted"
  | "needs-name"
  | "not-agreed"
  | "word-count"
  | "unknown-word"
  | "word-order"
  | "words-of-another"
  | "other-words"
  | "four-words"
  | "code-ended"
  | "words-elsewhere"
  | "relays-only"
  | "service-known"
  | "service-address"
  | "service-unreachable"
  | "no-service"
  | "service-token"
  | "service-refused"
  | "passkey-gone"
  | "passkey-elsewhere"
  | "passkey-wrong"
  | "passkeys-full"
  | "passkey-refused"
  | "passkey-known"
  | "no-prf"

/** The stable name of an error; docs/errors.md says when each comes and what to do. */
export type Code =
  | "locked"
  | "wrong-passphrase"
  | "passkey-failed"
  | "not-found"
  | "already-exists"
  | "invalid-id"
  | "invalid-name"
  | "invalid-phrase"
  | "invalid-signature"
  | "unreachable"
  | "quota-exceeded"
  | "file-changed"
  | "permission-needed"
  | "engine-moved"
  | "engine-stopped"
  | "insecure-context"
  | "unsupported"
  | "not-invited"
  | "refused"
  | "cancelled"
  | "storage-failed"
  | "bug"

/** Limits that the engine checks. */
export const LIMITS = {
  /** Characters in the name of a person or a circle. */
  nameChars: 64,
  /** Characters in a new passphrase, at least. */
  passphraseChars: 8,
  /** Characters in what a person says of themselves. */
  bioChars: 1000,
  /** Characters in the title of a share. */
  titleChars: 200,
  /** Characters in the note of a share for everybody. */
  noteChars: 4000,
  /** Characters in the note of a share that is not for everybody. */
  textChars: 10000,
  /** Characters in a comment on a share. */
  commentChars: 1000,
  /** Comments and hearts on one share. */
  comments: 1000,
  /** Comments and hearts of one reader on one share within a day. */
  commentsADay: 20,
  /** Characters in the message of a contact request. */
  messageChars: 500,
  /** Bytes, in UTF-8, of the path of a file. */
  pathBytes: 1024,
  /** Bytes, in UTF-8, of one segment of a path. */
  segmentBytes: 255,
  /** Folders without files in one share. */
  folders: 1024,
  /** Bytes of a person's picture. */
  avatarBytes: 49152,
  /** Pixels of a person's picture, across or down. */
  avatarPixels: 512,
  /** Bytes of a file's preview. */
  previewBytes: 16384,
  /** Pixels of a file's preview, across or down. */
  previewPixels: 1024,
  /** Circles of one contact. */
  circles: 32,
  /** Days that an invite is good. */
  inviteDays: 60,
} as const

/** Whose fault an error is, by its code. */
export const FAULTS = {
  /** The call needs an unlocked profile, and no profile is unlocked. */
  'locked': 'user',
  /** The passphrase does not open the profile, or the password does not open the link. */
  'wrong-passphrase': 'user',
  /** A passkey was not made, or does not unlock the profile. `detail` says why. */
  'passkey-failed': 'user',
  /** Nothing here has this id or path, or the link was switched off or has ended. */
  'not-found': 'user',
  /** What the call would make is here already. */
  'already-exists': 'user',
  /** The text is no id, no invite and no link, or it names this profile itself. */
  'invalid-id': 'user',
  /** A name, title, note, path or number breaks a rule of FORMAT.md. */
  'invalid-name': 'user',
  /** The recovery words are not 24 words of the list, or their checksum is wrong. */
  'invalid-phrase': 'user',
  /** Something that another peer published is malformed, or its signature is wrong. */
  'invalid-signature': 'peer',
  /** No peer or relay that has it can be reached. */
  'unreachable': 'peer',
  /** The storage of this browser is full. */
  'quota-exceeded': 'storage',
  /** A file changed or was removed since it was chosen, or cannot be read. `parameters.path` names it. */
  'file-changed': 'user',
  /** The browser does not allow the page to read the file or to write into the folder. */
  'permission-needed': 'user',
  /** Another tab, or a page of another build, runs the engine now; or this one was closed. */
  'engine-moved': 'storage',
  /** The engine broke, or could not be loaded, while it had this call. */
  'engine-stopped': 'bug',
  /** The page was not loaded over https, or it shares its storage with other sites of a gateway. */
  'insecure-context': 'user',
  /** This build or this browser cannot do it, or an argument has the wrong type. */
  'unsupported': 'user',
  /** A relay keeps things only for people whom its operator invited. */
  'not-invited': 'peer',
  /** A relay refused, for a reason that its operator can change. */
  'refused': 'peer',
  /** The caller aborted the call. */
  'cancelled': 'user',
  /** The storage of this browser failed. */
  'storage-failed': 'storage',
  /** A defect of Spinney. */
  'bug': 'bug',
} as const satisfies Record<Code, Fault>
