//! The tables of a profile: all of its rows in memory, cheap to copy.
//!
//! A copy shares every row with the original until it is changed, so that a transaction works on a copy, and what it
//! changed is found by comparing pointers.

use std::fmt::{self, Debug, Display};
use std::rc::Rc;
use std::str::FromStr;

use litemap::LiteMap;
use serde::{Serialize, de::DeserializeOwned};
use serde_bytes::ByteArray;

use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::social::Name;
use crate::social::answers::{Answers, CommentName, HiddenComment, OwnComment};
use crate::social::contact::Contact;
use crate::social::drop_box::{DropBox, DropBoxes, PendingDrop};
use crate::social::introduction::{Agreement, Introduction, SeenContacts};
use crate::social::invite::{Invites, IssuedInvite};
use crate::social::letter::{self, OwnLetter};
use crate::social::link::{Links, OpenedLink, OwnLink};
use crate::social::outgoing_request::OutgoingRequest;
use crate::social::pinning::{self, PinningService};
use crate::social::publication::Publication;
use crate::social::receipt::Progress;
use crate::social::relation::Relation;
use crate::social::request::{Inbox, PendingRequest};
use crate::social::share_record::ShareRecord;
use crate::social::succession::{Closed, FormerKeys};
use crate::social::vault::{Hidden, KnownDevice};
use crate::social::verification::Verification;
use crate::store::Table;

use super::folders::{Earlier, FolderRow, JournalRow, StepKey, StepRow};
use super::keeping::{
    Check, FreedShare, KeepRequest, KeeperRow, KeptKey, KeptRun, NamedKeepers, Offered, Room,
};
use super::rows::{Account, Encoded, NoteKey, Plan, Replica, Restored, Run, RunKey, Wish};
use super::sealed::{OpenedTables, RowWriter};
use super::services::Held;
use crate::engine::Error;

/// The key of the one row of [`Tables::current`].
pub(super) const ROOT: &str = "root";

/// Rows of one kind, by key.
pub(in crate::engine) struct Rows<K, V>(Rc<LiteMap<K, Rc<V>>>);

impl<K, V> Clone for Rows<K, V> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Rows<K, V> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl<K: Ord, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<K: Debug, V: Debug> Debug for Rows<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter()).finish()
    }
}

