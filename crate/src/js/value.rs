//! Converts the engine's values to JavaScript: camelCase objects, with a `Date` for a time and a `Blob` for a picture.

use js_sys::{Array, Date, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag};

use crate::engine::Error;
use crate::engine::api::date;
use crate::format::limits;
use crate::format::picture::Picture;

/// Converts an answer or an event.
pub(super) fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, Error> {
    let serializer = Serializer::new().serialize_missing_as_null(true).serialize_maps_as_objects(true);
    let value = value.serialize(&serializer).map_err(|error| Error::Bug(error.to_string()))?;
    Ok(replaced(&value, &browser_value).unwrap_or(value))
}

/// Converts an argument to plain data: each `Date` becomes milliseconds since 1970. The caller's value is not changed.
pub(super) fn to_plain(value: JsValue) -> JsValue {
    let millis = |value: &JsValue| value.dyn_ref::<Date>().map(|date| date.get_time().into());
    replaced(&value, &millis).unwrap_or(value)
}

/// Converts an error to `Failure` of `www/src/engine/protocol.ts`, because a port would lose the class of an error.
pub(super) fn failure(error: &Error) -> JsValue {
    let mut members = vec![
        ("code", error.code().into()),
        ("fault", error.fault().as_str().into()),
        ("message", error.to_string().into()),
    ];
    members.extend(error.detail().map(|detail| ("detail", detail.as_str().into())));
    let parameters = error.parameters().and_then(|parameters| to_js(&parameters).ok());
    members.extend(parameters.map(|parameters| ("parameters", parameters)));
    object(&members)
}

/// Makes an object with these members.
pub(super) fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).expect("a new object takes any member");
    }
    object.into()
}

/// Returns a copy of `value` with the replacements of `replace`, or `None` if it replaces nothing.
fn replaced(value: &JsValue, replace: &impl Fn(&JsValue) -> Option<JsValue>) -> Option<JsValue> {
    if let Some(new) = replace(value) {
        return Some(new);
    }
    let items = value.dyn_ref::<Array>();
    if items.is_none() && !is_plain(value) {
        return None;
    }
    let mut copy = None;
    for entry in Object::entries(value.unchecked_ref()) {
        let entry: Array = entry.unchecked_into();
        let Some(new) = replaced(&entry.get(1), replace) else { continue };
        let copy = copy.get_or_insert_with(|| match items {
            Some(items) => items.slice(0, items.length()).into(),
            None => JsValue::from(Object::assign(&Object::new(), value.unchecked_ref())),
        });
        Reflect::set(copy, &entry.get(0), &new).expect("a copy of our own takes any member");
    }
    copy
}

/// Whether it is a plain object, of no class.
fn is_plain(value: &JsValue) -> bool {
    let object = value.dyn_ref::<Object>();
    object.is_some_and(|object| Object::get_prototype_of(object) == Object::get_prototype_of(&Object::new()))
}

/// Returns the browser's type for a value: a `Date` for a marked time, a `Blob` for bytes, because all bytes in the
/// engine's values are pictures.
fn browser_value(value: &JsValue) -> Option<JsValue> {
    if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
        return Some(picture_blob(bytes).unwrap_or(JsValue::NULL));
    }
    let millis = Reflect::get(value.dyn_ref::<Object>()?, &date::MARK.into()).ok()?.as_f64()?;
    Some(Date::new(&millis.into()).into())
}

/// Makes a `Blob` with the media type that the picture's bytes show, because its author may claim another.
///
/// No picture that is large when it is decoded reaches the page, also if one stands in a row.
fn picture_blob(bytes: &Uint8Array) -> Option<JsValue> {
    let Picture { kind, .. } = Picture::read(&bytes.to_vec(), limits::PREVIEW_SIDE).ok()?;
    let options = BlobPropertyBag::new();
    options.set_type(kind.media_type());
    Blob::new_with_u8_array_sequence_and_options(&Array::of1(bytes), &options).ok().map(Into::into)
}
