//! IPNS records: the signed, renewable pointer from an identity to its root.
//!
//! Follows the [IPNS record specification](https://specs.ipfs.tech/ipns/ipns-record/), version 2 signatures
//! alone: `data` and `signatureV2`. The older fields are not written; where another tool wrote them they must
//! say the same as `data`, and signatures of version 1 are never looked at. The name is the identity's key, so
//! records carry no key.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;
use prost::Message;

use crate::crypto::sign::{SIGNATURE_LEN, SigningKey, VerifyingKey};
use crate::format::error::{DecodeError, Fault, ReadError, check_size};
use crate::format::fields::Value;
use crate::format::limits;
use crate::format::object::object;

/// What the signature covers before the data.
const SIGNATURE_PREFIX: &[u8] = b"ipns-signature:";
/// The one validity type there is: validity holds an end of life.
const EOL: u64 = 0;
/// What a value starts with.
const IPFS: &str = "/ipfs/";

/// A verified record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The root that it points to.
    pub root: Cid,
    /// Rises with every change.
    pub sequence: u64,
    /// End of life, in milliseconds since 1970; what is finer is cut off.
    pub until: u64,
    /// How long it may be used without asking again, in nanoseconds.
    pub ttl: u64,
}

impl Record {
    /// Whether this record takes the place of another of the same name.
    ///
    /// A higher sequence does; so does the same sequence and value with a later end of life, which is a
    /// renewal. The same sequence with another value does not: which of two is right, a higher one says.
    pub fn supersedes(&self, other: &Self) -> bool {
        self.sequence > other.sequence
            || (self.sequence == other.sequence && self.root == other.root && self.until > other.until)
    }

    /// Whether two records show that their identity wrote twice at once: one sequence, two values.
    pub fn conflicts_with(&self, other: &Self) -> bool {
        self.sequence == other.sequence && self.root != other.root
    }

    /// Whether the record has outlived its validity at a time, in milliseconds since 1970.
    pub fn is_expired(&self, now: u64) -> bool {
        self.until <= now
    }

    /// Whether the sequence is above what any honest clock gives at a time, in milliseconds since 1970.
    ///
    /// Sequences follow unix seconds, so a record from far ahead would make all later ones of its identity look old.
    pub fn is_ahead(&self, now: u64) -> bool {
        self.sequence > (now / 1000).saturating_add(limits::SEQUENCE_AHEAD_S)
    }
}

/// Signs a record that points to `root` and lives for [`limits::RECORD_MS`] from `now` on.
///
/// Deterministic for one `now`, in milliseconds since 1970.
pub fn sign(key: &SigningKey, root: &Cid, sequence: u64, now: u64) -> Vec<u8> {
    let until = SystemTime::UNIX_EPOCH + Duration::from_millis(now + limits::RECORD_MS);
    let data = Data {
        value: format!("{IPFS}{root}").into(),
        validity: humantime::format_rfc3339_nanos(until).to_string().into(),
        validity_type: EOL,
        sequence,
        ttl: limits::RECORD_TTL_NS,
    }
    .to_bytes();
    let signature = key.sign(&[SIGNATURE_PREFIX, &data].concat()).to_vec();
    Entry { signature_v2: Some(signature), data: Some(data), ..Entry::default() }.encode_to_vec()
}

/// Verifies and reads the record of the identity `name`.
///
/// Whether it has expired is for the caller to ask: an expired record is still the newest there is.
pub fn open(record: &[u8], name: &VerifyingKey) -> Result<Record, ReadError> {
    read(record, name).map(|(record, _)| record)
}

/// Verifies and reads a record as [`open`] does, and writes it again with what is signed and nothing else.
///
/// The result opens as the same record. It is the same for all records with this signature and data, so a relay that
/// stores it stores nothing that the identity did not sign.
pub fn rewrite(record: &[u8], name: &VerifyingKey) -> Result<(Record, Vec<u8>), ReadError> {
    let (record, Entry { signature_v2, data, .. }) = read(record, name)?;
    Ok((record, Entry { signature_v2, data, ..Entry::default() }.encode_to_vec()))
}

