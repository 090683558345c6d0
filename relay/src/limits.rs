//! Every limit of the relay, with its reason.

use std::{io, time::Duration};

/// TCP connections at once, over HTTP and libp2p: a busy one takes some 100 KiB of memory.
pub(crate) const CONNECTIONS: usize = 4096;

/// TCP connections at once from one network other than this machine: a household or an office. Behind a proxy it
/// counts those that are upgraded to libp2p.
pub(crate) const CONNECTIONS_PER_NETWORK: u32 = 256;

/// Connections of one device: one for each path that it tries, and dead ones that it has not noticed.
pub(crate) const CONNECTIONS_PER_PEER: u32 = 8;

/// A connection or stream that does not read what we write is closed after this time.
pub(crate) const WRITE_TIMEOUT: Duration = Duration::from_secs(60);

/// Upgraded connections that are not authenticated yet: an idle one takes some 20 KiB of memory.
pub(crate) const PENDING: usize = 2048;

/// The same from one network: authenticating takes a moment, so that an office gets through within a second.
pub(crate) const PENDING_PER_NETWORK: u32 = 8;

/// Time for the head of a request: enough for slow phones, too short for slow loris.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(15);

/// Time for Noise and Yamux after an upgrade: four messages, from a client that is known to answer.
pub(crate) const AUTHENTICATION: Duration = Duration::from_secs(5);

/// A connection without reservation, circuit or stream is closed after this time.
pub(crate) const IDLE: Duration = Duration::from_secs(120);

/// Bytes of one WebSocket message: Noise messages are below 64 KiB, and a sender may join some.
pub(crate) const WS_MESSAGE: usize = 1 << 20;

/// Keep sessions with blocks that wait for the disk: each holds up to 8 MiB of them. More sessions wait, before their
/// first block is taken in.
pub(crate) const PUSHES: usize = 48;

/// The same for one network, so that others find a free one.
pub(crate) const PUSHES_PER_NETWORK: usize = 24;

/// Keep sessions that have shown no certificate and no token: they may ask what is here, and cost some 30 KiB each.
pub(crate) const KEEP_ANONYMOUS: usize = 2048;

/// The same for one network.
pub(crate) const KEEP_ANONYMOUS_PER_NETWORK: u32 = 32;

/// Keep sessions of one identity at once: a page has one or two, and an identity may have several devices.
pub(crate) const KEEP_PER_IDENTITY: u32 = 8;

/// Keep sessions with a certificate or token from one network.
pub(crate) const KEEP_PER_NETWORK: u32 = 64;

/// Keep sessions with the token of one loan at once from one network: guests at one party.
pub(crate) const KEEP_PER_LOAN_OF_NETWORK: u32 = KEEP_PER_IDENTITY;

/// The same from all networks: so many that no two networks together keep other guests out.
pub(crate) const KEEP_PER_LOAN: u32 = 32;

/// Time for which what a guest has pushed and not pinned stays, also where a loan lacks room: longer than a guest needs
/// for what fits into a loan.
pub(crate) const HALF_LEFT: Duration = Duration::from_secs(60 * 60);

/// A keep session with a certificate or token that has no traffic is closed after this time.
pub(crate) const KEEP_IDLE: Duration = Duration::from_secs(120);

/// Memory for requests that are coming in or wait to be handled, in bytes. More wait.
pub(crate) const READING: usize = 256 << 20;

/// The same for one network: eight Bitswap messages of the longest kind.
pub(crate) const READING_PER_NETWORK: usize = 32 << 20;

/// Memory for blocks that Bitswap has read and its peers have not taken yet, in bytes. More wants wait.
pub(crate) const SERVING: usize = 1 << 30;

/// The same for one network: eight peers at full speed.
pub(crate) const SERVING_PER_NETWORK: usize = 32 << 20;

/// Streams at once on one connection, from both sides. A page opens at most 128.
pub(crate) const STREAMS: usize = 256;

/// Bytes that one connection may have sent and we have not read: Yamux grants each stream 256 KiB, and fast ones share
/// 16 MiB more.
pub(crate) const WINDOW: usize = STREAMS * (256 << 10) + (16 << 20);

/// Peers whose wants Bitswap remembers: one for each connection.
pub(crate) const LEDGERS: usize = CONNECTIONS;

/// The same for one network.
pub(crate) const LEDGERS_PER_NETWORK: usize = CONNECTIONS_PER_NETWORK as usize;

/// Responses with a block over HTTP at once: each holds up to 1 MiB. More wait.
pub(crate) const BLOCK_RESPONSES: usize = 64;

/// Responses with a block at once for one network: four browsers of six connections each.
pub(crate) const BLOCK_RESPONSES_PER_NETWORK: u32 = 24;

/// Archives over HTTP at once: the largest remembers so many CIDs that it takes 90 MB. More wait.
pub(crate) const ARCHIVES: usize = 4;

/// Archives at once for one network, so that one network cannot take all.
pub(crate) const ARCHIVES_PER_NETWORK: u32 = 2;

