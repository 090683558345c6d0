//! The engine's values as JavaScript ones: camelCase objects with `Date` and `Blob` where the contract has them.

use js_sys::{Array, Date, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag};

use crate::engine::Error;
use crate::format::picture;

/// Members that the engine gives as milliseconds since 1970 and JavaScript gets as `Date`.
const TIMES: [&str; 6] = ["created", "expires", "lastSeen", "modified", "time", "verified"];

/// Members that the engine gives as bytes and JavaScript gets as `Blob`.
const PICTURES: [&str; 2] = ["avatar", "preview"];

/// Converts an answer or an event.
pub(super) fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, Error> {
    let serializer = Serializer::new().serialize_missing_as_null(true).serialize_maps_as_objects(true);
    let value = value.serialize(&serializer).map_err(|error| Error::Bug(error.to_string()))?;
    dress(&value);
    Ok(value)
}

/// An error as it goes over a port, where a class would be lost.
pub(super) fn failure(error: &Error) -> JsValue {
    object(&[
        ("code", error.code().into()),
        ("fault", error.fault().as_str().into()),
        ("message", error.to_string().into()),
    ])
}

/// An object with these members.
pub(super) fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).expect("a new object takes any member");
    }
    object.into()
}

/// Puts dates and pictures into a value that was just made, and so has no cycles and is nobody else's.
fn dress(value: &JsValue) {
    if let Some(items) = value.dyn_ref::<Array>() {
        items.iter().for_each(|item| dress(&item));
    } else if let Some(object) = value.dyn_ref::<Object>().filter(|_| !value.has_type::<Uint8Array>()) {
        for entry in Object::entries(object) {
            let entry: Array = entry.unchecked_into();
            let (name, member) = (entry.get(0), entry.get(1));
            match dressed(&name.as_string().unwrap_or_default(), &member) {
                Some(better) => {
                    Reflect::set(object, &name, &better).expect("a member that is there can be set");
                }
                None => dress(&member),
            }
        }
    }
}

fn dressed(name: &str, member: &JsValue) -> Option<JsValue> {
    if TIMES.contains(&name) {
        return member.as_f64().map(|millis| Date::new(&millis.into()).into());
    }
    let bytes = member.dyn_ref::<Uint8Array>().filter(|_| PICTURES.contains(&name))?;
    picture_blob(bytes)
}

/// A picture with the media type that its bytes have, whatever its author claims.
fn picture_blob(bytes: &Uint8Array) -> Option<JsValue> {
    let kind = picture::Kind::of(&bytes.to_vec())?;
    let options = BlobPropertyBag::new();
    options.set_type(kind.media_type());
    Blob::new_with_u8_array_sequence_and_options(&Array::of1(bytes), &options).ok().map(Into::into)
}
