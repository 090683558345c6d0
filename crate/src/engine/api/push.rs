//! Web Push: how a relay tells a device while the page is closed.

use serde::Serialize;

/// A relay of this profile that sends Web Pushes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct PushRelay {
    /// Its address.
    pub relay: String,
    /// The key by which push services know it, in base64url: `applicationServerKey` of `pushManager.subscribe`.
    pub key: String,
}
