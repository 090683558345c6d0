//! Reading and writing the fields of an object, with errors that name the field.
//!
//! Most objects list their fields once, in [`object!`](super::object); this is what that list is made of.

use std::collections::BTreeMap;

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;

use crate::crypto::block::Key;
use crate::crypto::hpke::{PUBLIC_KEY_LEN, PublicKey};
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::picture::{Picture, Refusal};
use crate::format::{DAG_CBOR, DAG_PB, cbor, is_kept, is_ours, limits, text};

/// Keys of an object that this version does not know: ignored, and written back as they were.
pub type Extra = BTreeMap<String, Ipld>;

/// What can stand in a field: turned into the data model and, checked, back.
pub trait Value: Sized {
    /// The value in the data model.
    fn to_ipld(&self) -> Ipld;

    /// Checks a value of the data model; a field of the error is relative to this value.
    fn from_ipld(value: Ipld) -> Result<Self, DecodeError>;

    /// The value's one encoding.
    fn to_bytes(&self) -> Vec<u8> {
        cbor::from_ipld(&self.to_ipld())
    }

    /// Reads the value strictly. Objects with a size limit have a `decode` that also checks that.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_ipld(cbor::to_ipld(bytes)?)
    }
}

/// Implements [`Value`] for a type by one variant of the data model: how to write it, and how to read it.
macro_rules! value {
    ([$($generics:tt)*] $Type:ty: $kind:literal, |$this:ident| $write:expr, $Variant:ident($found:ident) => $read:expr) => {
        impl<$($generics)*> Value for $Type {
            fn to_ipld(&self) -> Ipld {
                let $this = self;
                Ipld::$Variant($write)
            }

            fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
                let Ipld::$Variant($found) = value else { return Err(Fault::Kind($kind).into()) };
                $read
            }
        }
    };
}

value!([] u64: "an integer", |n| (*n).into(), Integer(n) => n.try_into().or(Err(Fault::Range.into())));
value!([] u32: "an integer", |n| (*n).into(), Integer(n) => n.try_into().or(Err(Fault::Range.into())));
value!([] bool: "true or false", |b| *b, Bool(b) => Ok(b));
value!([] String: "text", |s| s.clone(), String(s) => {
    if text::is_normal(&s) { Ok(s) } else { Err(Fault::Text.into()) }
});
value!([] Bytes: "bytes", |b| b.to_vec(), Bytes(b) => Ok(b.into()));
value!([const N: usize] [u8; N]: "bytes", |b| b.to_vec(), Bytes(b) => b.try_into().or(Err(Fault::Length(N).into())));
value!([] Cid: "a link", |cid| *cid, Link(cid) => {
    if is_ours(&cid) { Ok(cid) } else { Err(Fault::Kind("a link by CIDv1 and SHA2-256").into()) }
});
value!([T: Value] Vec<T>: "a list", |list| list.iter().map(T::to_ipld).collect(), List(list) => {
    let items = list.into_iter().enumerate();
    items.map(|(i, item)| T::from_ipld(item).map_err(|e| e.within(&i.to_string()))).collect()
});

impl Value for Ipld {
    fn to_ipld(&self) -> Ipld {
        self.clone()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        Ok(value)
    }
}

/// Implements [`Value`] for a type that is written as an array of bytes.
macro_rules! bytes_value {
    ($Type:ty: $len:expr, |$this:ident| $write:expr, |$bytes:ident| $read:expr) => {
        impl $crate::format::Value for $Type {
            fn to_ipld(&self) -> ipld_core::ipld::Ipld {
                let $this = self;
                $write.to_ipld()
            }

            fn from_ipld(value: ipld_core::ipld::Ipld) -> Result<Self, $crate::format::DecodeError> {
                let $bytes = <[u8; $len]>::from_ipld(value)?;
                Ok($read)
            }
        }
    };
}
pub(super) use bytes_value;

