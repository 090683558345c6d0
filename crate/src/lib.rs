//! Spinney: friends share files privately, peer to peer, with nothing to install.
//!
//! The same code runs in a page's worker (wasm32), in native tests, and, as far as it speaks to other
//! peers, in the relay. `ARCHITECTURE.md` has the map and the invariants, `FORMAT.md` every object.

pub mod crypto;
pub mod dag;
pub mod engine;
pub mod format;
#[cfg(target_arch = "wasm32")]
pub mod js;
pub mod keys;
pub mod net;
pub mod platform;
pub mod social;
pub mod store;
