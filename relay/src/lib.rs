//! Spinney's relay: lets browsers meet, and keeps what they share available while tabs are closed.
//!
//! It is helpful and never trusted: what it keeps is sealed or public, and whoever fetches from it verifies.
//! Nothing of who watches whom, and no address, reaches its disk or its log.

mod behaviour;
mod bitswap;
pub mod config;
mod counters;
mod gateway;
mod http;
mod keep;
mod key;
mod limits;
mod mailbox;
mod network;
mod places;
mod rate;
mod records;
mod server;
mod silence;
mod stall;
pub mod store;
mod stun;
mod tap;
mod transport;

pub use config::{Config, Stun};
pub use server::{Running, StartError, start};
