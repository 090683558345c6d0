//! What a page is shown of the tables.

use std::collections::BTreeSet;

use cid::Cid;
use serde_bytes::ByteBuf;

use crate::engine::Error;
use crate::engine::api::{self, Asked, Contact, ContactState, Me, ProfileSummary, Share, Warning};
use crate::engine::directory::{Directory, devices_of};
use crate::format::invite::{Invite, Ticket};
use crate::format::picture::Picture;
use crate::format::share_id::ShareId;
use crate::format::{limits, text};
use crate::keys::Id;
use crate::net::RelayAddr;
use crate::platform;
use crate::social::audience::Standing as ShareStanding;
use crate::social::contact;
use crate::social::publication::Publication;
use crate::social::receipt::Stage;
use crate::social::relation::{Decision, Relation, Standing};
use crate::social::share_record::{Content, ShareRecord};
use crate::social::succession;
use crate::social::verification::{VerificationState, verified};

use super::folders::Earlier;
use super::live::Live;
use super::needs_root::needs_root;
use super::rows::{Account, Restored};
use super::tables::{ROOT, Rows, Tables};

/// Bytes of a name in an invite, which is to be short; the whole name is in the profile.
const INVITE_NAME: usize = 24;

impl Tables {
    /// The contact of this id, as a person typed it or the page names it.
    pub(in crate::engine) fn contact(&self, id: &str) -> Result<&contact::Contact, Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("contact"))?;
        self.contacts.get(&id).ok_or(Error::NotFound("contact"))
    }

    /// The share of this id.
    pub(in crate::engine) fn share(&self, id: &str) -> Result<&ShareRecord, Error> {
        let id: ShareId = id.parse().map_err(|_| Error::NotFound("share"))?;
        self.shares.get(&id).ok_or(Error::NotFound("share"))
    }

    /// My relation to somebody, as far as it is in force.
    ///
    /// No decision is in force about a person who is no contact: on a full disk somebody is removed without rewriting
    /// the row of their relation, which [`settle_relation`](Self::settle_relation) does later.
    fn relation(&self, id: &Id) -> Option<&Relation> {
        self.relations.get(id).filter(|_| self.contacts.contains(id))
    }

    /// What I decided about somebody.
    pub(in crate::engine) fn decision(&self, id: &Id) -> Decision {
        self.relation(id).map_or(Decision::None, Relation::decision)
    }

    /// Whether they are to have a letterbox and notes of mine.
    pub(in crate::engine) fn is_written_to(&self, id: &Id) -> bool {
        self.relation(id).is_some_and(Relation::is_written_to)
    }

    /// Whether their record is watched.
    pub(in crate::engine) fn is_watched(&self, id: &Id) -> bool {
        self.relation(id).is_some_and(Relation::is_watched)
    }

    /// A contact whose record is watched.
    pub(in crate::engine) fn watched(&self, id: &Id) -> Option<&contact::Contact> {
        self.contacts.get(id).filter(|_| self.is_watched(id))
    }

    /// Whether a relay is one of somebody whom I added or follow, so that it is dialled anyway.
    pub(in crate::engine) fn is_relay_of_a_contact(&self, relay: &str) -> bool {
        let names = |contact: &contact::Contact| contact.relays().iter().any(|named| named == relay);
        self.contacts.values().any(|contact| names(contact) && self.is_watched(&contact.id))
    }

    /// The contact who certified this device.
    pub(in crate::engine) fn contact_with(&self, device: &libp2p::PeerId) -> Option<&contact::Contact> {
        self.contacts.values().find(|contact| devices_of(contact).any(|of| of == *device))
    }

    /// Whether I compared somebody's words, and their keys are the same.
    pub(in crate::engine) fn is_verified(&self, id: &Id) -> bool {
        matches!(verified(self.verifications.get(id)), VerificationState::Since(_))
    }

    /// How many letterboxes people and links need.
    pub(in crate::engine) fn letterboxes(&self) -> usize {
        self.contacts.keys().filter(|id| self.is_written_to(id)).count() + self.links.len()
    }

    /// Whether a share is active: mine, and there for others or for my other devices. It is not without its link, where
    /// it had one, nor after it was withdrawn.
    pub(in crate::engine) fn is_active(&self, me: &Id, share: &ShareRecord) -> bool {
        share.author == *me && !share.withdrawn && (!share.by_link || self.links.get(&share.id()).is_some())
    }

    /// What I have heard of a share until now.
    pub(in crate::engine) fn standing(&self, id: &ShareId) -> Option<ShareStanding> {
        let here = self.shares.get(id).map(|share| ShareStanding { rev: share.rev, is_gone: false });
        here.max(self.hidden.get(id).map(|hidden| ShareStanding { rev: hidden.rev, is_gone: true }))
    }

    /// The identity that somebody has now: another one, where they changed keys.
    pub(in crate::engine) fn living(&self, id: &Id) -> Id {
        succession::living(id, |id| self.closed.get(id).map(|closed| closed.by))
    }

    /// The identities that somebody had before this one.
    pub(in crate::engine) fn identities_before(&self, id: &Id) -> Vec<Id> {
        self.closed.keys().filter(|closed| *closed != id && self.living(closed) == *id).copied().collect()
    }

    /// Those of these people to whom a header is sealed: not who was removed or blocked meanwhile.
    pub(in crate::engine) fn reachable(&self, readers: &[Id]) -> Vec<Id> {
        let known = |id: &Id| self.contacts.get(id).is_some_and(|contact| contact.recipient().is_some());
        readers.iter().filter(|id| known(id) && self.is_written_to(id)).copied().collect()
    }

    /// Whether any keeper has a root of mine.
    pub(in crate::engine) fn is_published(&self) -> bool {
        !self.replicas.is_empty()
    }

    /// How the words brought this profile back, if that is not confirmed yet.
    pub(in crate::engine) fn restored(&self) -> Option<&Restored> {
        self.restored.get(&ROOT.to_owned())
    }

    /// Notes how the words brought this profile back, or that it is confirmed.
    pub(in crate::engine) fn set_restored(&mut self, restored: Option<Restored>) {
        match restored {
            Some(restored) => drop(self.restored.insert(ROOT.to_owned(), restored)),
            None => drop(self.restored.remove(&ROOT.to_owned())),
        }
    }

    /// Whether nothing is to be published, because a relay that has not answered yet may know something newer.
    pub(in crate::engine) fn is_held_back(&self) -> bool {
        self.restored().is_some_and(|restored| !restored.silent.is_empty())
    }

    /// The highest sequence that a keeper has, which others can find while this tab is closed; 0 before the first.
    pub(in crate::engine) fn seq_anywhere(&self) -> u64 {
        self.replicas.values().map(|replica| replica.seq).max().unwrap_or_default()
    }

    /// Whether the newest root lacks a change.
    pub(in crate::engine) fn is_root_due(&self) -> bool {
        self.publication.newest.is_none() || !self.current.contains(&ROOT.to_owned())
    }

    /// Whether the profile, letterboxes, the vault and the feed of `me` are to say the same as at `snapshot`.
    pub(in crate::engine) fn says_the_same(&self, me: &Id, snapshot: &Self) -> bool {
        !needs_root(me, snapshot, self)
    }

    /// Has the next root composed, whether or not a change of these tables asks for it.
    pub(in crate::engine) fn need_root(&mut self) {
        self.current.remove(&ROOT.to_owned());
    }

    /// Puts a root in place that was composed from `snapshot`: it is current if nothing changed since that hangs from it.
    pub(in crate::engine) fn install_root(&mut self, me: &Id, snapshot: &Self, publication: Publication) {
        if needs_root(me, snapshot, self) {
            self.need_root();
        } else {
            self.current.insert(ROOT.to_owned(), true);
        }
        let is_written = |key: &String, at: &u64| snapshot.changed.get(key) == Some(at);
        self.changed.remove_where(is_written);
        self.publication = std::rc::Rc::new(publication);
    }

    /// Whether a keeper, by its PeerId, has the newest record.
    pub(in crate::engine) fn has_record(&self, keeper: &str) -> bool {
        let replica = self.replicas.get(&keeper.to_owned());
        replica.is_some_and(|replica| replica.seq == self.publication.seq() && !replica.is_stale)
    }

    /// Whether a keeper has everything that there is to publish, but for shares.
    pub(in crate::engine) fn is_current_at(&self, keeper: &str) -> bool {
        !self.is_root_due() && self.has_record(keeper)
    }

    /// An invite as it is now: with a ticket for one person, without one for everybody.
    pub(in crate::engine) fn invite(&self, directory: &Directory, ticket: Option<Ticket>) -> Invite {
        Invite {
            id: directory.id.verifying_key(),
            name: Some(text::cut(&self.account.name, INVITE_NAME)),
            relays: directory.relay_names(),
            seq: self.seq_anywhere(),
            ticket,
        }
    }

    /// The unlocked profile, as the page shows it.
    pub(in crate::engine) fn me(&self, directory: &Directory) -> Me {
        let account = &self.account;
        Me {
            summary: ProfileSummary {
                id: directory.id.to_string(),
                name: account.name.clone(),
                avatar: account.avatar.clone(),
                waiting: directory.is_waiting(),
            },
            bio: account.bio.clone(),
            invite: self.invite(directory, None).to_string(),
            receipts: account.receipts,
            relay_only: account.relay_only,
            may_be_shown: account.may_be_shown,
            words_confirmed: account.words_confirmed,
            published: self.is_published(),
            left_out: self.publication.vault.left_out(),
            removed: self.is_removed(directory),
            restored: self.restored().map(|restored| api::Restored {
                published: restored.published,
                silent: restored.silent.iter().cloned().collect(),
            }),
            changed_keys: self.former.values().filter(|keys| keys.is_news).last().map(|keys| {
                api::ChangedKeys { at: keys.at, links: keys.links.iter().map(|it| text::shown(it)).collect() }
            }),
            old_keys: account.successor.is_some(),
        }
    }

    /// How far a recipient has come with what is in a share of mine now.
    pub(in crate::engine) fn stage_of(&self, share: &ShareRecord, reader: &Id) -> Stage {
        let known = self.progress.get(&share.id()).map_or(Stage::Queued, |far| far.of(reader, share.since));
        // Who does not tell others is not told either.
        let known = if self.account.receipts { known } else { known.min(Stage::Kept) };
        known.max(if share.delivered { Stage::Kept } else { Stage::Queued })
    }

    /// A contact, as the page shows it.
    pub(in crate::engine) fn shown_contact(
        &self,
        contact: &contact::Contact,
        live: &Live,
        directory: &Directory,
    ) -> Contact {
        let stranger = Relation::default();
        let relation = self.relations.get(&contact.id).unwrap_or(&stranger);
        let profile = contact.profile.as_ref();
        let state = match relation.standing(false, contact.has_letterbox()) {
            Standing::Blocked => ContactState::Blocked,
            _ if profile.is_none() => ContactState::Resolving,
            Standing::Following => ContactState::Following,
            Standing::Mutual => ContactState::Mutual,
            _ => ContactState::Requested,
        };
        let now = platform::now_ms();
        let asking = self.asking.get(&contact.id);
        let is_asked = relation.is_written_to() && !contact.has_letterbox();
        let compared = verified(self.verifications.get(&contact.id));
        Contact {
            id: contact.id.to_string(),
            words: Contact::words_of(&contact.id),
            name: profile
                .map(|profile| &profile.name)
                .or(contact.new_keys.as_ref().map(|keys| &keys.name))
                .map(|name| text::shown_name(name))
                .unwrap_or_default(),
            petname: contact.petname.clone(),
            avatar: profile.and_then(|p| p.avatar.as_ref()).map(|avatar| ByteBuf::from(avatar.to_vec())),
            state,
            request: is_asked.then(|| match asking {
                _ if !relation.owes_request(false, now) => Asked::Left,
                Some(asking) if asking.is_full() => Asked::Full,
                _ => Asked::Queued,
            }),
            invite: asking.filter(|_| is_asked).and_then(|asking| asking.spent()).map(Into::into),
            online: relation.is_watched() && live.has(contact),
            out_of_reach: relation.is_watched()
                && directory.is_out_of_reach(contact, self.account.relay_only),
            last_seen: contact.head.map(|head| head.time.min(now)),
            sees_mine: self.seeing.contains(&contact.id),
            may_be_shown: self.agreed.get(&contact.id).is_some_and(|it| it.on),
            circles: relation.circles().map(text::shown).collect(),
            verified: match compared {
                VerificationState::Never => None,
                VerificationState::Since(at) | VerificationState::KeysChanged(at) => Some(at),
            },
            new_keys: contact
                .new_keys
                .as_ref()
                .map(|keys| api::NewKeys { at: keys.at, was_verified: keys.was_verified }),
            warning: match (compared, contact.warning) {
                (VerificationState::KeysChanged(_), _) => Some(Warning::Keys),
                (_, Some(contact::Warning::Heir)) => Some(Warning::Heir),
                (_, Some(contact::Warning::TwoRoots(_))) => Some(Warning::TwoRoots),
                (_, None) => live.refused.contains(&contact.id).then_some(Warning::Refused),
            },
        }
    }

    /// Gives a relation to every contact who has none: they were added before there were other relations.
    pub(in crate::engine) fn give_relations(&mut self) {
        let without = self.contacts.values().filter(|contact| !self.relations.contains(&contact.id));
        let without: Vec<_> = without.map(|contact| (contact.id, contact.added)).collect();
        for (id, added) in without {
            self.relations.insert(id, Relation::added(added));
        }
    }

    /// Forgets what invites claimed and what did not come true within a day.
    pub(in crate::engine) fn forget_old_claims(&mut self) {
        let now = platform::now_ms();
        let ids: Vec<_> =
            self.contacts.iter().filter(|(_, it)| it.claimed.is_some()).map(|(id, _)| *id).collect();
        for id in ids {
            if let Some(contact) = self.contacts.get_mut(&id) {
                contact.forget_claim(now);
            }
        }
    }

    /// Forgets a picture of mine that an earlier build took and that nobody would read now: a profile with it is refused.
    pub(in crate::engine) fn forget_refused_picture(&mut self) {
        let is_refused = |picture: &ByteBuf| Picture::read(picture, limits::AVATAR_SIDE).is_err();
        if self.account.avatar.as_ref().is_some_and(is_refused) {
            tracing::warn!("the picture of this profile is larger than allowed: choose another one");
            std::rc::Rc::make_mut(&mut self.account).avatar = None;
        }
    }

    /// Takes back what I decided about a person who is no contact any more. That they asked or were answered stays
    /// known.
    pub(in crate::engine) fn settle_relation(&mut self, id: &Id) {
        if self.is_unsettled(id)
            && let Some(relation) = self.relations.get_mut(id)
        {
            relation.decide(Decision::None, None, platform::now_ms());
            relation.clear_circles();
        }
    }

    /// The same for everybody.
    pub(in crate::engine) fn settle_relations(&mut self) {
        let unsettled: Vec<_> = self.relations.keys().filter(|id| self.is_unsettled(id)).copied().collect();
        unsettled.iter().for_each(|id| self.settle_relation(id));
    }

    fn is_unsettled(&self, id: &Id) -> bool {
        let has_more = |it: &Relation| it.decision() != Decision::None || it.circles().next().is_some();
        let is_gone = !self.contacts.contains(id) && !self.closed.contains(id);
        is_gone && self.relations.get(id).is_some_and(has_more)
    }

    /// Forgets relations that this change left without a reason to remember them.
    pub(super) fn forget_idle(&mut self, before: &Self) {
        if self.relations.is_same(&before.relations) && self.contacts.is_same(&before.contacts) {
            return;
        }
        let now = platform::now_ms();
        let idle: Vec<_> = Rows::changes(&before.relations, &self.relations)
            .map(|(id, ..)| *id)
            .chain(Rows::changes(&before.contacts, &self.contacts).map(|(id, ..)| *id))
            .filter(|id| !self.contacts.contains(id))
            .filter(|id| self.relations.get(id).is_some_and(|relation| relation.is_forgettable(now)))
            .collect();
        for id in idle {
            self.relations.remove(&id);
        }
    }

    /// The headers and objects of my shares, and what else keepers are to keep.
    pub(in crate::engine) fn kept(&self, me: &Id) -> BTreeSet<Cid> {
        let is_there = |earlier: &&Earlier| self.shares.contains(&earlier.record.id());
        let earlier = self.earlier.values().filter(is_there).map(|earlier| earlier.record.block());
        let active = self.shares.values().filter(|share| self.is_active(me, share));
        active.map(ShareRecord::block).chain(earlier).chain(self.beside_shares(me)).collect()
    }

    /// Forgets everything.
    pub(super) fn wipe(&mut self) {
        let account = Account {
            name: String::new(),
            bio: None,
            avatar: None,
            heir: Default::default(),
            changed: 0,
            words_confirmed: false,
            receipts: false,
            relay_only: false,
            may_be_shown: false,
            may_be_shown_at: 0,
            predecessor: None,
            successor: None,
        };
        *self = Self::empty(account);
    }
}