fn read(record: &[u8], name: &VerifyingKey) -> Result<(Record, Entry), ReadError> {
    check_size("record", record, limits::IPNS_RECORD)?;
    let entry =
        Entry::decode(record).map_err(|_| DecodeError::at("record", Fault::Kind("a protobuf message")))?;
    let missing = |field| DecodeError::at(field, Fault::Missing);
    let signature = entry.signature_v2.as_deref().ok_or_else(|| missing("signatureV2"))?;
    let signature: &[u8; SIGNATURE_LEN] = signature.try_into().map_err(|_| ReadError::Signature)?;
    let data = entry.data.as_deref().ok_or_else(|| missing("data"))?;
    name.verify(&[SIGNATURE_PREFIX, data].concat(), signature).map_err(|_| ReadError::Signature)?;
    if entry.pub_key.as_deref().is_some_and(|key| !is_key_of(key, name)) {
        return Err(DecodeError::at("pubKey", Fault::Contradiction).into());
    }
    let data = Data::from_bytes(data).map_err(|e| e.within("data"))?;
    data.check_older_fields(&entry)?;
    Ok((data.record()?, entry))
}

/// Whether a libp2p public key message holds this Ed25519 key.
fn is_key_of(message: &[u8], name: &VerifyingKey) -> bool {
    message.strip_prefix(&[0x08, 0x01, 0x12, 0x20]) == Some(name.as_bytes())
}

object! {
    /// The signed part, as it stands in the record.
    #[derive(Debug)]
    struct Data {
        #[key("Value")]
        value: Bytes,
        #[key("Validity")]
        validity: Bytes,
        #[key("ValidityType")]
        validity_type: u64,
        #[key("Sequence")]
        sequence: u64,
        #[key("TTL")]
        ttl: u64,
    }
}

impl Data {
    fn record(&self) -> Result<Record, DecodeError> {
        if self.validity_type != EOL {
            return Err(DecodeError::at("data.ValidityType", Fault::Range));
        }
        let value = std::str::from_utf8(&self.value).ok().and_then(|value| value.strip_prefix(IPFS));
        let root = value.and_then(|cid| Some((cid, Cid::try_from(cid).ok()?)));
        // Compared with its one spelling, so that equal roots are equal bytes.
        let root = match root {
            Some((text, cid)) if cid.to_string() == text => Cid::from_ipld(Ipld::Link(cid)),
            _ => Err(DecodeError::at("", Fault::Kind("/ipfs/ and a CID"))),
        };
        Ok(Record {
            root: root.map_err(|e| e.within("data.Value"))?,
            sequence: self.sequence,
            until: time(&self.validity).ok_or(DecodeError::at("data.Validity", Fault::Kind("a time")))?,
            ttl: self.ttl,
        })
    }

    /// Fields that tools wrote before `data` was signed: unsigned copies, which must not say anything else.
    fn check_older_fields(&self, entry: &Entry) -> Result<(), DecodeError> {
        let same = [
            ("value", entry.value.as_ref().is_none_or(|v| *v == self.value)),
            ("validity", entry.validity.as_ref().is_none_or(|v| *v == self.validity)),
            ("validityType", entry.validity_type.is_none_or(|v| v == self.validity_type)),
            ("sequence", entry.sequence.is_none_or(|v| v == self.sequence)),
            ("ttl", entry.ttl.is_none_or(|v| v == self.ttl)),
        ];
        match same.iter().find(|(_, same)| !same) {
            None => Ok(()),
            Some((field, _)) => Err(DecodeError::at(*field, Fault::Contradiction)),
        }
    }
}

/// The longest time: nine digits after the second.
const LONGEST_TIME: usize = "2026-11-28T12:00:00.000000000Z".len();

/// Milliseconds since 1970 of an RFC 3339 time in UTC, with at most nine digits after the second.
fn time(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    // `humantime` takes other spellings of UTC, and an empty fraction.
    if text.len() > LONGEST_TIME || !text.ends_with('Z') || text.ends_with(".Z") {
        return None;
    }
    let time = humantime::parse_rfc3339(text).ok()?;
    time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_millis().try_into().ok()
}

/// `IpnsEntry` of the specification.
#[derive(Clone, PartialEq, Message)]
struct Entry {
    #[prost(bytes = "vec", optional, tag = "1")]
    value: Option<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "2")]
    signature_v1: Option<Vec<u8>>,
    #[prost(uint64, optional, tag = "3")]
    validity_type: Option<u64>,
    #[prost(bytes = "vec", optional, tag = "4")]
    validity: Option<Vec<u8>>,
    #[prost(uint64, optional, tag = "5")]
    sequence: Option<u64>,
    #[prost(uint64, optional, tag = "6")]
    ttl: Option<u64>,
    #[prost(bytes = "vec", optional, tag = "7")]
    pub_key: Option<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "8")]
    signature_v2: Option<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "9")]
    data: Option<Vec<u8>>,
}
