//! Strict DAG-CBOR: one encoding for each value, and nothing else is read.
//!
//! Follows the [DAG-CBOR specification](https://ipld.io/specs/codecs/dag-cbor/spec/) in its strictest
//! reading, less what Spinney never writes: floats, null, and integers outside of 0…2^53−1 (which a JavaScript
//! reader could not hold). Bytes become [`Ipld`] first and a struct afterwards: a decoder that reads straight
//! into a struct accepts non-canonical bytes inside of the fields that it skips.

use ipld_core::ipld::Ipld;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::format::limits::{MAX_DEPTH, MAX_INTEGER};

/// Why bytes are not strict DAG-CBOR, or not of the shape asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStrict {
    /// Cut short, trailing bytes, an unknown tag, invalid UTF-8, unsorted keys and the like.
    #[error("{0}")]
    Malformed(String),
    /// Readable, but not the one encoding of its value.
    #[error("not the canonical encoding")]
    NotCanonical,
    /// Lists and maps nested more than [`MAX_DEPTH`] deep.
    #[error("nested too deeply")]
    Depth,
    /// A negative integer, or one above 2^53−1.
    #[error("an integer outside of 0 to 2^53-1")]
    Integer,
    /// A floating-point number.
    #[error("a float")]
    Float,
    /// Null.
    #[error("a null")]
    Null,
}

/// Reads bytes as one value, strictly.
pub fn to_ipld(bytes: &[u8]) -> Result<Ipld, NotStrict> {
    let value: Ipld =
        serde_ipld_dagcbor::from_slice(bytes).map_err(|e| NotStrict::Malformed(e.to_string()))?;
    check(&value, MAX_DEPTH)?;
    // The library refuses what it knows to be non-canonical, but for example reads a CID with bytes behind it.
    // Encoding again leaves no such gap.
    if from_ipld(&value) == bytes { Ok(value) } else { Err(NotStrict::NotCanonical) }
}

/// Writes a value in its one encoding.
pub fn from_ipld(value: &Ipld) -> Vec<u8> {
    encode(value)
}

/// Writes any serializable value in its one encoding.
///
/// # Panics
///
/// If `T` serializes to something that DAG-CBOR does not have, such as a map with keys that are not text.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_ipld_dagcbor::to_vec(value).expect("values of the data model are encoded into memory without fail")
}

/// Reads bytes strictly as a `T`, for the small messages of a protocol; unknown keys are ignored.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, NotStrict> {
    to_ipld(bytes)?;
    // From the bytes again, since the errors of `ipld_core` print the value, which may be a secret.
    serde_ipld_dagcbor::from_slice(bytes).map_err(|e| NotStrict::Malformed(e.to_string()))
}

