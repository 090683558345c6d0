//! Totals of what the relay has done since it started, without anything about a person.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Serialize, Serializer};

/// A number that only rises.
///
/// `prometheus-client` is no fit yet: without an endpoint in its format it replaces only this type, and its counters do
/// not serialise to the JSON of `/healthz`.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}

impl Serialize for Counter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.load(Ordering::Relaxed))
    }
}

/// The numbers that `/healthz` shows.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metrics {
    /// Connections that were upgraded to libp2p.
    pub(crate) connections: Counter,
    /// Circuits opened between two devices.
    pub(crate) circuits: Counter,
    /// Records stored.
    pub(crate) records_put: Counter,
    /// Blocks served by Bitswap.
    pub(crate) bitswap_blocks: Counter,
    /// Bytes of the blocks.
    pub(crate) bitswap_bytes: Counter,
    /// Blocks served over HTTP.
    pub(crate) gateway_blocks: Counter,
    /// Bytes of the blocks.
    pub(crate) gateway_bytes: Counter,
    /// Blocks stored by keep.
    pub(crate) keep_blocks: Counter,
    /// Bytes of the blocks.
    pub(crate) keep_bytes: Counter,
    /// Deposits of mail that succeeded.
    pub(crate) mail: Counter,
    /// Web Pushes that a push service took.
    pub(crate) web_pushes: Counter,
    /// STUN requests that were answered with an address.
    pub(crate) stun: Counter,
    /// Pins made.
    pub(crate) pins: Counter,
}