bytes_value!(Key: 32, |key| key.as_bytes(), |bytes| Self::from_bytes(bytes));
bytes_value!(VerifyingKey: 32, |key| key.as_bytes(), |bytes| Self::from_bytes(&bytes).or(Err(Fault::WeakKey))?);
bytes_value!(PublicKey: PUBLIC_KEY_LEN, |key| Bytes::from(key.to_bytes()), |bytes| {
    Self::from_bytes(&bytes).or(Err(Fault::WeakKey))?
});

/// The fields of a map, taken out one by one; what stays is [`Extra`].
pub(crate) struct Fields {
    map: BTreeMap<String, Ipld>,
}

impl Fields {
    pub(crate) fn of(value: Ipld) -> Result<Self, DecodeError> {
        let Ipld::Map(map) = value else { return Err(Fault::Kind("a map").into()) };
        Ok(Self { map })
    }

    /// Opens a versioned object: `v` must be 1 to `known`, and a higher one asks for a newer Spinney.
    pub(crate) fn versioned(value: Ipld, what: &'static str, known: u64) -> Result<(u64, Self), DecodeError> {
        let mut fields = Self::of(value)?;
        match fields.take::<u64>("v")? {
            v if (1..=known).contains(&v) => Ok((v, fields)),
            v if v > known => Err(DecodeError::Newer { what }),
            _ => Err(DecodeError::at("v", Fault::Range)),
        }
    }

    pub(crate) fn take<T: Value>(&mut self, key: &str) -> Result<T, DecodeError> {
        Plain::take(self, key, usize::MAX)
    }

    /// Takes a field that may be absent and has at most `max` characters, bytes or elements.
    ///
    /// They are counted before the field is looked at closer; a value of another kind is refused for its kind.
    fn maybe<T: Value>(&mut self, key: &str, max: usize) -> Result<Option<T>, DecodeError> {
        let Some(found) = self.map.remove(key) else { return Ok(None) };
        let (len, empty) = match &found {
            Ipld::String(text) => (text.chars().count(), Ipld::String(String::new())),
            Ipld::Bytes(bytes) => (bytes.len(), Ipld::Bytes(Vec::new())),
            Ipld::List(list) => (list.len(), Ipld::List(Vec::new())),
            _ => (0, Ipld::Null),
        };
        let value = match len > max {
            true => T::from_ipld(empty).and(Err(Fault::TooLong(max).into())),
            false => T::from_ipld(found),
        };
        value.map(Some).map_err(|e| e.within(key))
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// The keys that nobody took.
    pub(crate) fn rest(self) -> Extra {
        self.map
    }

    /// The keys that nobody took so far.
    pub(crate) fn remaining(&self) -> &Extra {
        &self.map
    }
}

/// How a field of type `T` stands in the map of its object. [`Plain`] is the rule.
pub(crate) trait Form<T> {
    /// Writes the field.
    fn put(value: &T, key: &str, map: &mut Extra);

    /// Takes the field, which has at most `max` characters, bytes or elements.
    fn take(fields: &mut Fields, key: &str, max: usize) -> Result<T, DecodeError>;
}

/// A value under its key; an `Option` may be absent.
pub(crate) struct Plain;

impl<T: Value> Form<T> for Plain {
    fn put(value: &T, key: &str, map: &mut Extra) {
        map.insert(key.to_owned(), value.to_ipld());
    }

    fn take(fields: &mut Fields, key: &str, max: usize) -> Result<T, DecodeError> {
        fields.maybe(key, max)?.ok_or_else(|| DecodeError::at(key, Fault::Missing))
    }
}

impl<T: Value> Form<Option<T>> for Plain {
    fn put(value: &Option<T>, key: &str, map: &mut Extra) {
        map.extend(value.iter().map(|value| (key.to_owned(), value.to_ipld())));
    }

    fn take(fields: &mut Fields, key: &str, max: usize) -> Result<Option<T>, DecodeError> {
        fields.maybe(key, max)
    }
}

/// Cells of one length in a row in one byte string, sorted, each once. The longest row is in cells.
pub(crate) struct Row;

impl<const N: usize> Form<Vec<[u8; N]>> for Row {
    fn put(cells: &Vec<[u8; N]>, key: &str, map: &mut Extra) {
        map.insert(key.to_owned(), Ipld::Bytes(cells.concat()));
    }