fn check(value: &Ipld, depth: usize) -> Result<(), NotStrict> {
    let inside = || depth.checked_sub(1).ok_or(NotStrict::Depth);
    match value {
        Ipld::Null => Err(NotStrict::Null),
        Ipld::Float(_) => Err(NotStrict::Float),
        Ipld::Integer(n) if !(0..=i128::from(MAX_INTEGER)).contains(n) => Err(NotStrict::Integer),
        Ipld::List(list) => {
            let depth = inside()?;
            list.iter().try_for_each(|value| check(value, depth))
        }
        Ipld::Map(map) => {
            let depth = inside()?;
            map.values().try_for_each(|value| check(value, depth))
        }
        Ipld::Integer(_) | Ipld::Bool(_) | Ipld::String(_) | Ipld::Bytes(_) | Ipld::Link(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(hex: &str) -> NotStrict {
        to_ipld(&data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()).expect_err(hex)
    }

    fn accepted(hex: &str) -> Ipld {
        to_ipld(&data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()).expect(hex)
    }

    #[test]
    fn map_keys_must_be_sorted_by_length_and_then_by_bytes_and_be_unique() {
        accepted("a3616101616202626161 03".replace(' ', "").as_str());
        refused("a2616201616102"); // b before a
        refused("a262616101616202"); // aa before b
        refused("a2616101616102"); // a twice
        refused("a10102"); // a key that is not text
    }

    #[test]
    fn integers_and_lengths_must_be_minimal() {
        accepted("17");
        accepted("1818");
        for hex in ["1817", "190017", "1a00000017", "1b0000000000000017", "1900ff", "1a0000ffff"] {
            refused(hex);
        }
        for hex in ["5801ff", "780161", "980101", "b801616101", "a1780161 01".replace(' ', "").as_str()] {
            refused(hex);
        }
    }

    #[test]
    fn integers_stay_inside_of_what_javascript_can_hold() {
        accepted("1b001fffffffffffff");
        assert_eq!(refused("1b0020000000000000"), NotStrict::Integer);
        assert_eq!(refused("20"), NotStrict::Integer); // -1
        assert_eq!(refused("3bffffffffffffffff"), NotStrict::Integer);
        refused("c24101"); // a big integer
    }

    #[test]
    fn indefinite_lengths_are_refused() {
        for hex in ["5f4101ff", "7f6161ff", "9f01ff", "bf616101ff", "ff"] {
            refused(hex);
        }
    }

    #[test]
    fn floats_null_undefined_and_simple_values_are_refused() {
        assert_eq!(refused("fb3ff8000000000000"), NotStrict::Float);
        assert_eq!(refused("f6"), NotStrict::Null);
        assert_eq!(refused("81f6"), NotStrict::Null);
        for hex in ["f93e00", "fa3fc00000", "f7", "e0", "f820", "f814", "fb7ff8000000000000"] {
            refused(hex);
        }
    }

    #[test]
    fn tags_other_than_a_link_are_refused() {
        let link = "d82a58250001711220".to_owned() + &"00".repeat(32);
        assert!(matches!(accepted(&link), Ipld::Link(_)));
        refused("c001");
        refused("d82b4101");
        refused("d9002a58250001711220"); // a tag that is not minimal, and cut short
        refused(&link.replacen("5825", "5826", 1).replacen("1220", "1221", 1)); // cut short
        refused(&("d82a58260001711220".to_owned() + &"00".repeat(33))); // a byte behind the CID
        refused(&("d82a582501017112".to_owned() + "20" + &"00".repeat(32))); // no zero before the CID
    }

    #[test]
    fn text_must_be_utf8_and_nothing_may_follow() {
        refused("61ff");
        refused("62c328");
        refused("0000");
        refused("");
        refused("8201");
    }

    #[test]
    fn sixteen_nested_containers_are_read_and_seventeen_are_not() {
        accepted(&("81".repeat(15) + "80"));
        accepted(&("a16161".repeat(15) + "a0"));
        assert_eq!(refused(&("81".repeat(16) + "80")), NotStrict::Depth);
        assert_eq!(refused(&("a16161".repeat(16) + "a0")), NotStrict::Depth);
        refused(&"81".repeat(100_000));
    }

    #[test]
    fn a_list_that_claims_a_huge_length_costs_nothing() {
        refused("9b7fffffffffffffff");
        refused("bb7fffffffffffffff");
        refused("5b7fffffffffffffff");
        refused("7b7fffffffffffffff");
    }

    /// Any value that Spinney may write, nested a few levels.
    fn value() -> impl Strategy<Value = Ipld> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Ipld::Bool),
            (0..=MAX_INTEGER).prop_map(|n| Ipld::Integer(n.into())),
            ".{0,12}".prop_map(Ipld::String),
            proptest::collection::vec(any::<u8>(), 0..40).prop_map(Ipld::Bytes),
            any::<[u8; 8]>().prop_map(|b| Ipld::Link(crate::format::cid_of(crate::format::RAW, &b))),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..8).prop_map(Ipld::List),
                proptest::collection::btree_map(".{0,4}", inner, 0..8).prop_map(Ipld::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in value()) {
            prop_assert_eq!(to_ipld(&from_ipld(&value)).unwrap(), value);
        }

        #[test]
        fn no_value_has_two_encodings(value in value(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let mut bytes = from_ipld(&value);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(other) = to_ipld(&bytes) {
                prop_assert_ne!(other, value);
            }
        }
    }
}
