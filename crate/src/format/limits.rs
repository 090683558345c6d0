//! Every bound of the format, with its reason. Sizes are in bytes where nothing else is said.
//!
//! Readers refuse what is over a bound before they parse it; writers refuse to make it.

/// Nesting of lists and maps: our deepest object uses 8, and a decoder's stack must be safe.
pub const MAX_DEPTH: usize = 16;
/// Largest integer: what a JavaScript number holds exactly.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// An IPNS record: the bound of the IPNS specification.
pub const IPNS_RECORD: usize = 10 * 1024;
/// Seconds that the sequence of a record may be ahead of a reader's clock: clocks of devices differ, and an identity that
/// publishes often counts a little faster than seconds. What is further ahead would make all later records look old.
pub const SEQUENCE_AHEAD_S: u64 = 30 * 24 * 60 * 60;
/// A signed root: four digests, four links and room to grow.
pub const ROOT: usize = 4 * 1024;
/// A device certificate, which is sent with every connection to an own relay.
pub const CERTIFICATE: usize = 1024;
/// A signed profile: the avatar, the X-Wing key and texts.
pub const PROFILE: usize = 64 * 1024;
/// An avatar: what 256 pixels square need as a good JPEG.
pub const AVATAR: usize = 48 * 1024;
/// Pixels of an avatar, across or down: twice what the page makes, and 1 MiB when decoded.
pub const AVATAR_SIDE: u32 = 512;
/// A header block: 4,096 slots of 64, the sealed header and links.
pub const HEADER_BLOCK: usize = 320 * 1024;
/// A signed header inside of its seal: a title at four bytes a character, and a text at three.
pub const HEADER: usize = 32 * 1024 - 4;
/// A sealed node: few round trips for a large folder, little to read for a small one.
pub const NODE: usize = 256 * 1024;
/// Entries, branches or chunk references in one node.
pub const NODE_ENTRIES: usize = 1024;
/// Nodes on the way from the manifest to an entry, both included: 1,024⁴ entries are more than enough.
pub const MANIFEST_DEPTH: usize = 4;
/// Folders without files in a share: they stand in its manifest, beside the listing.
pub const FOLDERS: usize = 1024;
/// What others added to an album: their parts stand in its manifest, and each is a list of files to be fetched.
pub const PARTS: usize = 64;
/// Relays that keep a part: those of its maker, and few enough that 64 parts fit beside a listing.
pub const PART_KEEPERS: usize = 2;
/// Chunk references that stand inside of an entry; files with more have node pointers instead.
pub const INLINE_CHUNKS: usize = 64;
/// A preview picture: 320 pixels across as WebP or JPEG.
pub const PREVIEW: usize = 16 * 1024;
/// Pixels of a preview, across or down: three times what the page makes, and 4 MiB when decoded.
pub const PREVIEW_SIDE: u32 = 1024;
/// A chunk's ciphertext: below the 1 MiB that other IPFS tools expect of a block at most.
pub const CHUNK_BLOCK: usize = 1024 * 1024 - 1;
/// A page of a letterbox, as a whole.
pub const PAGE: usize = 32 * 1024;
/// A note on a page.
pub const PAGE_NOTE: usize = 4 * 1024;
/// A signed comment: 1,000 characters at three bytes each, and a note around it that stays under [`PAGE_NOTE`].
pub const COMMENT: usize = 3840;
/// Older pages that one page names: skips of doubling width reach any history.
pub const PAGE_OLDER: usize = 32;
/// A letterbox map, or one of its lists of pages.
pub const MAP: usize = 32 * 1024;
/// Entries of a map in one block, decoys included: it is fetched whole, and stays under [`MAP`].
pub const MAP_ENTRIES: usize = 256;
/// Blocks of entries that a map names where one is not enough.
pub const MAP_NODES: usize = 16;
/// Letterboxes in one map: as many as a header has slots.
pub const LETTERBOXES: usize = MAP_NODES * MAP_ENTRIES;
/// Nodes of one letter: a thousand entries of a hundred bytes, which a reader fetches one after the other.
pub const LETTER_NODES: usize = 4;
/// People in one part of a letter with contacts: with two relays each they fill a node.
pub const SHOWN: usize = 256;
/// Relays of somebody who is shown: where to look first, not a list of targets.
pub const SHOWN_RELAYS: usize = 2;
/// How long an introduction is good, in milliseconds: as long as a request.
pub const INTRODUCTION_MS: u64 = REQUEST_MS;
/// Links to pages in one list: 41 bytes each, under [`MAP`].
pub const MAP_PAGES: usize = 768;
/// Lists of pages that a map names beside its own.
pub const MAP_MORE: usize = 64;
/// A vault bucket: as a node.
pub const VAULT_BUCKET: usize = 256 * 1024;
/// Buckets of a vault: their links fill one block of 64 KiB.
pub const VAULT_BUCKETS: usize = 1024;
/// The vault's root block.
pub const VAULT: usize = 64 * 1024;
/// Characters in a key of the vault.
pub const VAULT_KEY_CHARS: usize = 256;
/// A keystore: a handful of ways to unlock.
pub const KEYSTORE: usize = 16 * 1024;
/// Ways to unlock one keystore.
pub const KEYSTORE_WRAPS: usize = 16;
/// Bytes of a passkey's credential id: the most that WebAuthn allows.
pub const CREDENTIAL_BYTES: usize = 1023;
/// Characters of a host: the most that DNS allows.
pub const HOST_CHARS: usize = 253;
/// The frame of a contact request before it is sealed: all have this one size.
pub const REQUEST: usize = 4 * 1024;
/// An invite in binary form: a QR code holds about 2,900.
pub const INVITE: usize = 2 * 1024;
/// A link to a share in binary form: as an invite.
pub const LINK: usize = 2 * 1024;
/// A link to a drop box in binary form: as an invite.
pub const DROP_LINK: usize = 2 * 1024;
/// A code of a device in binary form: two relays and room to grow, in a picture that phones still read.
pub const DEVICE_CODE: usize = 1024;
/// A message of two devices that are linked: four relays, and room to grow.
pub const DEVICE_LINK_MESSAGE: usize = 2 * 1024;
/// A signed public share: title and note at four bytes a character; one fits onto a page of a feed.
pub const PUBLIC_SHARE: usize = 20 * 1024;
/// A signed page of a feed: as a page of a letterbox.
pub const FEED_PAGE: usize = 32 * 1024;
/// Entries on one page of a feed: what a page holds of the shortest kind and more.
pub const FEED_ENTRIES: usize = 512;

