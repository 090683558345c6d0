//! Reading and writing the fields of an object, with errors that name the field.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use bytes::Bytes;
use cid::{Cid, Version};
use ipld_core::ipld::Ipld;

use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::{DAG_CBOR, DAG_PB, SHA2_256, cbor, is_ours, limits, text};

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

fn wrong<T>(fault: Fault) -> Result<T, DecodeError> {
    Err(DecodeError::at("", fault))
}

impl Value for Ipld {
    fn to_ipld(&self) -> Ipld {
        self.clone()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        Ok(value)
    }
}

impl Value for u64 {
    fn to_ipld(&self) -> Ipld {
        Ipld::Integer((*self).into())
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let Ipld::Integer(n) = value else { return wrong(Fault::Kind("an integer")) };
        n.try_into().or_else(|_| wrong(Fault::Range))
    }
}

impl Value for u32 {
    fn to_ipld(&self) -> Ipld {
        Ipld::Integer((*self).into())
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        u64::from_ipld(value)?.try_into().or_else(|_| wrong(Fault::Range))
    }
}

impl Value for bool {
    fn to_ipld(&self) -> Ipld {
        Ipld::Bool(*self)
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let Ipld::Bool(b) = value else { return wrong(Fault::Kind("true or false")) };
        Ok(b)
    }
}

impl Value for String {
    fn to_ipld(&self) -> Ipld {
        Ipld::String(self.clone())
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let Ipld::String(s) = value else { return wrong(Fault::Kind("text")) };
        if text::is_normal(&s) { Ok(s) } else { wrong(Fault::Text) }
    }
}

impl Value for Bytes {
    fn to_ipld(&self) -> Ipld {
        Ipld::Bytes(self.to_vec())
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let Ipld::Bytes(b) = value else { return wrong(Fault::Kind("bytes")) };
        Ok(b.into())
    }
}

impl<const N: usize> Value for [u8; N] {
    fn to_ipld(&self) -> Ipld {
        Ipld::Bytes(self.to_vec())
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let Ipld::Bytes(b) = value else { return wrong(Fault::Kind("bytes")) };
        b.try_into().or_else(|_| wrong(Fault::Length(N)))
    }
}

impl Value for Cid {
    fn to_ipld(&self) -> Ipld {
        Ipld::Link(*self)
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let Ipld::Link(cid) = value else { return wrong(Fault::Kind("a link")) };
        if is_ours(&cid) { Ok(cid) } else { wrong(Fault::Kind("a link by CIDv1 and SHA2-256")) }
    }
}

impl Value for VerifyingKey {
    fn to_ipld(&self) -> Ipld {
        self.as_bytes().to_ipld()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        Self::from_bytes(&<[u8; 32]>::from_ipld(value)?).or_else(|_| wrong(Fault::WeakKey))
    }
}

impl<T: Value> Value for Vec<T> {
    fn to_ipld(&self) -> Ipld {
        Ipld::List(self.iter().map(T::to_ipld).collect())
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let Ipld::List(list) = value else { return wrong(Fault::Kind("a list")) };
        list.into_iter()
            .enumerate()
            .map(|(i, item)| T::from_ipld(item).map_err(|e| e.within(&i.to_string())))
            .collect()
    }
}

/// The fields of a map, taken out one by one; what stays is [`Extra`].
pub(crate) struct Fields {
    map: BTreeMap<String, Ipld>,
}

impl Fields {
    pub(crate) fn of(value: Ipld) -> Result<Self, DecodeError> {
        match value {
            Ipld::Map(map) => Ok(Self { map }),
            _ => wrong(Fault::Kind("a map")),
        }
    }

    /// Opens a versioned object: `v` must be `known`, and a higher one asks for a newer Spinney.
    pub(crate) fn versioned(value: Ipld, what: &'static str, known: u64) -> Result<Self, DecodeError> {
        Ok(Self::of_versions(value, what, known..=known)?.1)
    }

    /// The same for an object of which several versions are known; says which this is.
    pub(crate) fn of_versions(
        value: Ipld,
        what: &'static str,
        known: RangeInclusive<u64>,
    ) -> Result<(u64, Self), DecodeError> {
        let mut fields = Self::of(value)?;
        match fields.take::<u64>("v")? {
            v if known.contains(&v) => Ok((v, fields)),
            v if v > *known.end() => Err(DecodeError::Newer { what }),
            _ => Err(DecodeError::at("v", Fault::Range)),
        }
    }

    pub(crate) fn take<T: Value>(&mut self, field: &str) -> Result<T, DecodeError> {
        self.maybe(field)?.ok_or_else(|| DecodeError::at(field, Fault::Missing))
    }

