//! The signed object to which an identity's record points; everything it publishes hangs from it.

use cid::Cid;

use crate::crypto::sign::VerifyingKey;
use crate::format::fields::{block, maybe, rising};
use crate::format::limits;
use crate::format::object::object;

object! {
    /// A root.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "root")]
    #[signed("root", limits::ROOT)]
    pub struct Root {
        /// The same as the record's sequence: max(last known + 1, unix seconds).
        pub seq: u64,
        /// SHA-256 digests of the roots that this one replaces: none in the first, several after a merge.
        ///
        /// Bytes and not links, since every pin would follow all history otherwise. Sorted, each once.
        #[max(limits::ROOT_PREV)]
        #[check(rising)]
        pub prev: Vec<[u8; 32]>,
        /// When it was written, in milliseconds since 1970; the author's claim.
        pub time: u64,
        /// The signed profile.
        #[check(block)]
        pub profile: Cid,
        /// The letterbox map.
        #[check(block)]
        pub letterboxes: Cid,
        /// The root block of the vault.
        #[check(block)]
        pub vault: Cid,
        /// The newest page of the public feed.
        #[check(maybe(block))]
        pub feed: Option<Cid>,
        /// The identity that follows this one. It counts only if it fits the commitment that was pinned first.
        pub successor: Option<VerifyingKey>,
        ..extra
    }
}
