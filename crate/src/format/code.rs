//! How a small object becomes text that people copy: with a checksum, behind the address of any page.

use data_encoding::BASE64URL_NOPAD;

/// Bytes of the checksum before an object, so that a typing error is not taken for something else.
const CHECKSUM: usize = 4;

/// Base64url, without padding, of the first 4 bytes of `hash` over the object, and of the object.
pub(super) fn write(object: &[u8], hash: fn(&[u8]) -> [u8; 32]) -> String {
    BASE64URL_NOPAD.encode(&[&hash(object)[..CHECKSUM], object].concat())
}

/// The object in such a text, or in a link that has it behind `route`; white space around it does not matter.
///
/// `None` for another alphabet, a checksum that does not fit, and more than `limit` bytes.
pub(super) fn read(typed: &str, route: &str, limit: usize, hash: fn(&[u8]) -> [u8; 32]) -> Option<Vec<u8>> {
    let text = typed.trim();
    decode(text.split_once(route).map_or(text, |(_, behind)| behind), limit, hash)
}

/// The object in such a text, with nothing around it.
pub(super) fn decode(text: &str, limit: usize, hash: fn(&[u8]) -> [u8; 32]) -> Option<Vec<u8>> {
    // Four characters hold three bytes.
    if text.len() > (CHECKSUM + limit).div_ceil(3) * 4 {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    let (checksum, object) = bytes.split_at_checked(CHECKSUM)?;
    (hash(object)[..CHECKSUM] == *checksum && object.len() <= limit).then(|| object.to_vec())
}
