//! The page's static files, each in the smallest form that the browser takes.
//!
//! `cargo xtask build` puts a `.br` and a `.gz` beside each file. Files whose name has a hash of their content never
//! change, so browsers need not ask for them again. All others are revalidated, because every build has the same names.

use std::path::Path;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get_service},
};
use tower_http::services::ServeDir;

use crate::http::Site;

/// The folder in which the build puts files whose name has a hash.
const HASHED: &str = "/assets/";

/// Letters of a hash in a name.
const HASH: usize = 8;

/// A year: what RFC 9111 caches keep at most.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Serves the files of a folder.
pub(crate) fn serve(folder: &Path) -> MethodRouter<Site> {
    let files = ServeDir::new(folder).precompressed_br().precompressed_gzip();
    get_service(files).layer(middleware::from_fn(validate))
}

/// Adds what caches need, and answers those that have the newest form already.
async fn validate(mut request: Request, next: Next) -> Response {
    let is_hashed = has_hash(request.uri().path());
    let headers = request.headers_mut();
    let known = headers.get(header::IF_NONE_MATCH).cloned();
    if known.is_some() {
        // The tag says more than the second in which a file was written.
        headers.remove(header::IF_MODIFIED_SINCE);
    }
    if headers.contains_key(header::IF_RANGE) {
        // Which form the rest would be of is not known here. All of it is right, too.
        headers.remove(header::RANGE);
    }
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_success() && status != StatusCode::NOT_MODIFIED {
        return response;
    }
    let tag = tag(response.headers());
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_hashed {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    }
    let Some(tag) = tag else { return response };
    let is_known = known.as_ref().is_some_and(|known| names(known, &tag));
    headers.insert(header::ETAG, tag);
    if is_known && status == StatusCode::OK {
        let mut headers = std::mem::take(headers);
        headers.remove(header::CONTENT_LENGTH);
        headers.remove(header::CONTENT_ENCODING);
        return (StatusCode::NOT_MODIFIED, headers, Body::empty()).into_response();
    }
    response
}

/// Whether the name of a file has a hash: `assets/index-CWfxpd_1.js`.
fn has_hash(path: &str) -> bool {
    let Some((_, name)) = path.rsplit_once(HASHED) else { return false };
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let is_letter = |letter: &u8| letter.is_ascii_alphanumeric() || b"-_".contains(letter);
    let stem = stem.as_bytes();
    !name.contains('/')
        && stem.len() > HASH + 1
        && stem[stem.len() - HASH - 1] == b'-'
        && stem[stem.len() - HASH..].iter().all(is_letter)
}

/// Tells one form of a file from every other: by its time, length and encoding.
fn tag(headers: &HeaderMap) -> Option<HeaderValue> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let time = httpdate::parse_http_date(text(header::LAST_MODIFIED)?).ok()?;
    let seconds = time.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    let whole = text(header::CONTENT_RANGE).and_then(|range| range.rsplit_once('/')).map(|(_, whole)| whole);
    let length = whole.or_else(|| text(header::CONTENT_LENGTH))?;
    let form = text(header::CONTENT_ENCODING).unwrap_or("plain");
    HeaderValue::try_from(format!("\"{seconds:x}-{length}-{form}\"")).ok()
}

/// Whether a list of tags names this one.
fn names(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else { return false };
    list.split(',').map(str::trim).any(|each| each == "*" || each.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_for_ever() {
        for path in [
            "/assets/index-CWfxpd_1.js",
            "/at/a/path/assets/spinney_bg-C5glVJ2N.wasm",
            "/assets/a-h1_2Nji-.js",
        ] {
            assert!(has_hash(path), "{path}");
        }
        for path in [
            "/index.html",
            "/spinney.js",
            "/assets/index.js",
            "/assets/-CWfxpd_1.js",
            "/assets/index-short.js",
            "/assets/index-CWfxpd%1.js",
            "/assets/other/index-CWfxpd_1.js",
            "/my-document",
        ] {
            assert!(!has_hash(path), "{path}");
        }
    }
}
