//! What friends keep for each other.

use serde::{Deserialize, Serialize};

use super::date;
use crate::net::pinning::Trouble as ServiceTrouble;

/// What I keep for friends, and they for me.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct KeepingStatus {
    /// Bytes of room that I give to all together.
    pub given: u64,
    /// Bytes of it that are used.
    pub used: u64,
    /// Contacts with whom something is kept.
    pub friends: Vec<FriendKeeping>,
    /// My relays, and which of my shares they keep.
    pub relays: Vec<RelayKeeping>,
    /// Pinning services, and which of my shares they hold.
    pub services: Vec<ServiceKeeping>,
    /// Shares of mine whose files others have instead of this browser, or are to.
    pub freed: Vec<Freed>,
    /// Whether the line of this device is paid for by what goes over it, as far as the browser tells: rooms are filled over
    /// another one, unless their terms say otherwise.
    pub metered: bool,
}

/// On which terms I give room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RoomTerms {
    /// Whether they may name me to those who read what is theirs.
    pub named: bool,
    /// Whether shares for everybody are kept too.
    pub public: bool,
    /// Whether it is filled over a line too that is paid for by what goes over it.
    pub metered: bool,
}

/// What a pinning service holds for me, as it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ServiceKeeping {
    /// What I call it.
    pub name: String,
    /// Its host.
    pub host: String,
    /// Shares of mine that it holds whole.
    pub shares: Vec<String>,
    /// How many it has not finished.
    pub waiting: u64,
    /// How many it gave up.
    pub failed: u64,
    /// When it last answered; absent where it never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub checked: Option<u64>,
    /// What was wrong when it was asked last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<ServiceTrouble>,
    /// What it says of the trouble, or of a share that it gave up, in its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// How far the files of a share are out of this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum FreedStage {
    /// Places still prove that they have all of it: it is here too.
    Asked,
    /// It is not here any more.
    Freed,
    /// It is fetched again, because it changed, somebody wants it here, or too few places have it.
    Returns,
}

/// A share of mine whose files others have instead of this browser, or are to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Freed {
    /// The share.
    pub share: String,
    /// How far it is.
    pub stage: FreedStage,
    /// Since when.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub at: u64,
    /// Contacts who have proven all of it, and did not lack anything since.
    pub friends: Vec<String>,
    /// Addresses of my relays that have.
    pub relays: Vec<String>,
    /// Number of its blocks that two places have proven within the day.
    pub proven: u64,
    /// Number of its blocks; 0 before the first proof.
    pub blocks: u64,
}

/// Why the files of a share cannot leave this browser now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum WhyNotFreed {
    /// Not every relay has it yet.
    #[error("it is still on its way")]
    Unfinished,
    /// It is for everybody: friends need not keep it.
    #[error("it is for everybody")]
    Public,
    /// It is not all here: another device has it, or who made it.
    #[error("another device has it")]
    Elsewhere,
    /// It is kept in step with a folder on this device.
    #[error("a folder of this device is kept in step with it")]
    Folder,
    /// It is being fetched to be here.
    #[error("it is being fetched")]
    Wanted,
    /// Another device of mine is reading from this one.
    #[error("another device of yours is reading from this one")]
    Asked,
    /// No friend says that all of it is kept.
    #[error("no friend keeps all of it")]
    NoFriend,
    /// Only one place says so.
    #[error("only one place has it")]
    OnePlace,
}

/// What could leave this browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FreeableSpace {
    /// Bytes of it.
    pub bytes: u64,
    /// Shares of mine whose files these are.
    pub shares: Vec<String>,
    /// My other shares.
    pub others: Vec<NotFreed>,
}

/// A share of mine whose files cannot leave this browser now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct NotFreed {
    /// The share.
    pub share: String,
    /// Bytes of its files that are here.
    pub bytes: u64,
    /// Why.
    pub why: WhyNotFreed,
}

/// What a relay of mine keeps for me.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct RelayKeeping {
    /// Its address.
    pub relay: String,
    /// The shares, as it acknowledged.
    pub shares: Vec<String>,
    /// What it proved last.
    pub proof: Proof,
    /// When a trial last found that the words bring the profile back from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub passed: Option<u64>,
}

/// Whether the words would bring this profile back from one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// The address of the relay.
    pub place: String,
    /// Whether all came back, and as new as it is here.
    pub ok: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<TrialFailure>,
    /// When what it has was published, if it has anything that can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub published: Option<u64>,
}

/// Why the words would not bring a profile back from a place as it is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum TrialFailure {
    /// It did not answer.
    Unreachable,
    /// It has nothing of this profile.
    Unknown,
    /// It lacks something of what it should have.
    Incomplete,
    /// Something there is damaged or of somebody else.
    Unreadable,
    /// What it has is older than what was published from here.
    Older,
    /// What it has is newer, but lacks contacts, settings or shares that are known here.
    Lacking,
}

/// What a keeper proved when it was asked last: blocks of each share that it can deliver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// When that was; absent where it was not asked yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub at: Option<u64>,
    /// Shares of mine that it can deliver, as far as it was asked.
    pub shares: Vec<String>,
    /// Those of which it could not deliver something.
    pub lacks: Vec<String>,
}

/// What is kept between a friend and me.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FriendKeeping {
    /// The contact.
    pub contact: String,
    /// The room that I give them in this browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<GivenRoom>,
    /// The room that they give me.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<ReceivedRoom>,
    /// Other contacts of mine who keep what this one shares: it comes from them too.
    pub keepers: Vec<String>,
}

/// Room that I give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GivenRoom {
    /// Bytes of it.
    pub bytes: u64,
    /// Bytes of it that are used.
    pub used: u64,
    /// How many of their shares are kept whole.
    pub shares: u64,
    /// How many of the shares that they ask for are not.
    pub missing: u64,
    /// Whether they may name me to those who read what is theirs.
    pub named: bool,
    /// Whether shares for everybody are kept too.
    pub public: bool,
    /// Whether it is filled over a metered line too.
    pub metered: bool,
    /// When it ends, where I took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub ends: Option<u64>,
}

/// Room that a friend gives me.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ReceivedRoom {
    /// Bytes of it.
    pub bytes: u64,
    /// Bytes of it that are used, as they say.
    pub used: u64,
    /// Whether they are asked to keep something: one of those who give most, whose words I compared or whom I added a
    /// month ago.
    pub chosen: bool,
    /// Whether those who read my shares may fetch them from this friend.
    pub named: bool,
    /// Whether not all of it fits.
    pub full: bool,
    /// When they last said what they keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub said: Option<u64>,
    /// Shares of mine that they keep whole, as they say.
    pub shares: Vec<String>,
    /// What one of their devices proved last.
    pub proof: Proof,
}
