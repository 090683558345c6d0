//! Drop boxes: links with which people without a profile give files.

use serde::Serialize;

use super::date;

/// A drop box of mine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DropBox {
    /// Its id, for the calls about it.
    pub id: String,
    /// What I call it: nobody else learns this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The code of its link, to stand behind `#/drop/` of a page's address.
    pub link: String,
    /// Bytes that fit into it.
    pub bytes: u64,
    /// Bytes of these that are left, as a relay says; absent where none has answered, or where the box has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
    /// When it ends or was ended.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub until: u64,
    /// Whether nothing can be left in it any more.
    pub ended: bool,
    /// What was left in it and waits for an answer, the newest first.
    pub drops: Vec<Drop>,
}

/// Files that somebody left in a box of mine, and that wait for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Drop {
    /// Its name, for the calls about it: the throw-away identity of who left it.
    pub id: String,
    /// What they wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How many files there are, by their claim.
    pub files: u64,
    /// Their bytes, by their claim.
    pub size: u64,
    /// When they left it, by their clock.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub time: u64,
}

/// What opening a drop link would do: nobody is connected for it before the box is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DropLinkPreview {
    /// Id of its owner.
    pub owner: String,
    /// Whether it is a box of the unlocked profile.
    pub own: bool,
    /// Hosts that opening it connects to, and that are no relays of this page. Each learns this device's network address.
    pub relays: Vec<String>,
    /// Bytes that fit into it, by its claim.
    pub bytes: u64,
    /// When it ends, by its claim.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub until: u64,
}

/// A drop box of somebody, as who has its link sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct OpenedDropBox {
    /// Id of its owner.
    pub owner: String,
    /// The name that its owner publishes.
    pub name: String,
    /// The picture that its owner publishes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, tsify(type = "Blob"))]
    pub avatar: Option<serde_bytes::ByteBuf>,
    /// Bytes that are left in it, as its relay says.
    pub left: u64,
    /// When it ends, by its claim.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub until: u64,
}
