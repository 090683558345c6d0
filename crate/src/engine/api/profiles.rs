//! Profiles: the list of them, and the unlocked one.

use serde::{Deserialize, Serialize};

use super::date;

/// How long a profile that is unlocked stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// Until it is locked or the engine ends.
    Open,
    /// Until it is locked: later engines on this device open it by themselves.
    SignedIn,
}

/// A profile as the first screen lists it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ProfileSummary {
    /// The identity's IPNS name, `k51…`.
    pub id: String,
    /// The name that the profile publishes.
    pub name: String,
    /// A raster picture, at most 48 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, tsify(type = "Blob"))]
    pub avatar: Option<serde_bytes::ByteBuf>,
    /// Whether it waits for a name and a passphrase: until then anyone who uses this browser can open it.
    pub waiting: bool,
}

/// The unlocked profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// What the profile list shows too.
    #[serde(flatten)]
    pub summary: ProfileSummary,
    /// A few words about oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// What a friend adds in order to add me.
    pub invite: String,
    /// Whether authors hear how far I came with what they shared, and I hear the same of mine.
    pub receipts: bool,
    /// Whether contacts are reached through relays alone, so that they do not learn this device's network address.
    pub relay_only: bool,
    /// Whether contacts may show me to theirs.
    pub may_be_shown: bool,
    /// Whether the recovery words were confirmed; until then the page reminds.
    pub words_confirmed: bool,
    /// Whether a relay has the profile: before that, nobody who adds it can find it.
    pub published: bool,
    /// Entries about people and shares that the words would not bring back, because there is no room for them.
    pub left_out: u64,
    /// Whether another device of the person has removed this one: what is done here reaches nobody.
    pub removed: bool,
    /// How the words brought the profile back, until the person has confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<Restored>,
    /// That the keys were changed in this browser, until the person has read what follows from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_keys: Option<ChangedKeys>,
    /// Whether the keys were changed in another browser: this one has old ones, and is to be linked again.
    pub old_keys: bool,
}

/// What ended with the keys that were changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ChangedKeys {
    /// When they were changed.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub at: u64,
    /// Titles of shares whose links do not open any more.
    pub links: Vec<String>,
}

/// What the words brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Restored {
    /// When it had been published, as the device said that published it.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub published: u64,
    /// Addresses of my relays that did not answer. They may know something newer, so nothing is published until they have
    /// answered, or until the person confirms.
    pub silent: Vec<String>,
}

/// A passkey that unlocks a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// The credential's id in base64url, as WebAuthn has it.
    pub id: String,
    /// The host whose passkey it is: a page at another one cannot use it.
    pub host: String,
    /// What its PRF is asked with, in base64url. It is no secret.
    pub salt: String,
    /// When it was added.
    #[serde(serialize_with = "date::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub added: Option<u64>,
}

/// What a browser is asked with for a new passkey. All of it but the name is in base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PasskeyOffer {
    /// A random `user.id`, which says nothing of the profile.
    pub user: String,
    /// The name of the profile, under which the browser lists the passkey.
    pub name: String,
    /// What its PRF is to be asked with.
    pub salt: String,
    /// Passkeys that the profile has already.
    pub known: Vec<String>,
}

/// A passkey that a browser made.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NewPasskey {
    /// The credential's id in base64url.
    pub id: String,
    /// The host of the page.
    pub host: String,
    /// The salt of the [`PasskeyOffer`].
    pub salt: String,
}

/// What of the own profile is to change; what is none stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ProfileUpdate {
    /// A new name.
    #[cfg_attr(test, tsify(optional))]
    pub name: Option<String>,
    /// A few words; empty removes them.
    #[cfg_attr(test, tsify(optional))]
    pub bio: Option<String>,
    /// A new picture; empty removes it.
    #[cfg_attr(test, tsify(type = "Blob", optional))]
    pub avatar: Option<serde_bytes::ByteBuf>,
    /// Whether authors are told how far I came with what they shared, and I am told the same of mine.
    #[cfg_attr(test, tsify(optional))]
    pub receipts: Option<bool>,
    /// Whether contacts are reached through relays alone.
    #[cfg_attr(test, tsify(optional))]
    pub relay_only: Option<bool>,
    /// Whether contacts may show me to theirs.
    #[cfg_attr(test, tsify(optional))]
    pub may_be_shown: Option<bool>,
}