/// Characters in the name of a person.
pub const NAME_CHARS: usize = 64;
/// Characters in a new passphrase, at least: somebody who has the disk can try shorter ones, even at the cost of Argon2id.
pub const PASSPHRASE_CHARS: usize = 8;
/// Characters in the title of a share.
pub const TITLE_CHARS: usize = 200;
/// Characters in the note of a share.
pub const NOTE_CHARS: usize = 4000;
/// Characters by which the note of a sealed share goes on: with them it is a text of 10,000.
pub const MORE_CHARS: usize = 6000;
/// Characters in the whole note of a sealed share.
pub const TEXT_CHARS: usize = NOTE_CHARS + MORE_CHARS;
/// Bytes of that note, in UTF-8: three for each character, which leaves room for title, cover and signature in a header.
pub const TEXT_BYTES: usize = 3 * TEXT_CHARS;
/// Characters in the name of an order of files.
pub const ORDER_CHARS: usize = 16;
/// Characters in a comment on a share: some sentences, not a letter.
pub const COMMENT_CHARS: usize = 1000;
/// Comments and hearts on one share: they come with each list of them.
pub const COMMENTS: usize = 1000;
/// Comments and hearts of one reader on one share within a day: many for a conversation, few for somebody who floods it.
pub const COMMENTS_A_DAY: usize = 20;
/// Characters in the message of a request: four bytes each leave room for relays and the signature in its frame.
pub const MESSAGE_CHARS: usize = 500;
/// Characters in what a person says of themselves.
pub const BIO_CHARS: usize = 1000;
/// Characters in a media type: RFC 6838 allows 127 for each side of the slash.
pub const TYPE_CHARS: usize = 255;
/// The path of a file.
pub const PATH_BYTES: usize = 1024;
/// One part of a path: what file systems allow.
pub const SEGMENT_BYTES: usize = 255;
/// A name under which a file is saved: file systems allow 255, and browsers write into a file beside it whose name is
/// longer by `.crswap` or `.crdownload` until it is complete.
pub const PORTABLE_BYTES: usize = 240;
/// What counts as the extension of a file when a long name is cut, with its dot: longer ones are parts of a sentence.
pub const EXTENSION_BYTES: usize = 32;

/// Relays of one person: enough for one to be up, few enough not to be a list of targets.
pub const RELAYS: usize = 4;
/// Relays in the code of a device: one that is down leaves another, and the picture stays small.
pub const DEVICE_CODE_RELAYS: usize = 2;
/// Relays in the link of a drop box: each lends the whole of its room, and one that is down leaves another.
pub const DROP_RELAYS: usize = 2;
/// The address of a relay, a multiaddr in text.
pub const RELAY_BYTES: usize = 256;
/// Digests of earlier roots: one, or those of the devices that wrote at once.
pub const ROOT_PREV: usize = 4;
/// Slots in a header: at least 8, so that a share with one friend looks like one with seven.
pub const SLOTS_MIN: usize = 8;
/// Slots in a header: 256 KiB of them.
pub const SLOTS_MAX: usize = 4096;
/// Entries in a map: at least 16, so that few friends look like more.
pub const MAP_ENTRIES_MIN: usize = 16;
/// Certificates in one note.
pub const DEVICES: usize = 8;
/// Removed devices in one note: twice as many as are kept of a contact.
pub const REMOVED_DEVICES: usize = 16;
/// Devices of keepers in one note: those of two friends, and more than one each.
pub const KEEPER_DEVICES: usize = 8;
/// Relays of one such device: one that is down leaves another.
pub const KEEPER_RELAYS: usize = 2;
/// Shares on the list of what is to be kept: its letter fits into one node.
pub const KEEP_LIST: usize = 1024;
/// Loans of one identity at a keeper, to which others may push: the drop boxes that are open.
pub const LOANS: usize = 16;
/// Pins of one loan: what as many guests leave.
pub const LOAN_PINS: usize = 64;
/// Devices of one identity to which a keeper sends Web Pushes: those that a person has in their hands.
pub const SUBSCRIPTIONS: usize = 4;
/// How much longer than a loan its pins last, in milliseconds: 30 days, in which one finds time to look through them.
pub const AFTER_LOAN_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// Time that a device certificate may last, in milliseconds: 90 days.
pub const CERTIFICATE_MS: u64 = 90 * 24 * 60 * 60 * 1000;
/// How long a record lasts that nobody renews, in milliseconds: 180 days.
pub const RECORD_MS: u64 = 180 * 24 * 60 * 60 * 1000;
/// How long others may use a record without asking again, in nanoseconds as IPNS counts: 60 seconds.
pub const RECORD_TTL_NS: u64 = 60 * 1_000_000_000;
/// How long a request or the secret of an invite is good, in milliseconds: 60 days.
pub const REQUEST_MS: u64 = 60 * 24 * 60 * 60 * 1000;
