//! Every bound of the relay, with its reason.

use std::time::Duration;

/// TCP connections at once, over HTTP and libp2p: memory for each is some 100 KiB when it is busy.
pub(crate) const CONNECTIONS: usize = 4096;

/// TCP connections at once from one network outside of this machine: a household or an office.
pub(crate) const CONNECTIONS_PER_NETWORK: u32 = 256;

/// Connections of one device: one for each path that it tries, and those it has not noticed are dead.
pub(crate) const CONNECTIONS_PER_PEER: u32 = 8;

/// A connection that takes nothing of what we have for it is closed after this time.
pub(crate) const STALL: Duration = Duration::from_secs(60);

/// Upgraded connections that wait for the swarm; those that find no room are hung up.
pub(crate) const UPGRADED: usize = 64;

/// Time for the head of a request, and for Noise after an upgrade: slow phones, no slow loris.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(15);

/// A connection without reservation, circuit or stream is closed after this time.
pub(crate) const IDLE: Duration = Duration::from_secs(120);

/// Bytes of one WebSocket message: Noise's are below 64 KiB and a sender may join some.
pub(crate) const WS_MESSAGE: usize = 1 << 20;

/// Keep sessions at once: each may hold 8 MiB of blocks that wait for the disk. More wait for their turn.
pub(crate) const KEEP_SESSIONS: usize = 48;

/// Keep sessions of one device at once, so that nobody takes all of them.
pub(crate) const KEEP_SESSIONS_PER_PEER: u32 = 8;

/// A keep session in which nothing moved for this long is closed.
pub(crate) const KEEP_SILENCE: Duration = Duration::from_secs(120);

/// Answers with blocks over HTTP at once: each holds a block of up to 1 MiB. More wait for their turn.
pub(crate) const ANSWERS: usize = 64;

/// Answers with blocks at once for one network: four browsers, each with its six connections.
pub(crate) const ANSWERS_PER_NETWORK: u32 = 24;

/// Archives over HTTP at once: the largest remembers so many names that it takes 90 MB. More wait for their turn.
pub(crate) const ARCHIVES: usize = 4;

/// Archives at once for one network, so that nobody takes all of them.
pub(crate) const ARCHIVES_PER_NETWORK: u32 = 2;

/// When somebody who is refused for a while may ask again.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(10);

/// How long browsers may remember which origins may ask: all of them may, and that does not change.
pub(crate) const CORS_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Records that one device, or over HTTP one network, may put in [`RATE_PERIOD`]: publishing every second would be far below.
pub(crate) const PUTS: u32 = 120;

/// The period over which [`PUTS`] counts.
pub(crate) const RATE_PERIOD: Duration = Duration::from_secs(60);

/// Devices or networks of which one rate is counted at once; the oldest are forgotten, which only frees them earlier.
pub(crate) const RATE_COUNTED: usize = 4096;

/// Mails in all mailboxes: some 350 MB of sealed requests.
pub(crate) const MAIL: u32 = 1 << 16;

/// Mails of strangers in one mailbox while less than a half of [`MAIL`] is taken, less than three quarters,
/// and more: nobody reads so many requests, and a flood of some mailboxes leaves room in all others.
pub(crate) const MAIL_OF_STRANGERS: [u32; 3] = [256, 32, 4];

/// The same for mails with a token, which have their own room: one for each of [`TOKENS`] in ordinary times.
pub(crate) const MAIL_INVITED: [u32; 3] = [256, 64, 16];

/// Tokens that one identity may have the relay expect.
pub(crate) const TOKENS: u32 = 256;

/// Deposits that one device may try in [`DEPOSIT_PERIOD`]: whoever leaves mail has a device for each.
pub(crate) const DEPOSITS_PER_PEER: u32 = 16;

/// Deposits that one network may try in [`DEPOSIT_PERIOD`]: a party at which everybody adds everybody.
pub(crate) const DEPOSITS_PER_NETWORK: u32 = 120;

/// The period over which deposits count.
pub(crate) const DEPOSIT_PERIOD: Duration = Duration::from_secs(60 * 60);

/// Deposits that wait for the disk at once, so that a flood of them does not keep blocks and records waiting.
pub(crate) const DEPOSITS_AT_ONCE: usize = 4;

/// Bits by which the work for a full mailbox is more than for an empty one: sixteen times as much.
pub(crate) const WORK_RISE: u32 = 4;

/// Reservations for circuits: one for each device that is here.
pub(crate) const RESERVATIONS: usize = 4096;

/// Circuits at once, and of one device: it is connected to a handful of contacts.
pub(crate) const CIRCUITS: usize = 2048;
/// See [`CIRCUITS`].
pub(crate) const CIRCUITS_PER_PEER: usize = 32;

/// A circuit lasts this long and carries so many bytes. libp2p has one limit for all: strangers are not told
/// from registered identities, so it is what friends need to share a film over.
pub(crate) const CIRCUIT_TIME: Duration = Duration::from_secs(60 * 60);
/// See [`CIRCUIT_TIME`].
pub(crate) const CIRCUIT_BYTES: u64 = 4 << 30;

/// Reservations and circuits that one device may ask for in [`CIRCUIT_RATE_PERIOD`].
pub(crate) const CIRCUIT_RATE: u32 = 60;
/// See [`CIRCUIT_RATE`].
pub(crate) const CIRCUIT_RATE_PERIOD: Duration = Duration::from_secs(60);

/// Bytes of a question for an address that are read: browsers ask in 20, and one with more is not answered.
pub(crate) const STUN_REQUEST: usize = 548;

/// Pause after the system had no room for another connection or datagram.
pub(crate) const NO_ROOM: Duration = Duration::from_millis(100);

/// Time that handlers have to finish when the relay stops.
pub(crate) const FAREWELL: Duration = Duration::from_secs(5);
