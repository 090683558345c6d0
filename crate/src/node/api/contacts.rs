//! Contacts.

use serde::{Deserialize, Serialize};

/// How far a contact has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactState {
    /// The profile was not found yet; it is looked for.
    Resolving,
    /// I follow them; whether they added me is not known.
    Following,
    /// Each has a letterbox at the other's.
    Mutual,
}

/// Another identity that I imported.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// The identity's IPNS name, `k51…`.
    pub id: String,
    /// The name that their profile publishes; empty while resolving.
    pub name: String,
    /// The name that I gave them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub petname: Option<String>,
    /// Their picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<serde_bytes::ByteBuf>,
    /// How far the acquaintance has come.
    pub state: ContactState,
    /// Whether a device of theirs is connected now.
    pub online: bool,
    /// When their newest root was made, by their own claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<u64>,
    /// A lasting doubt about this contact that the page must show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<Warning>,
}

/// Why a contact is to be looked at twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// Two different roots carry the same sequence.
    TwoRoots,
    /// The profile names another successor than at first: it may be in somebody else's hands.
    Heir,
    /// Something they published did not verify and was refused.
    Refused,
}
