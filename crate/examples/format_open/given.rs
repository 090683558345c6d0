//! What a vector file holds, and values of the data model as DAG-JSON.

use data_encoding::{BASE64_NOPAD, HEXLOWER};
use ipld_core::ipld::Ipld;
use serde_json::{Map, Value as Json, json};
use spinney::crypto::sign::VerifyingKey;
use spinney::format::{Cid, ReadError};

/// Why something is not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A reader must refuse it: the code of `FORMAT.md`, and a sentence.
    Refused {
        /// The step that refuses.
        code: String,
        /// What Spinney says to it.
        says: String,
    },
    /// The file is no vector, or lacks something that its object needs.
    Unusable(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused { code, says } => write!(f, "refused: {code} ({says})"),
            Self::Unusable(why) => write!(f, "not a vector that can be opened: {why}"),
        }
    }
}

impl<E: Into<ReadError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        let error = error.into();
        Self::Refused { code: error.code(), says: error.to_string() }
    }
}

impl Refusal {
    /// A refusal of a step that has no error of the format.
    pub(crate) fn of(code: &str, says: impl std::fmt::Display) -> Self {
        Self::Refused { code: code.to_owned(), says: says.to_string() }
    }

    /// The code, if a reader refuses.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Unusable(_) => None,
        }
    }
}

/// A vector: what is given to open it, its bytes, and what it says.
pub(crate) struct Given<'a>(pub(crate) &'a Json);

impl Given<'_> {
    /// The kind of object.
    pub(crate) fn object(&self) -> Result<&str, Refusal> {
        self.0["object"].as_str().ok_or_else(|| missing("object"))
    }

    /// Something given or derived, under its name.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        ["given", "derived"].iter().find_map(|part| self.0[*part].get(name))
    }

    /// Text.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).and_then(Json::as_str).ok_or_else(|| missing(name))
    }

    /// An integer.
    pub(crate) fn int(&self, name: &str) -> Result<u64, Refusal> {
        self.get(name).and_then(Json::as_u64).ok_or_else(|| missing(name))
    }

    /// Bytes in hexadecimal.
    pub(crate) fn hex(&self, name: &str) -> Result<Vec<u8>, Refusal> {
        unhex(self.text(name)?)
    }

    /// Bytes of one length.
    pub(crate) fn array<const N: usize>(&self, name: &str) -> Result<[u8; N], Refusal> {
        self.hex(name)?.try_into().map_err(|_| Refusal::Unusable(format!("`{name}` has another length")))
    }

    /// A list of byte strings; empty if there is none.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<Vec<u8>>, Refusal> {
        let list = self.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().map(|item| unhex(item.as_str().ok_or_else(|| missing(name))?)).collect()
    }

    /// The key of who signed, or should have; a key that is none breaks the signature.
    pub(crate) fn signer(&self, name: &str) -> Result<Option<VerifyingKey>, Refusal> {
        if self.get(name).is_none() {
            return Ok(None);
        }
        let key = VerifyingKey::from_bytes(&self.array(name)?);
        key.map(Some).map_err(|weak| Refusal::of("signature", weak))
    }

    /// A key that must be one.
    pub(crate) fn key(&self, name: &str) -> Result<VerifyingKey, Refusal> {
        VerifyingKey::from_bytes(&self.array(name)?)
            .map_err(|_| Refusal::Unusable(format!("`{name}` is no key")))
    }

    /// A CID.
    pub(crate) fn cid(&self, name: &str) -> Result<Cid, Refusal> {
        self.text(name)?.parse().map_err(|_| Refusal::Unusable(format!("`{name}` is no CID")))
    }

    /// The bytes of the vector.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Refusal> {
        if let Some(bytes) = self.0["bytes"].as_str() {
            return unhex(bytes);
        }
        let runs = self.0["runs"].as_array().ok_or_else(|| missing("bytes"))?;
        let pieces = runs.iter().map(|run| {
            let piece = unhex(run[0].as_str().unwrap_or_default())?;
            let times = run[1].as_u64().and_then(|times| usize::try_from(times).ok());
            Ok(piece.repeat(times.ok_or_else(|| missing("runs"))?))
        });
        Ok(pieces.collect::<Result<Vec<_>, Refusal>>()?.concat())
    }
}

/// Something that the vector needs to be opened is not there.
pub(crate) fn missing(name: &str) -> Refusal {
    Refusal::Unusable(format!("`{name}` is missing"))
}

fn unhex(text: &str) -> Result<Vec<u8>, Refusal> {
    HEXLOWER.decode(text.as_bytes()).map_err(|_| Refusal::Unusable(format!("{text:.16}… is not hexadecimal")))
}

/// Bytes as they stand in a vector.
pub(crate) fn hex(bytes: &[u8]) -> Json {
    json!(HEXLOWER.encode(bytes))
}

/// A value of the data model as DAG-JSON.
///
/// # Panics
///
/// At null and floats, which the format does not have.
pub(crate) fn dag_json(value: &Ipld) -> Json {
    match value {
        Ipld::Null | Ipld::Float(_) => panic!("never written"),
        Ipld::Bool(b) => json!(b),
        Ipld::Integer(n) => json!(u64::try_from(*n).expect("the format has integers from 0 to 2^53-1")),
        Ipld::String(s) => json!(s),
        Ipld::Bytes(bytes) => json!({ "/": { "bytes": BASE64_NOPAD.encode(bytes) } }),
        Ipld::List(list) => Json::Array(list.iter().map(dag_json).collect()),
        Ipld::Map(map) => {
            Json::Object(map.iter().map(|(key, value)| (key.clone(), dag_json(value))).collect::<Map<_, _>>())
        }
        Ipld::Link(cid) => json!({ "/": cid.to_string() }),
    }
}
