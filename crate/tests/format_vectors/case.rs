//! A vector: what is given, every secret on the way, the bytes, and what they say.

use ipld_core::ipld::Ipld;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use spinney::format::{DAG_CBOR, ReadError, cid_of};

pub(crate) use crate::given::{dag_json, hex};

#[derive(Clone)]
pub(crate) struct Case {
    object: &'static str,
    name: String,
    fields: Map<String, Json>,
}

impl Case {
    /// A case of `object` that is stored as `name`; `says` is a sentence for the reader.
    pub(crate) fn new(object: &'static str, name: &str, says: &str) -> Self {
        let fields = Map::from_iter([("object".into(), json!(object)), ("says".into(), json!(says))]);
        Self { object, name: name.to_owned(), fields }
    }

    /// Something that a reader or writer starts from.
    pub(crate) fn given(self, name: &str, value: impl Into<Json>) -> Self {
        self.inside("given", name, value.into())
    }

    /// A secret or intermediate result, for a reader who looks for the first difference.
    pub(crate) fn derived(self, name: &str, value: impl Into<Json>) -> Self {
        self.inside("derived", name, value.into())
    }

    /// The final bytes; as runs where most of them repeat.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        match runs(bytes) {
            Some(runs) => self.put("runs", runs),
            None => self.put("bytes", hex(bytes)),
        }
    }

    /// The final bytes of a DAG-CBOR block, and its CID.
    pub(crate) fn block(self, bytes: &[u8]) -> Self {
        self.bytes(bytes).put("cid", json!(cid_of(DAG_CBOR, bytes).to_string()))
    }

    /// What the bytes say, as DAG-JSON.
    pub(crate) fn value(self, value: &Ipld) -> Self {
        self.put("value", dag_json(value))
    }

    /// That readers refuse the bytes, which differ from those of the case `of` by one broken rule, and the code of
    /// that rule.
    pub(crate) fn refused(self, of: &str, code: impl Into<String>) -> Self {
        let (of, code): (_, String) = (format!("{}/{of}", self.object), code.into());
        self.put("of", json!(of)).put("refused", json!(code))
    }

    /// The same, as one that differs from `of`.
    pub(crate) fn differing_from(mut self, of: &str) -> Self {
        self.fields.insert("of".to_owned(), json!(format!("{}/{of}", self.object)));
        self
    }

    pub(crate) fn file(&self) -> String {
        format!("{}/{}.json", self.object, self.name)
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string_pretty(&self.fields).unwrap() + "\n"
    }

    fn inside(mut self, part: &str, name: &str, value: Json) -> Self {
        let part = self.fields.entry(part).or_insert_with(|| json!({}));
        let before = part.as_object_mut().unwrap().insert(name.to_owned(), value);
        assert_eq!(before, None, "{name} twice");
        self
    }

    fn put(mut self, name: &str, value: Json) -> Self {
        assert_eq!(self.fields.insert(name.to_owned(), value), None, "{name} twice");
        self
    }
}

/// The code of a refusal; a test that expected one and got none stops here.
pub(crate) fn code<T>(result: Result<T, impl Into<ReadError>>) -> String {
    match result {
        Ok(_) => panic!("was not refused"),
        Err(error) => error.into().code(),
    }
}

/// Equal bytes in a row from which on they are written as a run.
const LONG_RUN: usize = 512;

/// Bytes as pieces with the times that each is there, if there is a long run of equal bytes in them.
fn runs(bytes: &[u8]) -> Option<Json> {
    let mut pieces = Vec::new();
    let mut before = 0;
    let mut at = 0;
    for run in bytes.chunk_by(|a, b| a == b) {
        if run.len() >= LONG_RUN {
            if before < at {
                pieces.push(json!([hex(&bytes[before..at]), 1]));
            }
            pieces.push(json!([hex(&run[..1]), run.len()]));
            before = at + run.len();
        }
        at += run.len();
    }
    if pieces.is_empty() {
        return None;
    }
    if before < at {
        pieces.push(json!([hex(&bytes[before..]), 1]));
    }
    Some(Json::Array(pieces))
}

/// Bytes that look random and are the same each time: SHA-256(`name` ‖ u32be counter), one after another.
pub(crate) fn stream(name: &str) -> impl FnMut(&mut [u8]) + use<> {
    let name = name.to_owned();
    let mut counter = 0u32;
    let mut block = Vec::new();
    move |out| {
        for byte in out {
            if block.is_empty() {
                let hash = Sha256::new().chain_update(&name).chain_update(counter.to_be_bytes()).finalize();
                block = hash.iter().rev().copied().collect();
                counter += 1;
            }
            *byte = block.pop().unwrap();
        }
    }
}

/// The first bytes of a [`stream`].
pub(crate) fn fixed<const N: usize>(name: &str) -> [u8; N] {
    let mut bytes = [0; N];
    stream(name)(&mut bytes);
    bytes
}