impl<K: Ord + Clone, V: Clone> Rows<K, V> {
    pub(in crate::engine) fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key).map(|value| &**value)
    }

    pub(in crate::engine) fn contains(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }

    pub(in crate::engine) fn len(&self) -> usize {
        self.0.len()
    }

    pub(in crate::engine) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::engine) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, &**value))
    }

    /// The rows from this key on, which need not be there.
    pub(in crate::engine) fn from<'a>(
        &'a self,
        first: &K,
    ) -> impl Iterator<Item = (&'a K, &'a V)> + use<'a, K, V> {
        let rows = self.0.as_slice();
        let at = self.0.find_index(first).unwrap_or_else(|at| at);
        rows[at..].iter().map(|(key, value)| (key, &**value))
    }

    pub(in crate::engine) fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.0.keys()
    }

    pub(in crate::engine) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.values().map(|value| &**value)
    }

    /// Puts a row in its place; says whether there was one before.
    pub(in crate::engine) fn insert(&mut self, key: K, value: V) -> bool {
        Rc::make_mut(&mut self.0).insert(key, Rc::new(value)).is_some()
    }

    /// Removes a row and gives it; a table without it stays as it is.
    pub(in crate::engine) fn remove(&mut self, key: &K) -> Option<Rc<V>> {
        if self.0.contains_key(key) { Rc::make_mut(&mut self.0).remove(key) } else { None }
    }

    /// Removes every row of which `is_over` holds.
    pub(in crate::engine) fn remove_where(&mut self, is_over: impl Fn(&K, &V) -> bool) {
        if self.iter().any(|(key, value)| is_over(key, value)) {
            Rc::make_mut(&mut self.0).retain(|key, value| !is_over(key, value));
        }
    }

    pub(in crate::engine) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if !self.0.contains_key(key) {
            return None;
        }
        Rc::make_mut(&mut self.0).get_mut(key).map(Rc::make_mut)
    }

    /// The row of this key, or a new one that `fresh` makes.
    pub(in crate::engine) fn or_insert_with(&mut self, key: K, fresh: impl FnOnce() -> V) -> &mut V {
        Rc::make_mut(Rc::make_mut(&mut self.0).entry(key).or_insert_with(|| Rc::new(fresh())))
    }

    /// Whether these are the same rows, by their address.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// The rows that differ between two versions, with the value before and after.
    pub(super) fn changes<'a>(
        before: &'a Self,
        after: &'a Self,
    ) -> impl Iterator<Item = (&'a K, Option<&'a V>, Option<&'a V>)>
    where
        V: PartialEq,
    {
        let is_same = Rc::ptr_eq(&before.0, &after.0);
        let now = after.0.iter().map(|(key, value)| (key, before.0.get(key), Some(value)));
        let gone = before.0.iter().filter(|(key, _)| !after.0.contains_key(*key));
        let gone = gone.map(|(key, value)| (key, Some(value), None));
        let all = now.chain(gone).take(if is_same { 0 } else { usize::MAX });
        all.filter(|(_, before, after)| match (before, after) {
            (Some(before), Some(after)) => !Rc::ptr_eq(before, after) && before != after,
            _ => true,
        })
        .map(|(key, before, after)| (key, before.map(|value| &**value), after.map(|value| &**value)))
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Rows<K, V> {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(rows: T) -> Self {
        Self(Rc::new(rows.into_iter().map(|(key, value)| (key, Rc::new(value))).collect()))
    }
}

/// A collection of `social` whose entries are rows of one kind.
pub(super) trait Collection {
    type Key: Ord + Clone;
    type Value: Clone + PartialEq;
    fn rows(&self) -> Rows<Self::Key, Self::Value>;
}

impl Collection for Inbox {
    type Key = Id;
    type Value = PendingRequest;
    fn rows(&self) -> Rows<Id, PendingRequest> {
        self.iter().map(|(id, waiting)| (*id, waiting.clone())).collect()
    }
}

impl Collection for Invites {
    type Key = Name;
    type Value = IssuedInvite;
    fn rows(&self) -> Rows<Name, IssuedInvite> {
        self.iter().map(|(name, made)| (*name, made.clone())).collect()
    }
}

impl Collection for DropBoxes {
    type Key = Name;
    type Value = DropBox;
    fn rows(&self) -> Rows<Name, DropBox> {
        self.iter().map(|(name, made)| (*name, made.clone())).collect()
    }
}

impl Collection for Links {
    type Key = ShareId;
    type Value = OwnLink;
    fn rows(&self) -> Rows<ShareId, OwnLink> {
        self.iter().map(|(id, link)| (*id, link.clone())).collect()
    }
}

/// Declares the tables once: what is loaded, and what a change writes, follow from the same list.
macro_rules! tables {
    (
        single { $( $(#[$single_doc:meta])* $single:ident : $single_type:ty = $single_name:literal; )* }
        collections { $( $(#[$collection_doc:meta])* $collection:ident : $collection_type:ty = $collection_prefix:literal; )* }
        rows { $( $(#[$row_doc:meta])* $row:ident : $key:ty => $value:ty = $table:ident / $prefix:literal; )* }
    ) => {
        /// All rows of the unlocked profile at one moment.
        #[derive(Clone, PartialEq)]
        pub(in crate::engine) struct Tables {
            $( $(#[$single_doc])* pub(in crate::engine) $single: Rc<$single_type>, )*
            $( $(#[$collection_doc])* pub(in crate::engine) $collection: Rc<$collection_type>, )*
            $( $(#[$row_doc])* pub(in crate::engine) $row: Rows<$key, $value>, )*
        }

        /// A table, to be watched for changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(non_camel_case_types, reason = "named exactly as the tables are")]
        pub(in crate::engine) enum Kind { $( $single, )* $( $collection, )* $( $row, )* }

        #[cfg(test)]
        impl Kind {
            pub(super) const ALL: &[Self] =
                &[ $( Self::$single, )* $( Self::$collection, )* $( Self::$row, )* ];
        }

        impl Tables {
            /// Tables without a row but what is said of oneself.
            pub(in crate::engine) fn empty(account: Account) -> Self {
                let publication = Rc::default();
                Self {
                    account: Rc::new(account),
                    publication,
                    $( $collection: Rc::default(), )*
                    $( $row: Rows::default(), )*
                }
            }

            /// Reads every row. A single row that the disk lacks is taken from `absent`, or it is an error.
            pub(super) fn load(opened: &OpenedTables, absent: SingleRows) -> Result<Self, Error> {
                let SingleRows { $( $single, )* } = absent;
                Ok(Self {
                    $( $single: Rc::new(match opened.one(Table::State, $single_name)? {
                        Some(value) => value,
                        None => $single.ok_or_else(|| Error::Storage(
                            "this profile's rows are gone from this browser".into(),
                        ))?,
                    }), )*
                    $( $collection: Rc::new(opened.all(Table::State, $collection_prefix)?.into_iter().collect()), )*
                    $( $row: opened.all(Table::$table, $prefix)?.into_iter().collect(), )*
                })
            }

            /// Adds the rows that differ from those of `before`; gives the tables that changed.
            pub(super) fn write(&self, before: &Self, to: &mut RowWriter<'_>) -> Vec<Kind> {
                let mut changed = Vec::new();
                $( if !Rc::ptr_eq(&before.$single, &self.$single) && before.$single != self.$single {
                    to.put(Table::State, $single_name, &*self.$single);
                    changed.push(Kind::$single);
                } )*
                $( if !Rc::ptr_eq(&before.$collection, &self.$collection) {
                    let (before, after) = (before.$collection.rows(), self.$collection.rows());
                    if write_rows(&before, &after, Table::State, $collection_prefix, to) {
                        changed.push(Kind::$collection);
                    }
                } )*
                $( if write_rows(&before.$row, &self.$row, Table::$table, $prefix, to) {
                    changed.push(Kind::$row);
                } )*
                changed
            }
        }

        /// What single rows hold if the disk has none of them.
        #[derive(Default)]
        pub(super) struct SingleRows { $( pub(super) $single: Option<$single_type>, )* }
    };
}

tables! {
    single {
        /// What I say of myself.
        account: Account = "mine";
        /// What was published last.
        publication: Publication = "root";
    }
    collections {
        /// Requests that wait for an answer.
        inbox: Inbox = "request/";
        /// Invites that I gave out.
        invites: Invites = "invite/";
        /// Links that I gave out and that are good, by share.
        links: Links = "link/";
        /// Drop boxes that I made and of which relays keep something.
        drop_boxes: DropBoxes = "drop-box/";
    }
    rows {
        /// People whom I know.
        contacts: Id => Contact = State / "contact/";
        /// Identities that others follow: nothing is taken from them or sealed to them.
        closed: Id => Closed = State / "closed/";
        /// Seeds of mine that this profile follows, by their numbers.
        former: u32 => FormerKeys = State / "former/";
        /// Shares of mine under keys before, by their ids, until they are under these.
        inherited: ShareId => ShareRecord = State / "inherited/";
        /// Devices that have this profile, by their keys.
        devices: Id => KnownDevice = State / "known-device/";
        /// When devices of mine were last connected to this one.
        devices_seen: Id => u64 = State / "device-seen/";
        /// Devices of mine of which the person has said here that they know them.
        familiar: Id => bool = State / "device-familiar/";
        /// What I decided about people.
        relations: Id => Relation = State / "relation/";
        /// Whose words I compared, and which keys they had then.
        verifications: Id => Verification = State / "verified/";
        /// What is still to be said to people whom I added.
        asking: Id => OutgoingRequest = State / "asking/";
        /// Files that people without a profile left for me, by who they were, until I answer.
        drops: Id => PendingDrop = State / "dropped/";
        /// Shares of mine and those that I was given.
        shares: ShareId => ShareRecord = State / "share/";
        /// Shares that I was given and that are gone.
        hidden: ShareId => Hidden = State / "hidden/";
        /// Links that I opened, by share.
        opened: ShareId => OpenedLink = State / "opened/";
        /// How far the recipients of my shares have come.
        progress: ShareId => Progress = State / "reached/";
        /// What others answered to shares, by share.
        answers: ShareId => Answers = State / "answers/";
        /// What I answered, by its name.
        own_comments: CommentName => OwnComment = State / "answer/";
        /// Comments on shares of mine that I hide, by their names.
        hidden_comments: CommentName => HiddenComment = State / "hidden-answer/";
        /// The newest letters that I wrote.
        letters: letter::Name => OwnLetter = State / "letter/";
        /// The revisions of letters that this device wrote: it brings them to keepers.
        letters_here: letter::Name => u64 = State / "letter-here/";
        /// Contacts who said whether I may show them.
        agreed: Id => Agreement = State / "agreed/";
        /// Whom I told whether they may show me, and of which decision, in milliseconds since 1970.
        told_agreement: Id => u64 = State / "told-agreement/";
        /// Contacts who see mine.
        seeing: Id => bool = State / "seeing/";
        /// Whom contacts show me.
        seen_contacts: Id => SeenContacts = State / "seen-contacts/";
        /// People who are suggested to me no more.
        dismissed: Id => bool = State / "dismissed/";
        /// People whom contacts introduce to me.
        introduced: Id => Introduction = State / "introduced/";
        /// Room that I give to contacts in this browser.
        rooms: Id => Room = State / "room/";
        /// Room that contacts give me.
        offers: Id => Offered = State / "keep-offer/";
        /// What contacts ask me to keep.
        keep_requests: Id => KeepRequest = State / "keep-request/";
        /// What is kept here for contacts.
        kept_runs: KeptKey => KeptRun = State / "kept/";
        /// Contacts who are to keep what is mine.
        keepers: Id => KeeperRow = State / "keeper/";
        /// What keepers proved last, by the PeerIds of relays and the ids of contacts.
        checks: String => Check = State / "check/";
        /// When the words would have brought this profile back from a place, by the PeerIds of relays.
        passed_trials: String => u64 = State / "trial/";
        /// Shares of mine whose files others have instead of this browser.
        freed: ShareId => FreedShare = State / "freed/";
        /// Devices that keep what contacts gave me, by these contacts.
        named_keepers: Id => NamedKeepers = State / "named-keepers/";
        /// The digest of the keepers that I named to a contact last.
        told_keepers: Id => ByteArray<32> = State / "told-keepers/";
        /// Pinning services that hold what is mine.
        services: pinning::Name => PinningService = State / "pinning/";
        /// What this device knows of what each of them holds.
        held: pinning::Name => Held = State / "held/";
        /// Notes that stand on no page yet.
        outbox: NoteKey => Encoded = State / "outbox/";
        /// Entries that stand on no page of my feed yet.
        posts: u64 => Encoded = State / "post/";
        /// Present under [`ROOT`] while the newest root lacks no change, so that noting a change only takes a row away.
        current: String => bool = State / "current/";
        /// Since when the value of a key of the vault is another one, by a decision of the person here.
        changed: String => u64 = State / "changed/";
        /// Present under [`ROOT`] after the words brought this profile back, until the person confirms it.
        restored: String => Restored = State / "restored/";
        /// Shares of mine that another device made and of which nobody has the header yet.
        awaited: ShareId => bool = State / "awaited/";
        /// Revisions of shares of mine that another device made beside the one that counts: what came with them is to come
        /// into the next one.
        forked: ShareId => ShareRecord = State / "forked/";
        /// Folders that are kept in step with a share, by their ids.
        folders: String => FolderRow = State / "folder/";
        /// What is known of the files in these folders.
        steps: StepKey => StepRow = State / "step/";
        /// What happened to files in folders. Later lines have greater numbers.
        journal: u64 => JournalRow = State / "journal/";
        /// Revisions of shares to oneself that were replaced lately, by their headers.
        earlier: String => Earlier = State / "earlier/";
        /// What each keeper pins for me, by the names of both: when it was seen first while nothing here named it, or 0 where
        /// something did.
        pinned: String => u64 = State / "pinned/";
        /// What each keeper of mine has of my record.
        replicas: String => Replica = State / "replica/";
        /// Shares that are being made.
        drafts: String => Plan = Drafts / "draft/";
        /// The chunks of drafts that are stored.
        runs: RunKey => Run = Drafts / "run/";
        /// What is to be kept of shares in this browser.
        wishes: String => Wish = Transfers / "down/";
    }
}

fn write_rows<K, V>(
    before: &Rows<K, V>,
    after: &Rows<K, V>,
    table: Table,
    prefix: &str,
    to: &mut RowWriter<'_>,
) -> bool
where
    K: Ord + Clone + Display,
    V: Clone + PartialEq + Serialize,
{
    let mut has_changed = false;
    for (key, _, after) in Rows::changes(before, after) {
        has_changed = true;
        let name = format!("{prefix}{key}");
        match after {
            Some(value) => to.put(table, &name, value),
            None => to.remove(table, &name),
        }
    }
    has_changed
}

impl OpenedTables {
    /// Every row whose name begins with `prefix`, by what follows; names that this build does not know are passed over.
    fn all<K: FromStr, V: DeserializeOwned>(&self, table: Table, prefix: &str) -> Result<Vec<(K, V)>, Error> {
        let rows = self.with_prefix(table, prefix)?;
        Ok(rows.into_iter().filter_map(|(name, value)| Some((name.parse().ok()?, value))).collect())
    }
}