/// Time that one response with a block or an archive may take at most.
pub(crate) const RESPONSE_TIME: Duration = Duration::from_secs(6 * 60 * 60);

/// Bytes of a response that a client must take in each [`SLOW_TIME`], so that a slow reader does not keep one of the few
/// places: less than any line has on which an archive makes sense.
pub(crate) const SLOW_BYTES: u64 = 256 << 10;

/// See [`SLOW_BYTES`].
pub(crate) const SLOW_TIME: Duration = Duration::from_secs(60);

/// Time after which a client may ask again that was refused for a while.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(10);

/// Time for which browsers may cache the CORS rules: every origin is allowed, and that does not change.
pub(crate) const CORS_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Records that one device, or over HTTP one network, may put in [`PUT_PERIOD`]: far more than publishing needs.
pub(crate) const PUTS: u32 = 120;

/// The same over libp2p from one network: an office in which everybody publishes at once.
pub(crate) const PUTS_PER_NETWORK: u32 = 600;

/// The period of [`PUTS`] and [`PUTS_PER_NETWORK`].
pub(crate) const PUT_PERIOD: Duration = Duration::from_secs(60);

/// Questions for a proof that one identity may ask in [`PROOF_PERIOD`]: each has up to 256 MiB read. One a day is enough to
/// find out what was lost, and these are as many as 2 GiB need that are to be proven whole.
pub(crate) const PROOFS: u32 = 8;

/// The period of [`PROOFS`].
pub(crate) const PROOF_PERIOD: Duration = Duration::from_secs(60 * 60);

/// Watches of records at once on one connection: a page has one or two.
pub(crate) const WATCHES_PER_CONNECTION: u32 = 8;

/// The same for one network: an office.
pub(crate) const WATCHES_PER_NETWORK: u32 = 64;

/// Devices or networks that one rate limit counts; it forgets the oldest, which only allows them more.
pub(crate) const RATE_KEYS: usize = 4096;

/// Bytes that a block, a record or a mail is charged beside its own: what rows, indexes and the file system need for a
/// small one. The triggers of migration 4 have the same number.
pub(crate) const ITEM: u64 = spinney::net::keep::BLOCK_COST;

/// Blocks that one identity may hold: 512 GiB of whole chunks. A walk over all of them takes some 100 MiB of memory.
pub(crate) const BLOCKS_PER_IDENTITY: u64 = 1 << 20;

/// Blocks that one pin may newly reach: 64 GiB of the smaller chunks, in some 30 MiB of memory.
pub(crate) const PIN_REACH: usize = 1 << 18;

/// Blocks that the pins of one identity may walk over in [`WALK_PERIOD`]: four times the largest pin, because a pin that
/// names what is missing is asked again for each level of the graph.
pub(crate) const WALKED: u32 = 1 << 20;

/// The period of [`WALKED`].
pub(crate) const WALK_PERIOD: Duration = Duration::from_secs(60);

/// Blocks after which a walk waits for its turn: roots and usual shares have fewer.
pub(crate) const SHORT_WALK: usize = 4096;

/// Longer walks at once: half of the store's readers, so that others read beside them.
pub(crate) const LONG_WALKS: usize = 2;

/// Pin requests of one identity: some 32 MiB of the longest ones, which count to no quota. A token is for one person.
pub(crate) const PIN_REQUESTS: i64 = 4096;

/// Bytes of a pin request: a name of 255 letters, 20 origins and some notes.
pub(crate) const PIN_REQUEST: usize = 8 << 10;

/// Time for which a pin request waits for its blocks: as long as what is pushed stays by itself.
pub(crate) const PIN_QUEUED: Duration = Duration::from_secs(24 * 60 * 60);

/// Queued pin requests that are read at once.
pub(crate) const PIN_REQUESTS_AT_ONCE: i64 = 512;

/// Time after its end of life for which a record stays. Records live for 180 days, so somebody who comes back within a
/// year finds their profile by their words.
pub(crate) const RECORD_AFTER_END: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// Days after which the row of an identity goes that holds nothing: a device that opens a mailbox publishes soon after.
pub(crate) const EMPTY_DAYS: u32 = 1;

/// How far ahead of the clock a list of removed devices may say that it was changed. A later time counts as this one.
pub(crate) const REMOVED_AHEAD: Duration = Duration::from_secs(24 * 60 * 60);

/// Mails in all mailboxes before each has little room: some 350 MB of sealed requests. They count to the quotas of their
/// recipients and to the capacity.
pub(crate) const MAIL: u32 = 1 << 16;

/// Mails without a token in one mailbox whose identity keeps a root here, while all mailboxes hold less than half of
/// [`MAIL`], less than three quarters, and more. Nobody reads so many requests. The last number stays also beyond
/// [`MAIL`]: mailboxes that somebody fills on purpose take no room from others. It also holds for mailboxes without a
/// root, while less than half of [`MAIL`] is used.
pub(crate) const MAIL_FROM_STRANGERS: [u32; 3] = [256, 32, 4];