impl Live {
    /// The name of somebody who asks, as far as it is known.
    pub(in crate::engine) fn asker_name(&self, id: &Id) -> String {
        self.askers.get(id).and_then(contact::Contact::name).map(text::shown_name).unwrap_or_default()
    }

    /// The picture of somebody who asks.
    pub(in crate::engine) fn asker_avatar(&self, id: &Id) -> Option<ByteBuf> {
        let avatar = self.askers.get(id)?.profile.as_ref()?.avatar.as_ref()?;
        Some(ByteBuf::from(avatar.to_vec()))
    }
}

/// A share as lists show it to `me`.
pub(in crate::engine) fn shown_share(share: &ShareRecord, me: &Id) -> Share {
    let is_mine = share.author == *me;
    let maker = share.maker.as_ref();
    Share {
        id: share.id().to_string(),
        author: share.author.to_string(),
        author_name: share.author_name.as_deref().map(text::shown_name),
        title: text::shown(&share.title),
        note: share.note.as_deref().map(text::shown),
        cover: share.cover.clone(),
        order: share.order.clone(),
        created: share.shown_at(),
        audience: share.kind(),
        recipients: is_mine.then(|| share.recipients.iter().map(Id::to_string).collect()),
        former: is_mine.then(|| share.former.iter().map(Id::to_string).collect()),
        made_by: maker.map(|maker| maker.id.to_string()),
        made_by_name: maker.and_then(|maker| maker.name.as_deref()).map(text::shown_name),
        unread: share.unread,
        size: share.size,
        files: share.files,
        root: match share.content {
            Content::Sealed { manifest: (manifest, _), .. } => manifest.to_string(),
            Content::Public { root, .. } => root.to_string(),
        },
        kept: if is_mine { share.delivered } else { !share.at_author_only },
        on_other_device: share.by_other_device && !share.delivered,
        adds: share.adds,
        answers: share.answers,
        answered: share.answered,
        album: share.album().map(|album| album.to_string()),
        unlisted: share.unlisted,
        in_album: share.album.is_some() && (!is_mine || share.in_album),
        elsewhere: share.elsewhere.iter().filter_map(|relay| RelayAddr::own(relay).ok()?.host()).collect(),
    }
}
