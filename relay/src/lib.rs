//! Spinney's relay: lets browsers meet, and keeps their shares available while tabs are closed.
//!
//! Clients do not trust the relay: everything that it stores is sealed or public, and clients verify what they fetch.
//! Its disk and its log never contain an address, or who watches whom.

mod admission;
mod behaviour;
mod bitswap;
mod circuits;
mod concurrency;
pub mod config;
mod connection_limits;
mod door;
#[cfg(feature = "testing")]
pub mod fuzzing;
mod gateway;
mod http;
mod idle_timeout;
pub mod invite;
mod keep;
mod key;
mod limits;
mod mailbox;
mod memory;
mod metrics;
mod muxer;
mod network;
mod page;
mod pinning;
mod private;
mod rate_limit;
mod records;
mod server;
mod sessions;
pub mod store;
mod stun;
mod tap;
pub mod token;
mod transport;
mod web_push;
mod write_timeout;

pub use config::{Config, Stun};
pub use server::{Server, StartError, start};