    fn take(fields: &mut Fields, key: &str, max: usize) -> Result<Vec<[u8; N]>, DecodeError> {
        let row: Bytes = Plain::take(fields, key, max.saturating_mul(N))?;
        let (cells, rest) = row.as_chunks::<N>();
        let whole = Fault::Padding.unless(rest.is_empty());
        whole.and_then(|()| rising(cells)).map_err(|fault| DecodeError::at(key, fault))?;
        Ok(cells.to_vec())
    }
}

/// A link to a UnixFS folder: version 1, SHA2-256, DAG-PB.
pub(crate) struct Folder;

impl Form<Cid> for Folder {
    fn put(cid: &Cid, key: &str, map: &mut Extra) {
        Plain::put(cid, key, map);
    }

    fn take(fields: &mut Fields, key: &str, _: usize) -> Result<Cid, DecodeError> {
        match fields.take(key)? {
            Ipld::Link(cid) if is_kept(&cid) && cid.codec() == DAG_PB => Ok(cid),
            _ => Err(DecodeError::at(key, Fault::Kind("a link to a folder"))),
        }
    }
}

/// Each element is greater than the one before it. CIDs compare as their bytes do, because all of Spinney's have
/// one length and one version.
pub(crate) fn rising<T: PartialOrd>(list: &[T]) -> Result<(), Fault> {
    Fault::Order.unless(list.is_sorted_by(|a, b| a < b))
}

/// Each element's `key` is greater than that of the one before it.
pub(crate) fn rising_by<T, K: PartialOrd>(key: impl Fn(&T) -> &K) -> impl Fn(&Vec<T>) -> Result<(), Fault> {
    move |list| Fault::Order.unless(list.is_sorted_by(|a, b| key(a) < key(b)))
}

/// There is at least one element.
pub(crate) fn not_empty<T>(list: &[T]) -> Result<(), Fault> {
    Fault::TooFew(1).unless(!list.is_empty())
}

/// A link to a DAG-CBOR block.
pub(crate) fn block(cid: &Cid) -> Result<(), Fault> {
    Fault::Contradiction.unless(cid.codec() == DAG_CBOR)
}

/// Links to DAG-CBOR blocks.
pub(crate) fn blocks(list: &[Cid]) -> Result<(), DecodeError> {
    let mut links = list.iter().enumerate();
    links.try_for_each(|(i, cid)| block(cid).map_err(|fault| DecodeError::at(i.to_string(), fault)))
}

/// The bytes are a still raster picture of at most `max_side` pixels in either direction.
pub(crate) fn is_picture(max_side: u32) -> impl Fn(&Bytes) -> Result<(), Fault> {
    move |bytes| match Picture::read(bytes, max_side) {
        Ok(_) => Ok(()),
        Err(Refusal::Kind) => Err(Fault::Kind("a JPEG, PNG or WebP picture")),
        Err(Refusal::Unreadable) => Err(Fault::Kind("a picture whose head can be read")),
        Err(Refusal::Several) => Err(Fault::Kind("one picture that does not move")),
        Err(Refusal::TooLarge(max)) => Err(Fault::Pixels(max)),
    }
}

/// Addresses of relays have a bounded length. What an address says is checked before it is dialled.
pub(crate) fn relays(relays: &[String]) -> Result<(), Fault> {
    let fit = relays.iter().all(|relay| relay.len() <= limits::RELAY_BYTES);
    Fault::TooLong(limits::RELAY_BYTES).unless(fit)
}

/// The check of a field that may be absent.
pub(crate) fn maybe<T, E>(check: impl Fn(&T) -> Result<(), E>) -> impl Fn(&Option<T>) -> Result<(), E> {
    move |value| value.as_ref().map_or(Ok(()), &check)
}
