//! How what people copy becomes a short text: a few fields in a row and a checksum, behind the address of any page.

mod relay;

use data_encoding::BASE64URL_NOPAD;
use ipld_core::ipld::Ipld;

use crate::crypto::digest;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::secret::CodeSecret;
use crate::format::{cbor, limits};

pub use relay::shortened;

/// Bytes of the checksum behind an object, so that a typing error is not taken for something else.
const CHECKSUM: usize = 3;

/// Bytes of the checksum before an object, as builds of 2026 until November wrote it.
const OLD_CHECKSUM: usize = 4;

/// The one version, in the upper two bits of the first byte.
const VERSION: u8 = 1;

/// 2026-01-01T00:00:00Z in seconds since 1970, from which codes count time: no code is older.
const EPOCH_S: u64 = 1_767_225_600;

/// Seconds of a minute.
pub(super) const MINUTE: u64 = 60;
/// Seconds of an hour.
pub(super) const HOUR: u64 = 60 * MINUTE;

/// Why a text is no code of the kind that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoCode {
    /// Another alphabet, a checksum that does not fit, or too long.
    Malformed,
    /// It is of the kind that builds before the first release wrote.
    Old,
}

/// A kind of code.
pub(super) struct Kind {
    /// What stands before it.
    pub route: &'static str,
    /// Label of its checksum, so that no kind is taken for another.
    pub label: &'static str,
    /// Bytes of its object, at most.
    pub limit: usize,
    /// The checksum that it once had.
    pub old: fn(&[u8]) -> [u8; 32],
}

impl Kind {
    /// Base64url, without padding, of the object and of the first 3 bytes of its checksum.
    pub(super) fn write(&self, object: &[u8]) -> String {
        BASE64URL_NOPAD.encode(&[object, &self.checksum(object)].concat())
    }

    /// The object in such a text, or in a link that has it behind the route; white space around it does not matter.
    pub(super) fn read(&self, typed: &str) -> Result<Vec<u8>, NoCode> {
        let text = typed.trim();
        self.decode(text.split_once(self.route).map_or(text, |(_, behind)| behind))
    }

    /// The object in such a text, with nothing around it.
    pub(super) fn decode(&self, text: &str) -> Result<Vec<u8>, NoCode> {
        // Four characters hold three bytes.
        if text.len() > (OLD_CHECKSUM + self.limit).div_ceil(3) * 4 {
            return Err(NoCode::Malformed);
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).or(Err(NoCode::Malformed))?;
        let cut = bytes.len().checked_sub(CHECKSUM).ok_or(NoCode::Malformed)?;
        let (object, checksum) = bytes.split_at(cut);
        match () {
            () if self.checksum(object) == *checksum && object.len() <= self.limit => Ok(object.to_vec()),
            () if self.is_old(&bytes) => Err(NoCode::Old),
            () => Err(NoCode::Malformed),
        }
    }

    fn checksum(&self, object: &[u8]) -> [u8; CHECKSUM] {
        let [first, second, third, ..] = digest(self.label, &[object]);
        [first, second, third]
    }

    fn is_old(&self, bytes: &[u8]) -> bool {
        let parts = bytes.split_at_checked(OLD_CHECKSUM);
        parts.is_some_and(|(checksum, object)| {
            (self.old)(object)[..OLD_CHECKSUM] == *checksum && cbor::to_ipld(object).is_ok()
        })
    }
}

/// An integer in the data model.
pub(super) fn int(int: u64) -> Ipld {
    Ipld::Integer(int.into())
}

/// A list of relays in the data model.
pub(super) fn relay_list(relays: &[String]) -> Ipld {
    Ipld::List(relays.iter().cloned().map(Ipld::String).collect())
}

