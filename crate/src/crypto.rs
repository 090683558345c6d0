//! The primitives, which are a crate of their own.

pub use spinney_crypto::*;