/// The same for mails with a token, which count separately: at first one for each of [`TOKENS`].
pub(crate) const MAIL_WITH_TOKEN: [u32; 3] = [256, 64, 16];

/// Tokens that a mailbox expects at most.
pub(crate) const TOKENS: u32 = 256;

/// Deposits that one device may try in [`DEPOSIT_PERIOD`]: a sender uses a new device id for each.
pub(crate) const DEPOSITS_PER_PEER: u32 = 16;

/// Deposits that one network may try in [`DEPOSIT_PERIOD`]: a party where all guests add each other.
pub(crate) const DEPOSITS_PER_NETWORK: u32 = 120;

/// The period of [`DEPOSITS_PER_PEER`] and [`DEPOSITS_PER_NETWORK`].
pub(crate) const DEPOSIT_PERIOD: Duration = Duration::from_secs(60 * 60);

/// Deposits that wait for the disk at once, so that a flood of them does not delay blocks and records.
pub(crate) const CONCURRENT_DEPOSITS: usize = 4;

/// Bits of work that a full mailbox costs more than an empty one: sixteen times the work.
pub(crate) const WORK_RISE: u32 = 4;

/// Endpoints for Web Push of all identities: some 64 MB of the longest ones, which count to no quota.
pub(crate) const SUBSCRIPTIONS: usize = 1 << 16;

/// Time from one Web Push to the next to one device: more would be a nuisance.
pub(crate) const WEB_PUSH_EVERY: Duration = Duration::from_secs(10 * 60);

/// Time that a device has to be noticed as gone, before a push, if it lost its line without a word.
pub(crate) const WEB_PUSH_LINGER: Duration = Duration::from_secs(2 * 60);

/// Time that a push service keeps a push for a device that is switched off.
pub(crate) const WEB_PUSH_TTL: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Time that a push service has for all of a push.
pub(crate) const WEB_PUSH_TIME: Duration = Duration::from_secs(10);

/// Attempts at one push, each after twice the time of the one before.
pub(crate) const WEB_PUSH_ATTEMPTS: u32 = 5;

/// The longest wait that a push service may ask for. A push that is later says nothing new.
pub(crate) const WEB_PUSH_RETRY: Duration = Duration::from_secs(6 * 60 * 60);

/// Devices that wait for their push. What comes for more is told with the next mail.
pub(crate) const WEB_PUSHES_WAITING: usize = 4096;

/// Pushes at once, each a connection.
pub(crate) const WEB_PUSHES: usize = 32;

/// Pushes at once to one host, so that one that hangs keeps none from others.
pub(crate) const WEB_PUSHES_PER_HOST: u32 = 8;

/// Reservations for circuits: one for each connection, so that [`CONNECTIONS_PER_NETWORK`] bounds those of one network.
pub(crate) const RESERVATIONS: usize = 4096;

/// Circuits at once, in all and of one device, which has few contacts online.
pub(crate) const CIRCUITS: usize = 2048;
/// See [`CIRCUITS`].
pub(crate) const CIRCUITS_PER_PEER: usize = 32;

/// Circuits at once from one network, so that four networks together cannot take all.
pub(crate) const CIRCUITS_PER_NETWORK: u32 = 384;

/// How long a circuit lasts, and how many bytes it carries. libp2p has one limit for all peers, so it is what friends
/// need to share a film.
pub(crate) const CIRCUIT_TIME: Duration = Duration::from_secs(60 * 60);
/// See [`CIRCUIT_TIME`].
pub(crate) const CIRCUIT_BYTES: u64 = 4 << 30;

/// Reservations and circuits that one device may ask for in [`CIRCUIT_RATE_PERIOD`].
pub(crate) const CIRCUIT_RATE: u32 = 60;
/// The same for one network: an office whose pages all reconnect.
pub(crate) const CIRCUIT_RATE_PER_NETWORK: u32 = 600;
/// See [`CIRCUIT_RATE`] and [`CIRCUIT_RATE_PER_NETWORK`].
pub(crate) const CIRCUIT_RATE_PERIOD: Duration = Duration::from_secs(60);

/// STUN requests that one address may send in [`STUN_PERIOD`]: a page asks a few times for each connection that it makes.
pub(crate) const STUN_REQUESTS: u32 = 120;

/// The period of [`STUN_REQUESTS`].
pub(crate) const STUN_PERIOD: Duration = Duration::from_secs(60);

/// Bytes of the longest STUN request that is answered; those of browsers have 20.
pub(crate) const STUN_REQUEST: usize = 548;

/// Pause after the system failed to receive a connection or datagram, so that the loop does not spin.
const RECEIVE_PAUSE: Duration = Duration::from_millis(100);

/// Logs that the system could not receive `what`, for example because no file descriptor is free, and pauses.
pub(crate) async fn pause_receiving(what: &'static str, error: io::Error) {
    tracing::warn!(%error, "{what} could not be received");
    tokio::time::sleep(RECEIVE_PAUSE).await;
}

/// Time that handlers have to finish when the relay stops.
pub(crate) const SHUTDOWN: Duration = Duration::from_secs(5);
