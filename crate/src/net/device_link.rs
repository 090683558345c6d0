//! `/spinney/device-link/1`: one more device of a person asks an unlocked one for the identity.
//!
//! The new device has read a code that the other shows, and opens the stream through a relay. A stream carries one
//! conversation, in this order:
//!
//! | from | message |
//! |---|---|
//! | new | `hello {commit}`: to its nonce |
//! | old | `nonce {nonce}` |
//! | new | `join {nonce, name, mac}`: it has read the code |
//! | old | `welcome {id, mac}`: it made the code |
//! | old | `seed {sealed}`, once the person has typed the four words that the new device shows |
//! | new | `done` |
//!
//! In the place of each message of the old device `refused {code}` may stand, which ends the stream. Every message is
//! an unsigned varint with its length, then strict DAG-CBOR: a map with one key, or a word.
//!
//! Everybody can open a stream, so [`answer_all`] holds few at a time, and a flood of others does not stop the one
//! that has read the code. Which keys prove what is in [`keys::device_link`](crate::keys::device_link).

mod door;
mod join;
mod serve;

#[cfg(test)]
mod tests;

use std::time::Duration;

use futures::AsyncRead;
use libp2p::StreamProtocol;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use super::frame::FrameError;
use super::{exchange, within};
use crate::format::{limits, text};
use crate::keys::Id;

pub use crate::format::device_link::Refusal;
pub use door::{MAX_STREAMS, answer_all};
pub use join::{Session, join};
pub use serve::{Host, Request, Welcome, serve};

/// The protocol's name.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/spinney/device-link/1");

/// The longest message: a handover with four relays, and room to grow.
const MAX_MESSAGE: usize = limits::DEVICE_LINK_MESSAGE;

/// Time for each message that no person has to do anything for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Time for the person to type the words: as long as the code is good.
const TYPING: Duration = Duration::from_secs(600);

/// Why a conversation failed, and whose fault it is.
pub type Error = exchange::Error<Refusal>;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FromNew {
    Hello { commit: ByteArray<32> },
    Join { nonce: ByteArray<32>, name: DeviceName, mac: ByteArray<32> },
    Done,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FromOld {
    Nonce { nonce: ByteArray<32> },
    Welcome { id: Id, mac: ByteArray<32> },
    Seed { sealed: ByteBuf },
    Refused(Refusal),
}

/// What a person calls a device: text of the format, not longer than the name of a person.
#[derive(Debug, Serialize, Deserialize)]
#[serde(try_from = "String")]
struct DeviceName(String);

/// The name of a device breaks a rule of text.
#[derive(Debug, thiserror::Error)]
#[error("the name of the device is too long, or no plain text in normal form C")]
struct InvalidDeviceName;

impl TryFrom<String> for DeviceName {
    type Error = InvalidDeviceName;

    fn try_from(name: String) -> Result<Self, InvalidDeviceName> {
        let is_fit = name.chars().count() <= limits::NAME_CHARS && text::is_normal(&name);
        if is_fit { Ok(Self(name)) } else { Err(InvalidDeviceName) }
    }
}

/// Receives a message that must come in time.
async fn expect<T, R>(reader: &mut R, patience: Duration) -> Result<T, FrameError>
where
    T: DeserializeOwned,
    R: AsyncRead + Unpin,
{
    within(patience, exchange::expect(reader, MAX_MESSAGE)).await.unwrap_or(Err(FrameError::Late))
}
