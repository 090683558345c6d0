//! Reads requests as the handlers do, without a store.

use axum::http::{HeaderMap, Uri};
use cid::Cid;
use spinney::keys::Id;

use super::{
    accept,
    archives::Extent,
    ipfs::{header_value, is_known},
};

pub(crate) fn request(uri: &Uri, head: &HeaderMap) {
    let kind = accept::requested(uri.query(), head);
    if kind.is_ok() && !uri.query().is_some_and(|query| query.contains("format")) {
        assert!(accept::accepted(head).is_ok());
    }
    if let Some(name) = uri.path().strip_prefix("/ipns/")
        && let Ok(id) = name.parse::<Id>()
    {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    let Some(named) = uri.path().strip_prefix("/ipfs/") else { return };
    let (cid, path) = named.split_once('/').unwrap_or((named, ""));
    let (Ok(cid), Ok(extent)) = (Cid::try_from(cid), Extent::requested(uri.query())) else { return };
    let etag = header_value(extent.etag(&cid, path));
    is_known(head, &etag);
    let Extent::Entity(span) = extent else { return };
    for size in [0, 1, 100, i64::MAX.unsigned_abs(), u64::MAX] {
        if let Some(range) = span.within(size) {
            assert!(range.start <= range.end && range.end <= size, "{range:?} of {size}");
        }
    }
}
