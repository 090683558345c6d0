//! Spinney: friends share files privately, peer to peer, with nothing to install.
//!
//! The same code runs in a page's worker (wasm32) and in native tests. The relay uses the parts that speak to
//! other peers. `ARCHITECTURE.md` has the map and the invariants. `FORMAT.md` describes every object.

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
