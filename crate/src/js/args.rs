//! Converts the arguments of a call from JavaScript values to the engine's types.

use bytes::Bytes;
use js_sys::{Array, Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;
use zeroize::Zeroizing;

use crate::engine::Error;

use super::source;
use super::value::to_plain;

/// The arguments of one call, in order.
pub(super) struct Args(Array);

impl Args {
    pub(super) fn new(args: Array) -> Self {
        Self(args)
    }

    /// Returns the argument at `index`, or `undefined` if the caller gave none.
    pub(super) fn value(&self, index: u32) -> JsValue {
        self.0.get(index)
    }

    /// Returns a text. It is wiped when it is dropped, because it may be a passphrase.
    pub(super) fn text(&self, index: u32) -> Result<Zeroizing<String>, Error> {
        text(&self.value(index)).ok_or_else(|| malformed(format!("argument {} is to be a text", index + 1)))
    }

    /// Takes a key out of its array, which is wiped.
    pub(super) fn key(&self, index: u32) -> Result<Zeroizing<[u8; 32]>, Error> {
        let array: Uint8Array = self.object(index)?;
        let mut key = Zeroizing::new([0; 32]);
        let fits = array.length() == 32;
        if fits {
            array.copy_to(&mut *key);
        }
        array.fill(0, 0, array.length());
        if fits { Ok(key) } else { Err(malformed(format!("argument {} is to be a key", index + 1))) }
    }

    /// Whether the caller gave this argument.
    pub(super) fn has(&self, index: u32) -> bool {
        let value = self.value(index);
        !value.is_null() && !value.is_undefined()
    }

    /// Returns the argument as one of the engine's types, or `None` if the caller gave none.
    pub(super) fn optional<T: DeserializeOwned>(&self, index: u32) -> Result<Option<T>, Error> {
        if self.has(index) { convert(self.value(index)).map(Some) } else { Ok(None) }
    }

    /// Returns a value of a browser type, such as a handle or a file.
    pub(super) fn object<T: JsCast>(&self, index: u32) -> Result<T, Error> {
        self.value(index)
            .dyn_into()
            .map_err(|_| malformed(format!("argument {} is of the wrong kind", index + 1)))
    }
}

/// Converts a value to one of the engine's types. A `Date` becomes milliseconds since 1970.
pub(super) fn convert<T: DeserializeOwned>(value: JsValue) -> Result<T, Error> {
    serde_wasm_bindgen::from_value(to_plain(value)).map_err(|error| malformed(error.to_string()))
}

/// Returns the member `name` of an object, unless it is absent.
pub(super) fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// Returns the text `name` of an object.
pub(super) fn text_member(object: &JsValue, name: &str) -> Result<Zeroizing<String>, Error> {
    let value = member(object, name).and_then(|value| text(&value));
    value.ok_or_else(|| malformed(format!("{name} is to be a text")))
}

/// Returns the bytes of the picture `name` of an object, unless it is absent.
pub(super) async fn picture_member(object: &JsValue, name: &str) -> Result<Option<Bytes>, Error> {
    let Some(value) = member(object, name) else { return Ok(None) };
    let blob: Blob = value.dyn_into().map_err(|_| malformed(format!("{name} is to be a Blob")))?;
    let buffer =
        JsFuture::from(blob.array_buffer()).await.map_err(|reason| source::unreadable(&reason, name))?;
    Ok(Some(Uint8Array::new(&buffer).to_vec().into()))
}

/// Makes an error for a mistake of a program, not of a person.
pub(super) fn malformed(what: String) -> Error {
    Error::Unsupported(what)
}

fn text(value: &JsValue) -> Option<Zeroizing<String>> {
    value.as_string().map(Zeroizing::new)
}
