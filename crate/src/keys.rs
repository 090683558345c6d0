//! Identities: recovery words, the unlocked ring of keys, the keystore, device certificates, invites, links, and the
//! linking of devices.
//!
//! A profile grows from the 32 random bytes of its [`Phrase`]; everything else is derived ([`Ring`]), and lives
//! in memory only while the profile is unlocked. Nothing here does I/O.
#![forbid(unsafe_code)]

pub mod device;
pub mod device_link;
pub mod drop_box;
mod id;
pub mod introduction;
pub mod invite;
pub mod keystore;
pub mod link;
mod phrase;
mod ring;

pub use id::{Id, InvalidId, peer_id, six_words};
pub use phrase::{Phrase, PhraseError};
pub use ring::{KEM_EPOCH, Ring};
