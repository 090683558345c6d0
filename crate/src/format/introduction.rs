//! Whom friends show each other: the letter with an author's contacts who agreed to be shown.

use cid::Cid;

use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{Value, maybe, relays, rising_by};
use crate::format::letter::Part;
use crate::format::node::{self, Content, Pointer};
use crate::format::object::object;
use crate::format::{DAG_CBOR, limits};

object! {
    /// Somebody who agreed to be shown, as the author of a letter knows them. All of it is the author's claim.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Shown {
        /// Who it is.
        #[key("pk")]
        pub id: VerifyingKey,
        /// What their profile calls them.
        #[max(limits::NAME_CHARS)]
        pub name: String,
        /// Relays that have their record: hostile input until checked.
        #[max(limits::SHOWN_RELAYS)]
        #[check(relays)]
        pub relays: Vec<String>,
        /// The sequence of the newest record that the author knows. It counts for the first look alone.
        pub seq: u64,
    }
}

object! {
    /// A part of a letter with contacts who agreed to be shown.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "letter")]
    pub struct Contacts {
        /// Sorted by their keys, each once.
        #[max(limits::SHOWN)]
        #[check(rising_by(|shown: &Shown| shown.id.as_bytes()))]
        pub list: Vec<Shown>,
        /// Where it goes on.
        #[check(maybe(node::of(DAG_CBOR)))]
        pub more: Option<Pointer>,
    }
}

impl Content for Contacts {
    fn links(&self) -> Vec<Cid> {
        self.more.iter().map(|more| more.cid).collect()
    }
}

impl Part for Contacts {
    fn more(&self) -> Option<&Pointer> {
        self.more.as_ref()
    }

    fn set_more(&mut self, more: Option<Pointer>) {
        self.more = more;
    }

    /// A sequence is no reason for another letter: it rises with everything that they publish.
    fn said(&self) -> Vec<u8> {
        let mut said = self.clone();
        said.list.iter_mut().for_each(|shown| shown.seq = 0);
        said.to_bytes()
    }

    fn check_after(&self, before: &Self) -> Result<(), DecodeError> {
        let last = before.list.last().map(|shown| shown.id.as_bytes());
        let first = self.list.first().map(|shown| shown.id.as_bytes());
        Fault::Order.unless(last < first).map_err(|fault| DecodeError::at("list", fault))
    }
}
