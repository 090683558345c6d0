use crate::crypto;
use crate::format::cbor::NotStrict;

/// Why bytes are not the object they were taken for: the fault of their author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Larger than any honest object of this kind.
    #[error("{what} of {size} bytes is larger than the {limit} allowed")]
    TooLarge {
        /// The object.
        what: &'static str,
        /// Its size in bytes.
        size: usize,
        /// The largest size in bytes.
        limit: usize,
    },
    /// Not the canonical encoding of anything.
    #[error("not strict DAG-CBOR: {0}")]
    NotStrict(#[from] NotStrict),
    /// A field is absent or breaks a rule.
    #[error("{field}: {fault}")]
    Field {
        /// Path of the field inside the object, `kem.key`.
        field: String,
        /// The rule that it breaks.
        fault: Fault,
    },
    /// Made by a later version, in a way that this version must not guess at.
    #[error("{what} needs a newer Spinney")]
    Newer {
        /// The object.
        what: &'static str,
    },
}

/// The rule that a field breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The field must be there.
    #[error("is missing")]
    Missing,
    /// The value has another kind.
    #[error("must be {0}")]
    Kind(&'static str),
    /// A byte string has another length.
    #[error("must be {0} bytes long")]
    Length(usize),
    /// Longer than allowed, in the unit that FORMAT.md names for the field.
    #[error("is longer than {0}")]
    TooLong(usize),
    /// A picture is wider or higher than its place needs, in pixels.
    #[error("is more than {0} pixels wide or high")]
    Pixels(u32),
    /// Fewer than the least that makes sense.
    #[error("has fewer than {0}")]
    TooFew(usize),
    /// Text is not in Unicode normalization form C, or has control characters.
    #[error("is not plain text in normal form C")]
    Text,
    /// A number is outside of its range.
    #[error("is out of range")]
    Range,
    /// A list is not sorted, or has an element twice.
    #[error("must be sorted, each once")]
    Order,
    /// Clear links are not exactly those that the sealed part uses.
    #[error("must be exactly the links inside")]
    Links,
    /// Not of a length or number that the rules ask for, filling included.
    #[error("is padded wrongly")]
    Padding,
    /// The frame around a padded plaintext is cut, filled with something, or not of the one size that it must have.
    #[error("is framed wrongly")]
    Frame,
    /// A path that could leave its folder, or names nothing.
    #[error("is not a safe relative path")]
    Path,
    /// A public key of small order, or no canonical point.
    #[error("is no sound public key")]
    WeakKey,
    /// Two fields, or a field and what is known from elsewhere, contradict each other.
    #[error("contradicts the rest")]
    Contradiction,
    /// A field that this object must not have.
    #[error("must not be there")]
    Unexpected,
}

impl Fault {
    /// This fault, unless its rule holds.
    pub(crate) fn unless(self, holds: bool) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(self) }
    }
}

/// A rule broken by the value as a whole.
impl From<Fault> for DecodeError {
    fn from(fault: Fault) -> Self {
        Self::at("", fault)
    }
}

impl DecodeError {
    /// A rule broken at `field`.
    pub(crate) fn at(field: impl Into<String>, fault: Fault) -> Self {
        Self::Field { field: field.into(), fault }
    }

    /// The same error, seen from the object that holds this one at `outer`.
    pub(crate) fn within(self, outer: &str) -> Self {
        match self {
            Self::Field { field, fault } if field.is_empty() => Self::at(outer, fault),
            Self::Field { field, fault } => Self::at(format!("{outer}.{field}"), fault),
            other => other,
        }
    }
}

/// Refuses what is larger than any honest object of its kind, before a byte of it is parsed.
pub(crate) fn check_size(what: &'static str, bytes: &[u8], limit: usize) -> Result<(), DecodeError> {
    if bytes.len() <= limit { Ok(()) } else { Err(DecodeError::TooLarge { what, size: bytes.len(), limit }) }
}

/// Why a signed or sealed object was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not the object that it was taken for.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The signature does not hold, is for another type of object, or is another identity's.
    #[error("the signature does not hold")]
    Signature,
    /// It does not open: changed on the way, or sealed under another key.
    #[error(transparent)]
    Sealed(#[from] crypto::OpenError),
    /// The bytes are not the block that was asked for.
    #[error("the bytes are another block")]
    AnotherBlock,
    /// The sequence of a record is more than 30 days ahead of this device's clock.
    #[error("this record is dated more than 30 days ahead: check the date and time of this device")]
    Ahead,
}

impl ReadError {
    /// Whether the object may be sound, and only this version too old to read it.
    pub fn needs_newer(&self) -> bool {
        matches!(self, Self::Decode(DecodeError::Newer { .. }))
    }
}
