//! Contacts.

use serde::{Deserialize, Serialize};

use crate::keys::{Id, six_words};
use crate::social::request::InviteRefusal;

use super::date;

/// How far a contact has come: their profile is still looked for, I added them, each added the other, I only read what
/// they share with everybody, I want nothing of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum ContactState {
    /// The profile was not found yet; it is looked for.
    Resolving,
    /// I added them; whether they will add me is not known.
    Requested,
    /// Each has a letterbox at the other's.
    Mutual,
    /// I read what they share with everybody, and they need not know.
    Following,
    /// I want nothing of them.
    Blocked,
}

/// How far my request has come: not with a relay of theirs yet, left there, their mailbox is full and it is tried again
/// another day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Asked {
    /// It is left as soon as they are found and a relay of theirs takes it.
    Queued,
    /// They find it when they look.
    Left,
    /// Their mailbox is full; it is tried again another day.
    Full,
}

/// Why an invite did not make a contact at once: somebody else had used it, or its time was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum SpentInvite {
    /// Somebody else had used it.
    Used,
    /// Its time was over.
    Ended,
}

impl From<InviteRefusal> for SpentInvite {
    fn from(spent: InviteRefusal) -> Self {
        match spent {
            InviteRefusal::Used => Self::Used,
            InviteRefusal::Ended => Self::Ended,
        }
    }
}

/// Another person whom I added, follow or block.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// The identity's IPNS name, `k51…`.
    pub id: String,
    /// The name that their profile publishes; empty while resolving.
    pub name: String,
    /// Two words that follow from the id, to tell people of one name apart.
    pub words: [&'static str; 2],
    /// The name that I gave them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub petname: Option<String>,
    /// Their picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, tsify(type = "Blob"))]
    pub avatar: Option<serde_bytes::ByteBuf>,
    /// How far they have come.
    pub state: ContactState,
    /// How far my request has come, while they have not added me.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Asked>,
    /// Their invite was not good any more: they are asked instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite: Option<SpentInvite>,
    /// Whether a device of theirs is connected now.
    pub online: bool,
    /// Whether nothing of theirs can come and no request can be left: this profile connects to its own relays only, and
    /// none of theirs is one of them.
    pub out_of_reach: bool,
    /// When their newest root was made, by their own claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub last_seen: Option<u64>,
    /// Names of groups that I put them into, sorted; nobody else learns of them.
    pub circles: Vec<String>,
    /// Whether they see my contacts, those who agreed to be shown.
    pub sees_mine: bool,
    /// Whether they agreed that I show them to my other contacts.
    pub may_be_shown: bool,
    /// When I compared their words; void if `warning` is `keys`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub verified: Option<u64>,
    /// A lasting doubt about this contact that the page must show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<Warning>,
    /// That they changed keys, until the person has read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_keys: Option<NewKeys>,
}

/// That a contact changed keys, and was followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NewKeys {
    /// When that was noticed here.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub at: u64,
    /// Whether the words of the old keys had been compared.
    pub was_verified: bool,
}

impl Contact {
    /// The first two of the six words of an identity.
    pub(in crate::engine) fn words_of(id: &Id) -> [&'static str; 2] {
        let [first, second, ..] = six_words(id);
        [first, second]
    }
}

/// Why a contact is to be looked at twice: two different roots of one sequence; another successor than at first, so that
/// the profile may be in somebody else's hands; other keys than when their words were compared; something of theirs did
/// not verify and was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// Two different roots carry the same sequence.
    TwoRoots,
    /// The profile names another successor than at first: it may be in somebody else's hands.
    Heir,
    /// They have other keys than when their words were compared.
    Keys,
    /// Something they published did not verify and was refused.
    Refused,
}

/// What a pasted text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum PastedKind {
    /// The id of somebody.
    Id,
    /// An invite of somebody.
    Invite,
    /// A link to a share.
    Link,
}

/// An id, an invite or a link that was found in a pasted text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Pasted {
    /// Which of the three it is.
    pub kind: PastedKind,
    /// It alone, without the words around it.
    pub code: String,
    /// The person whom it names, or whose share it leads to.
    pub id: String,
    /// What I call them, or what the invite says that they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Two words that follow from the id, to tell people of one name apart.
    pub words: [&'static str; 2],
    /// Whether it is my own.
    pub own: bool,
    /// Whether it is an invite that makes its first user a contact without a question.
    pub personal: bool,
    /// Whether it says itself that its time is over.
    pub ended: bool,
    /// How far they have come as a contact of mine, if they are one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ContactState>,
}

/// Somebody who asks to be added.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ContactRequest {
    /// The identity's IPNS name, `k51…`.
    pub id: String,
    /// The name that their profile publishes; empty until it is found.
    pub name: String,
    /// Two words that follow from the id, to tell people of one name apart.
    pub words: [&'static str; 2],
    /// Their picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, tsify(type = "Blob"))]
    pub avatar: Option<serde_bytes::ByteBuf>,
    /// What they write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When they wrote it, by their clock.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub time: u64,
    /// They came with an invite of mine that was not good any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite: Option<SpentInvite>,
    /// The contact who introduced them to me and to whom they were introduced: they accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduced_by: Option<String>,
    /// Hosts that their request names and that were not asked who they are: each would learn this device's network
    /// address. None if their profile is known.
    pub elsewhere: Vec<String>,
}

/// The six words of two people, each of whom reads their own aloud and checks the other's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Words {
    /// Those that I read aloud.
    pub mine: [&'static str; 6],
    /// Those that I must hear.
    pub theirs: [&'static str; 6],
}

/// Somebody whom contacts of mine know, and whom I may add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// The identity's IPNS name, `k51…`.
    pub id: String,
    /// What the first contact of `through` says that they are called. Nobody else says so.
    pub name: String,
    /// Two words that follow from the id, to tell people of one name apart.
    pub words: [&'static str; 2],
    /// The contacts who show them, by their ids; at least one.
    pub through: Vec<String>,
}

/// Somebody whom a contact introduces to me, and who was not answered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Introduction {
    /// The identity's IPNS name, `k51…`.
    pub id: String,
    /// What the contact says that they are called. Nobody else says so.
    pub name: String,
    /// Two words that follow from the id, to tell people of one name apart.
    pub words: [&'static str; 2],
    /// The contact who introduces them, by their id.
    pub by: String,
    /// What the contact writes to both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the contact wrote it, by their clock.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub time: u64,
}