    pub(crate) fn maybe<T: Value>(&mut self, field: &str) -> Result<Option<T>, DecodeError> {
        self.map.remove(field).map(T::from_ipld).transpose().map_err(|e| e.within(field))
    }

    /// Text of at most `limit` characters.
    pub(crate) fn text(&mut self, field: &str, limit: usize) -> Result<String, DecodeError> {
        self.maybe_text(field, limit)?.ok_or_else(|| DecodeError::at(field, Fault::Missing))
    }

    /// Text of at most `limit` characters, if it is there.
    pub(crate) fn maybe_text(&mut self, field: &str, limit: usize) -> Result<Option<String>, DecodeError> {
        let found: Option<String> = self.maybe(field)?;
        match &found {
            Some(text) if text.chars().count() > limit => Err(DecodeError::at(field, Fault::TooLong(limit))),
            _ => Ok(found),
        }
    }

    /// Bytes, at most `limit` of them.
    pub(crate) fn bytes(&mut self, field: &str, limit: usize) -> Result<Bytes, DecodeError> {
        let found: Bytes = self.take(field)?;
        if found.len() > limit { Err(DecodeError::at(field, Fault::TooLong(limit))) } else { Ok(found) }
    }

    /// A list of at most `limit` values.
    pub(crate) fn list<T: Value>(&mut self, field: &str, limit: usize) -> Result<Vec<T>, DecodeError> {
        // Counted before the elements are looked at.
        match self.map.get(field) {
            Some(Ipld::List(list)) if list.len() > limit => {
                Err(DecodeError::at(field, Fault::TooLong(limit)))
            }
            _ => self.take(field),
        }
    }

    /// A list of at most `limit` links, strictly rising by their bytes.
    pub(crate) fn links(&mut self, field: &str, limit: usize) -> Result<Vec<Cid>, DecodeError> {
        let links = self.list::<Cid>(field, limit)?;
        if is_rising(&links) { Ok(links) } else { Err(DecodeError::at(field, Fault::Order)) }
    }

    /// A link to a DAG-CBOR block.
    pub(crate) fn block(&mut self, field: &str) -> Result<Cid, DecodeError> {
        let cid: Cid = self.take(field)?;
        if cid.codec() == DAG_CBOR { Ok(cid) } else { Err(DecodeError::at(field, Fault::Contradiction)) }
    }

    /// A link to a UnixFS folder: version 1, SHA2-256, DAG-PB.
    pub(crate) fn folder(&mut self, field: &str) -> Result<Cid, DecodeError> {
        match self.take(field)? {
            Ipld::Link(cid)
                if cid.version() == Version::V1
                    && cid.codec() == DAG_PB
                    && cid.hash().code() == SHA2_256
                    && cid.hash().size() == 32 =>
            {
                Ok(cid)
            }
            _ => Err(DecodeError::at(field, Fault::Kind("a link to a folder"))),
        }
    }

    /// Addresses of relays: their number and length only, what they say is checked before they are dialled.
    pub(crate) fn relays(&mut self, field: &str) -> Result<Vec<String>, DecodeError> {
        let relays: Vec<String> = self.list(field, limits::RELAYS)?;
        if relays.iter().all(|relay| relay.len() <= limits::RELAY_BYTES) {
            Ok(relays)
        } else {
            Err(DecodeError::at(field, Fault::TooLong(limits::RELAY_BYTES)))
        }
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.map.contains_key(field)
    }

    /// The keys that nobody took.
    pub(crate) fn rest(self) -> Extra {
        self.map
    }
}

/// Builds the map of an object.
pub(crate) struct Build {
    map: BTreeMap<String, Ipld>,
}

impl Build {
    /// Starts from the keys that this version does not know.
    pub(crate) fn from(extra: &Extra) -> Self {
        Self { map: extra.clone() }
    }

    pub(crate) fn new() -> Self {
        Self { map: BTreeMap::new() }
    }

    pub(crate) fn put<T: Value>(mut self, field: &str, value: &T) -> Self {
        self.map.insert(field.to_owned(), value.to_ipld());
        self
    }

    pub(crate) fn maybe<T: Value>(self, field: &str, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.put(field, value),
            None => self,
        }
    }

    pub(crate) fn done(self) -> Ipld {
        Ipld::Map(self.map)
    }
}

/// Whether each element is greater than the one before it. CIDs compare as their bytes do, since all of
/// Spinney's have one length and one version.
pub(crate) fn is_rising<T: Ord>(list: &[T]) -> bool {
    list.windows(2).all(|pair| pair[0] < pair[1])
}
