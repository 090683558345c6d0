//! Devices of a profile, and how one more is linked.

use serde::Serialize;

use super::date;

/// One device of the unlocked profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Its PeerId.
    pub id: String,
    /// What its person calls it; empty where nobody named it.
    pub name: String,
    /// When it came to have this profile.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub added: u64,
    /// When it was last heard of; absent for this one, and where nothing was heard of it yet.
    #[serde(serialize_with = "date::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub last_seen: Option<u64>,
    /// Whether it is this one.
    pub here: bool,
    /// Whether it is connected to this one now.
    pub online: bool,
    /// Whether it came to have the profile in the last 30 days, after this device did, and nobody has said here that it is
    /// known.
    pub new: bool,
}

/// A code that one new device can use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DeviceCode {
    /// The text, which fits into a QR code.
    pub code: String,
    /// When it ends.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub until: u64,
}
