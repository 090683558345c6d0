//! The kinds of values in the vault, as the tables of `FORMAT.md` have them.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::str::FromStr;

use cid::Cid;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::Entry;
use crate::format::header::ShareKey;
use crate::format::limits;
use crate::format::share_id::{InnerId, ShareId};
use crate::keys::Id;
use crate::social::share::Recipient;
use crate::social::stored;

/// What is known of a contact and cannot be found again by its id. It decides nothing: a person whom no [`Stance`] names
/// is no contact.
///
/// [`Stance`]: crate::social::relation::Stance
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownContact {
    /// When I added it, in milliseconds since 1970.
    #[serde(default)]
    pub added: u64,
    /// The relays at which its record was found last.
    #[serde(default)]
    pub relays: Vec<String>,
    /// The highest sequence seen. A lower one is refused, even after everything else was lost.
    #[serde(default)]
    pub seq: u64,
    /// The first commitment to its successor that I saw; zeros, which fit nobody, where two devices saw two.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "serde_bytes")]
    pub heir: Option<[u8; 32]>,
    /// The keys to which its letterbox is sealed. Without them the letterbox could not be read again, and a
    /// new one would start before what its reader has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Recipient>,
}

impl Entry for KnownContact {
    const PREFIX: &'static str = "contact/";
    type Name = Id;
}

/// A share of mine. Title, note and files are in its header, which the key opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnShare {
    /// The id that it has inside objects.
    #[serde(with = "stored::inner_id")]
    pub share: InnerId,
    /// The revision of the header.
    pub rev: u64,
    /// The header block.
    pub header: Cid,
    /// The key of everything in it.
    #[serde(with = "stored::share_key")]
    pub key: ShareKey,
    /// Its readers.
    pub recipients: Vec<Id>,
    /// People who were its readers and were taken off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Id>,
    /// The revision in which its contents last changed. Absent for the first.
    #[serde(default, skip_serializing_if = "is_first")]
    pub since: u64,
    /// The maker's relays, if it is passed on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keepers: Vec<String>,
    /// Who gave it to me, if it is passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Id>,
}

/// A device of mine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownDevice {
    /// What I call it; empty where nobody named it.
    pub name: String,
    /// When it came to have this profile, in milliseconds since 1970.
    pub added: u64,
    /// When it was removed last, in milliseconds since 1970; 0 if it never was. It rises, so that nothing which is done
    /// elsewhere at that time undoes it.
    #[serde(default, skip_serializing_if = "is_first")]
    pub removed: u64,
    /// When its removal was undone last; 0 if it never was. It rises too.
    #[serde(default, skip_serializing_if = "is_first")]
    pub back: u64,
}

impl KnownDevice {
    /// A device that came at `added`, in milliseconds since 1970.
    pub fn new(name: String, added: u64) -> Self {
        Self { name, added, removed: 0, back: 0 }
    }

    /// Whether it is removed.
    pub fn is_removed(&self) -> bool {
        self.removed > self.back
    }

    /// Removes it at `now`. Idempotent.
    pub fn remove(&mut self, now: u64) {
        if !self.is_removed() {
            self.removed = now.max(self.back.saturating_add(1)).min(limits::MAX_INTEGER);
        }
    }

    /// Takes its removal back at `now`. Idempotent.
    pub fn take_back(&mut self, now: u64) {
        if self.is_removed() {
            self.back = now.max(self.removed).min(limits::MAX_INTEGER);
        }
    }
}

impl Entry for KnownDevice {
    const PREFIX: &'static str = "device/";
    /// Its key, written as identities are.
    type Name = Id;
}

fn is_first(rev: &u64) -> bool {
    *rev == 0
}

impl Entry for OwnShare {
    const PREFIX: &'static str = "share/";
    type Name = ShareId;
}

/// A received share that was taken back, or that I removed here. The entry keeps it from coming back out of
/// its author's letterbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hidden {
    /// The last hidden revision. A later one shows again.
    pub rev: u64,
    /// Who shared it. Absent in entries of earlier builds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Id>,
    /// When it was hidden, in milliseconds since 1970; 0 in rows of earlier builds, and where it is shown again.
    #[serde(skip_serializing_if = "is_first")]
    pub at: u64,
}

/// In rows of earlier builds a hidden share is a revision alone.
impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Whole {
            rev: u64,
            #[serde(default)]
            author: Option<Id>,
            #[serde(default)]
            at: u64,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Hidden;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a hidden share, or its revision")
            }

            fn visit_u64<E: de::Error>(self, rev: u64) -> Result<Hidden, E> {
                Ok(Hidden { rev, author: None, at: 0 })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Hidden, A::Error> {
                let Whole { rev, author, at } = Whole::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Hidden { rev, author, at })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Entry for Hidden {
    const PREFIX: &'static str = "hidden/";
    type Name = ShareId;
}

/// My name for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Petname(pub String);

impl Entry for Petname {
    const PREFIX: &'static str = "petname/";
    type Name = Id;
}

/// That somebody sees my contacts, those who agreed to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeesMine(pub bool);

impl Entry for SeesMine {
    const PREFIX: &'static str = "shown/";
    type Name = Id;
}

/// That somebody is suggested to me no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Dismissed(pub bool);

impl Entry for Dismissed {
    const PREFIX: &'static str = "dismissed/";
    type Name = Id;
}

/// The circles in which I put somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Circles(pub BTreeSet<String>);

impl Entry for Circles {
    const PREFIX: &'static str = "circles/";
    type Name = Id;
}

/// The commitment to my successor. The phrase gave it when the profile was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Heir(#[serde(with = "serde_bytes")] pub [u8; 32]);

impl Entry for Heir {
    const PREFIX: &'static str = "setting/heir";
    type Name = Only;
}

/// Declares settings that are on or off; one that is absent is off.
macro_rules! switches {
    ($($(#[doc = $doc:literal])* $Switch:ident = $key:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $Switch(pub bool);

        impl Entry for $Switch {
            const PREFIX: &'static str = $key;
            type Name = Only;
        }
    )*};
}

switches! {
    /// Whether the person wrote down the recovery words.
    WordsConfirmed = "setting/words";
    /// Whether receipts are left and ingested.
    Receipts = "setting/receipts";
    /// Whether contacts are reached through relays only, so that they do not learn my network address.
    RelayOnly = "setting/relay-only";
    /// Whether contacts may show me to theirs.
    MayBeShown = "setting/shown";
}

/// The name of an entry of which there is only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Only;

impl Display for Only {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl FromStr for Only {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        if name.is_empty() { Ok(Self) } else { Err(()) }
    }
}
