//! How times cross the boundary.
//!
//! In Rust a time is a `u64`, like a size. A member that is serialised with this module is marked as a time, so that
//! the boundary gives JavaScript a `Date` there. It knows times by this mark alone, not by the names of members.

use serde::{Serialize, Serializer};

/// Marks the milliseconds since 1970 beneath it as a time.
pub(crate) const MARK: &str = "$date";

/// Serialises milliseconds since 1970 as a time.
pub(crate) fn required<S: Serializer>(millis: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_variant("Date", 0, MARK, millis)
}

/// Serialises milliseconds since 1970 as a time, none as nothing.
pub(crate) fn optional<S: Serializer>(millis: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    struct Date(u64);
    impl Serialize for Date {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            required(&self.0, serializer)
        }
    }
    millis.map(Date).serialize(serializer)
}