/// A map in the data model.
pub(super) fn map<'a>(fields: impl IntoIterator<Item = (&'a str, Ipld)>) -> Ipld {
    Ipld::Map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// Writes the fields of an object in a row.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Begins with the byte that says the version, the number of relays and what is there.
    pub(super) fn new(relays: &[String], flags: [bool; 3]) -> Self {
        // More relays than three bits say are refused by each reader.
        let relays = relays.len().min(7) as u8;
        let flags = flags.iter().rev().fold(0, |bits, flag| bits << 1 | u8::from(*flag));
        Self(vec![VERSION << 6 | relays << 3 | flags])
    }

    pub(super) fn key(&mut self, key: &VerifyingKey) {
        self.0.extend_from_slice(key.as_bytes());
    }

    pub(super) fn secret(&mut self, secret: &CodeSecret) {
        self.0.extend_from_slice(secret.as_bytes());
    }

    /// An integer, seven bits a byte, the lowest first; all bytes but the last have the eighth bit set.
    pub(super) fn int(&mut self, mut int: u64) {
        while int >= 0x80 {
            self.0.push(int as u8 | 0x80);
            int >>= 7;
        }
        self.0.push(int as u8);
    }

    /// A time in milliseconds since 1970, rounded down to the unit, so that nobody is promised more than holds.
    pub(super) fn time(&mut self, ms: u64, unit: u64) {
        self.int((ms / 1000).saturating_sub(EPOCH_S) / unit);
    }

    /// A sequence, which follows the clock in seconds, rounded down to the unit; 0 says nothing.
    pub(super) fn seq(&mut self, seq: u64, unit: u64) {
        self.int(seq.saturating_sub(EPOCH_S) / unit);
    }

    pub(super) fn relays(&mut self, relays: &[String]) {
        relays.iter().for_each(|relay| relay::put(relay, self));
    }

    /// What fills the rest.
    pub(super) fn text(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Takes the fields of an object one after the other.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// What the first byte says to be there.
    pub(super) flags: [bool; 3],
    relays: usize,
}

impl<'a> Reader<'a> {
    /// Reads the first byte. Of the three flags so many have a meaning.
    pub(super) fn new(bytes: &'a [u8], what: &'static str, flags: usize) -> Result<Self, DecodeError> {
        let (head, rest) = bytes.split_first().ok_or(DecodeError::at("v", Fault::Missing))?;
        match head >> 6 {
            VERSION => {}
            0 => return Err(DecodeError::at("v", Fault::Range)),
            _ => return Err(DecodeError::Newer { what }),
        }
        let read = [0, 1, 2].map(|bit| head >> bit & 1 == 1);
        if read.iter().skip(flags).any(|flag| *flag) {
            return Err(DecodeError::at("v", Fault::Unexpected));
        }
        Ok(Self { rest, flags: read, relays: usize::from(head >> 3 & 7) })
    }

    fn take(&mut self, field: &str, len: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(DecodeError::at(field, Fault::Missing))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, field: &str) -> Result<[u8; N], DecodeError> {
        self.take(field, N)?.try_into().or(Err(DecodeError::at(field, Fault::Length(N))))
    }

    pub(super) fn key(&mut self, field: &str) -> Result<VerifyingKey, DecodeError> {
        VerifyingKey::from_bytes(&self.array(field)?).or(Err(DecodeError::at(field, Fault::WeakKey)))
    }

    pub(super) fn secret(&mut self, field: &str) -> Result<CodeSecret, DecodeError> {
        self.array(field).map(CodeSecret::from_bytes)
    }

    pub(super) fn int(&mut self, field: &str) -> Result<u64, DecodeError> {
        let mut int = 0;
        // 2^53 − 1 has eight groups of seven bits.
        for shift in (0..8).map(|group| group * 7) {
            let [byte] = self.array(field)?;
            int |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                let is_minimal = byte != 0 || shift == 0;
                let holds = is_minimal && int <= limits::MAX_INTEGER;
                return Fault::Range
                    .unless(holds)
                    .map(|()| int)
                    .map_err(|fault| DecodeError::at(field, fault));
            }
        }
        Err(DecodeError::at(field, Fault::Range))
    }

    /// A time in milliseconds since 1970.
    pub(super) fn time(&mut self, field: &str, unit: u64) -> Result<u64, DecodeError> {
        let seconds = self.int(field)?.checked_mul(unit).and_then(|s| s.checked_add(EPOCH_S));
        let time = seconds.and_then(|s| s.checked_mul(1000)).filter(|ms| *ms <= limits::MAX_INTEGER);
        time.ok_or(DecodeError::at(field, Fault::Range))
    }

    /// A sequence; 0 if nothing is said of it.
    pub(super) fn seq(&mut self, field: &str, unit: u64) -> Result<u64, DecodeError> {
        match self.int(field)? {
            0 => Ok(0),
            int => {
                let seq = int.checked_mul(unit).and_then(|s| s.checked_add(EPOCH_S));
                seq.filter(|seq| *seq <= limits::MAX_INTEGER).ok_or(DecodeError::at(field, Fault::Range))
            }
        }
    }

    pub(super) fn relays(&mut self, max: usize) -> Result<Vec<String>, DecodeError> {
        if self.relays > max {
            return Err(DecodeError::at("relays", Fault::TooLong(max)));
        }
        (0..self.relays).map(|at| relay::take(self, &format!("relays.{at}"))).collect()
    }

    /// What fills the rest.
    pub(super) fn text(self, field: &str) -> Result<&'a str, DecodeError> {
        std::str::from_utf8(self.rest).or(Err(DecodeError::at(field, Fault::Text)))
    }

    /// Nothing is left.
    pub(super) fn end(self) -> Result<(), DecodeError> {
        Fault::Unexpected.unless(self.rest.is_empty()).map_err(|fault| DecodeError::at("rest", fault))
    }
}
