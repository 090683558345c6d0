//! A device without a disk and a network: its tables, the vault that it published, and a clock that may be wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ipld_core::ipld::Ipld;

use super::super::read::apply;
use super::super::{merged_vault, write_vault};
use crate::crypto::block::Key;
use crate::crypto::digest;
use crate::engine::contacts::{Claim, follow};
use crate::engine::mocked::ring;
use crate::engine::state::{Account, Tables, note_decided};
use crate::format::public::PublicShare;
use crate::format::share_id::{InnerId, ShareId};
use crate::format::{DAG_CBOR, cid_of};
use crate::keys::{Id, Phrase};
use crate::social::Name;
use crate::social::answers::{CommentName, HiddenComment, OwnComment, PublishedAnswers};
use crate::social::contact::{Contact, Head};
use crate::social::drop_box::{DropBox, PendingDrop};
use crate::social::fixture;
use crate::social::invite::IssuedInvite;
use crate::social::outgoing_request::OutgoingRequest;
use crate::social::relation::{Decision, Relation, Stance};
use crate::social::request::PendingRequest;
use crate::social::share_record::{Content, ShareRecord};
use crate::social::vault::{Hidden, OwnShare, Vault};

const YEAR: u64 = 365 * 24 * 60 * 60 * 1000;

/// When the histories begin, in milliseconds since 1970.
pub(super) const NOW: u64 = 1_800_000_000_000;

/// What a person does at a device, or what it hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Add(u8),
    Remove(u8),
    Block(u8),
    Follow(u8),
    Rename(u8, u8),
    Circle(u8, u8),
    Receipts(bool),
    RelayOnly(bool),
    /// A share of somebody is not shown up to this revision.
    Hide(u8, u64),
    /// Somebody comes by an invite that was made before the history.
    ComeByInvite(u8),
    Share(u8),
    Withdraw(u8),
    /// Facts: a newer root of somebody was found, and a request of theirs.
    Hear(u8, u64),
    Decline(u8),
    /// A fact: somebody left files in a box that was made before the history.
    Leave(u8),
    /// What they left was kept or thrown away.
    Answer(u8),
    /// The box is closed.
    Close,
    /// Something is said of a share.
    Say(u8),
    /// It is taken back.
    Unsay(u8),
    /// What somebody said of a share of mine is hidden.
    Hush(u8),
    /// It shows again.
    Unhush(u8),
    /// A list of what was answered to a share of mine is published.
    List(u8),
    /// The first person changed keys, and the last one is followed in their place.
    ChangeKeys,
}

/// An act at a device; without one it fetches what was published, merges, and publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) device: usize,
    pub(super) act: Option<Act>,
}

impl Step {
    pub(super) const fn of(device: usize, act: Act) -> Self {
        Self { device, act: Some(act) }
    }

    pub(super) const fn sync(device: usize) -> Self {
        Self { device, act: None }
    }
}

/// People whom the person knows.
pub(super) fn person(number: u8) -> Id {
    thread_local! {
        static IDS: Vec<Id> = (0..4).map(|number| ring(10 + number).id()).collect();
    }
    IDS.with(|ids| ids[usize::from(number)])
}

fn me() -> Id {
    thread_local! { static ME: Id = ring(1).id(); }
    ME.with(|me| *me)
}

pub(super) fn account() -> Account {
    Account { changed: 0, ..Account::new(&Phrase::from_bytes([1; 32])) }
}

/// What a page shows of it.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    people: BTreeMap<Id, (Decision, Option<String>, Vec<String>)>,
    settings: (bool, bool),
    hidden: BTreeMap<ShareId, u64>,
    used: Vec<Option<Id>>,
    waiting: Vec<(Id, u64, bool)>,
    shares: BTreeSet<ShareId>,
    boxes: Vec<u64>,
    drops: Vec<Id>,
    said: Vec<CommentName>,
    hushed: Vec<CommentName>,
    lists: BTreeMap<ShareId, u64>,
}

impl Seen {
    pub(super) fn decision(&self, id: &Id) -> Decision {
        self.people.get(id).map_or(Decision::None, |(decision, ..)| *decision)
    }
}

#[derive(Clone)]
pub(super) struct Device {
    key: [u8; 32],
    /// Milliseconds by which its clock is ahead; `wrapping` behind.
    ahead: u64,
    pub(super) tables: Tables,
}

impl Device {
    fn new(number: u8, ahead: u64) -> Self {
        let mut tables = Tables::empty(account());
        let secret = crate::format::secret::CodeSecret::from_bytes([5; 16]);
        let invite = IssuedInvite { secret, until: NOW - 1 + crate::format::limits::REQUEST_MS, used: None };
        tables.invites = Rc::new([(Name::from([3; 16]), invite)].into_iter().collect());
        let secret = crate::format::secret::CodeSecret::from_bytes([6; 16]);
        let made = DropBox { secret, bytes: 1, until: NOW + YEAR, name: None };
        tables.drop_boxes = Rc::new([(Name::from([4; 16]), made)].into_iter().collect());
        Self { key: [number; 32], ahead, tables }
    }

    fn clock(&self, now: u64) -> u64 {
        now.wrapping_add(self.ahead)
    }

    /// What it would publish.
    pub(super) fn written(&self) -> Vault {
        let mut vault = self.tables.publication.vault.clone();
        write_vault(&self.tables, &me(), &mut vault, NOW, &self.key);
        vault
    }

    /// The device after it merged another vault with what it has `written`.
    pub(super) fn with(&self, written: Vault, vault: &Vault) -> Self {
        let mut merged = written;
        merged.merge(vault);
        let mut tables = self.tables.clone();
        place_shares(&mut tables, &merged);
        Rc::make_mut(&mut tables.publication).vault = merged;
        apply(&mut tables, &me(), NOW);
        Self { tables, ..self.clone() }
    }

    pub(super) fn seen(&self) -> Seen {
        let tables = &self.tables;
        let person = |contact: &Contact| {
            let relation = tables.relations.get(&contact.id).cloned().unwrap_or_default();
            let circles = relation.circles().map(str::to_owned).collect();
            (contact.id, (relation.decision(), contact.petname.clone(), circles))
        };
        let mine = tables.shares.values().filter(|share| tables.is_active(&me(), share));
        Seen {
            people: tables.contacts.values().map(person).collect(),
            settings: (tables.account.receipts, tables.account.relay_only),
            hidden: tables.hidden.iter().map(|(id, hidden)| (*id, hidden.rev)).collect(),
            used: tables.invites.iter().map(|(_, invite)| invite.used).collect(),
            waiting: tables.inbox.iter().map(|(id, it)| (*id, it.time, it.declined)).collect(),
            shares: mine.map(ShareRecord::id).collect(),
            boxes: tables.drop_boxes.iter().map(|(_, made)| made.until).collect(),
            drops: tables.drops.keys().copied().collect(),
            said: tables.own_comments.keys().copied().collect(),
            hushed: tables.hidden_comments.keys().copied().collect(),
            lists: tables.shares.values().filter_map(|share| list_of(tables, share)).collect(),
        }
    }

    /// Does an act as the engine does; says whether it is possible.
    fn act(&mut self, act: Act, now: u64) -> bool {
        let before = self.tables.clone();
        let tables = &mut self.tables;
        let is_possible = run(tables, act, now) && *tables != before;
        if is_possible {
            let is_idle = |id: &Id| !before.contacts.contains(id) || !tables.contacts.contains(id);
            let idle = tables.relations.iter().filter(|(id, it)| is_idle(id) && it.is_forgettable(now));
            let idle: Vec<_> = idle.map(|(id, _)| *id).collect();
            idle.iter().for_each(|id| drop(tables.relations.remove(id)));
            note_decided(&me(), &before, tables, now);
        }
        is_possible
    }
}

/// The newest list that is known of what was answered to a share.
fn list_of(tables: &Tables, share: &ShareRecord) -> Option<(ShareId, u64)> {
    let answers = tables.answers.get(&share.id()).filter(|_| !share.withdrawn)?;
    let elsewhere = answers.elsewhere.as_ref().map_or(0, |list| list.at);
    Some((share.id(), answers.list.at.max(elsewhere))).filter(|(_, at)| *at > 0)
}

fn run(tables: &mut Tables, act: Act, now: u64) -> bool {
    match act {
        Act::Add(who) | Act::Follow(who) => {
            let (id, adds) = (person(who), matches!(act, Act::Add(_)));
            let wish = if adds { Decision::Added } else { Decision::Following };
            let is = tables.decision(&id);
            let is_closed = tables.closed.contains(&id);
            if is_closed || is == Decision::Blocked || (!adds && is != Decision::None) {
                return false;
            }
            let relation = tables.relations.or_insert_with(id, Relation::default);
            Rc::make_mut(&mut tables.inbox).answer(&id, wish, relation, now);
            if adds {
                relation.ask_anew(now);
                tables.asking.insert(id, OutgoingRequest::new("It is me".into(), None, now));
            }
            tables.contacts.or_insert_with(id, || Contact::new(id, Vec::new(), 0, now));
        }
        Act::Remove(who) => {
            let id = person(who);
            if tables.contacts.remove(&id).is_none() {
                return false;
            }
            tables.verifications.remove(&id);
            tables.asking.remove(&id);
            let relation = tables.relations.or_insert_with(id, Relation::default);
            relation.decide(Decision::None, None, now);
            relation.clear_circles();
        }
        Act::Block(who) => {
            let id = person(who);
            if !tables.contacts.contains(&id) || tables.decision(&id) == Decision::Blocked {
                return false;
            }
            let relation = tables.relations.or_insert_with(id, Relation::default);
            Rc::make_mut(&mut tables.inbox).answer(&id, Decision::Blocked, relation, now);
        }
        Act::Rename(who, name) => {
            let Some(contact) = tables.contacts.get_mut(&person(who)) else { return false };
            contact.petname = (name > 0).then(|| name.to_string());
        }
        Act::Circle(who, circle) => {
            let id = person(who);
            if !tables.contacts.contains(&id) {
                return false;
            }
            let circles = (circle > 0).then(|| circle.to_string());
            let relation = tables.relations.or_insert_with(id, Relation::default);
            relation.set_circles(circles.as_deref()).unwrap();
        }
        Act::Receipts(is_on) => {
            Rc::make_mut(&mut tables.account).receipts = is_on;
        }
        Act::RelayOnly(is_on) => {
            Rc::make_mut(&mut tables.account).relay_only = is_on;
        }
        Act::Hide(number, rev) => {
            let hidden = Hidden { rev, author: Some(person(0)), at: now };
            tables.hidden.insert(ShareId::from([number; 20]), hidden);
        }
        Act::ComeByInvite(who) => {
            let id = person(who);
            let made = tables.invites.iter().next().map(|(name, made)| (*name, made.clone()));
            let Some((name, invite)) = made.filter(|(_, invite)| invite.used.is_none()) else { return false };
            let relation = tables.relations.or_insert_with(id, Relation::default);
            if tables.contacts.contains(&id)
                || !relation.lets_in(invite.made())
                || !relation.is_unanswered(NOW)
            {
                return false;
            }
            relation.add_by_invite(name, invite.made(), NOW, now);
            Rc::make_mut(&mut tables.invites).apply_used(&name, id);
            tables.contacts.or_insert_with(id, || Contact::new(id, Vec::new(), 0, now));
        }
        Act::Share(number) => {
            let share = own_share(number, 0);
            return !tables.shares.insert(share.id(), share);
        }
        Act::Withdraw(number) => {
            let Some(share) = tables.shares.get_mut(&own_share(number, 0).id()) else { return false };
            return !std::mem::replace(&mut share.withdrawn, true);
        }
        Act::Hear(who, seq) => {
            let (id, time) = (person(who), NOW - 10 + seq);
            if let Some(contact) = tables.contacts.get_mut(&id) {
                contact.apply_head(Head { seq, ..fixture::head(seq, 1) }, &[], NOW);
            }
            let relation = tables.relations.or_insert_with(id, Relation::default);
            if relation.decision() == Decision::Added {
                relation.decide(Decision::Added, Some(time), now);
            } else if relation.hears(time) && tables.inbox.get(&id).is_none_or(|known| known.time < time) {
                Rc::make_mut(&mut tables.inbox).put_back(id, Some(request(time)));
            }
        }
        Act::Leave(who) => {
            let id = person(who);
            let is_open = tables.relations.get(&id).is_none_or(|relation| relation.is_unanswered(NOW));
            return is_open && !tables.drops.insert(id, pending_drop());
        }
        Act::Answer(who) => {
            let id = person(who);
            let Some(drop) = tables.drops.remove(&id) else { return false };
            tables.relations.or_insert_with(id, Relation::default).answer(drop.time);
        }
        Act::Close => return Rc::make_mut(&mut tables.drop_boxes).end(&Name::from([4; 16]), now),
        Act::Say(number) => {
            let own = OwnComment { share: ShareId::from([number; 20]), comment: vec![number].into() };
            return !tables.own_comments.insert(CommentName::from([number; 32]), own);
        }
        Act::Unsay(number) => return tables.own_comments.remove(&[number; 32].into()).is_some(),
        Act::Hush(number) => {
            let hidden = HiddenComment { share: ShareId::from([number; 20]) };
            return !tables.hidden_comments.insert(CommentName::from([number; 32]), hidden);
        }
        Act::Unhush(number) => return tables.hidden_comments.remove(&[number; 32].into()).is_some(),
        Act::List(number) => {
            let share = own_share(number, 0).id();
            if tables.shares.get(&share).is_none_or(|share| share.withdrawn) {
                return false;
            }
            let answers = tables.answers.or_insert_with(share, Default::default);
            let known = answers.elsewhere.take().map_or(0, |list| list.at).max(answers.list.at);
            answers.list =
                PublishedAnswers { pages: vec![cid_of(DAG_CBOR, &[number])], at: now.max(known + 1) };
        }
        Act::ChangeKeys => {
            let (old, heir) = (person(0), person(3));
            let Some(contact) = tables.contacts.get_mut(&old) else { return false };
            contact.heir = Some(digest("heir", &[heir.as_bytes()]));
            return follow(tables, &me(), &Claim { old, heir, relays: Vec::new() }, now);
        }
        Act::Decline(who) => {
            let id = person(who);
            let relation = tables.relations.or_insert_with(id, Relation::default);
            return Rc::make_mut(&mut tables.inbox).decline(&id, relation);
        }
    }
    true
}

/// What somebody left, as the vault has it.
fn pending_drop() -> PendingDrop {
    let bytes = |len: usize| Ipld::Bytes(vec![7; len]);
    let fields = [
        ("time", Ipld::Integer(NOW.into())),
        ("message", Ipld::String("Otto".into())),
        ("box", Ipld::String(Name::from([4; 16]).to_string())),
        ("share", bytes(16)),
        ("block", Ipld::Link(cid_of(DAG_CBOR, b"list"))),
        ("key", bytes(32)),
        ("files", Ipld::Integer(1)),
        ("size", Ipld::Integer(1)),
    ];
    let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    ipld_core::serde::from_ipld(Ipld::Map(fields)).unwrap()
}

fn request(time: u64) -> PendingRequest {
    PendingRequest {
        time,
        message: "Hello".into(),
        relays: Vec::new(),
        invite: None,
        proof: None,
        declined: false,
    }
}

/// A share of mine.
fn own_share(number: u8, rev: u64) -> ShareRecord {
    let public = PublicShare {
        share: InnerId([number; 16]),
        rev,
        created: NOW,
        title: "Walk".into(),
        note: String::new(),
        root: cid_of(DAG_CBOR, &[number]),
        files: 1,
        size: 1,
        extra: Default::default(),
    };
    let link = cid_of(DAG_CBOR, &[number]);
    let content = Content::Sealed {
        header: link,
        manifest: (link, Key::from_bytes([7; 32])),
        key: Some([8; 32].into()),
    };
    ShareRecord { content, ..ShareRecord::public(me(), link, &public, NOW) }
}

/// Has those shares here that the vault names, as restoring does.
fn place_shares(tables: &mut Tables, vault: &Vault) {
    let named: BTreeMap<ShareId, OwnShare> = vault.all().collect();
    tables.shares.remove_where(|id, share| !share.withdrawn && !named.contains_key(id));
    for (id, own) in named {
        let is_here = tables.shares.get(&id).is_some_and(|share| !share.withdrawn);
        if !is_here {
            tables.shares.insert(id, own_share(own.share.0[0], own.rev));
        }
    }
}

/// What a device knows was decided about people, and when: as the paper says it, without a vault. The last says whether
/// they came by the invite.
type Decided = BTreeMap<Id, (u64, [u8; 32], Decision, bool)>;

fn learn(known: &mut Decided, other: &Decided) {
    for (id, decided) in other {
        let mine = known.entry(*id).or_insert(*decided);
        if (decided.0, decided.1) > (mine.0, mine.1) {
            *mine = *decided;
        }
    }
}

/// Three devices, and what the relay has.
#[derive(Clone)]
pub(super) struct World {
    pub(super) devices: [Device; 3],
    /// What each device would publish.
    pub(super) written: [Vault; 3],
    published: Vault,
    /// Which devices have read what is published and changed nothing since.
    is_current: [bool; 3],
    known: [Decided; 4],
    /// Who is to be the contact of those who came by the invite.
    used: Option<Id>,
    /// Whether the last person follows the first.
    is_followed: bool,
    steps: u64,
}

impl World {
    /// One clock is right, one a year ahead, one a year behind.
    pub(super) fn new() -> Self {
        let devices =
            [(1, 0), (2, YEAR), (3, YEAR.wrapping_neg())].map(|(key, ahead)| Device::new(key, ahead));
        let written = [0, 1, 2].map(|device: usize| devices[device].written());
        let (published, known, is_current) = Default::default();
        let (used, is_followed, steps) = Default::default();
        Self { devices, written, published, is_current, known, used, is_followed, steps }
    }

    /// Takes a step; says whether it was possible and changed anything.
    pub(super) fn run(&mut self, step: Step) -> bool {
        let is_possible = self.take(step);
        if is_possible && step.act.is_some() {
            self.written[step.device] = self.devices[step.device].written();
        }
        is_possible
    }

    /// A device after it merged this vault.
    pub(super) fn merged(&self, device: usize, vault: &Vault) -> Device {
        self.devices[device].with(self.written[device].clone(), vault)
    }

    fn take(&mut self, Step { device, act }: Step) -> bool {
        self.steps += 1;
        let Some(act) = act else {
            if self.is_current[device] {
                return false;
            }
            let merged = self.merged(device, &self.published);
            let published = merged.written();
            if !published.says_the_same(&self.published) {
                self.is_current = [false; 3];
            }
            self.is_current[device] = true;
            self.written[device] = published.clone();
            self.published = published;
            self.devices[device] = merged;
            let relay = self.known[3].clone();
            learn(&mut self.known[device], &relay);
            self.known[3] = self.known[device].clone();
            return true;
        };
        let now = self.devices[device].clock(NOW + 1_000 * self.steps);
        if !self.devices[device].act(act, now) {
            return false;
        }
        self.is_current[device] = false;
        let (who, decision) = match act {
            Act::Add(who) => (who, Decision::Added),
            Act::ComeByInvite(who) => {
                let first = self.used.get_or_insert_with(|| person(who));
                *first = (*first).min(person(who));
                (who, Decision::Added)
            }
            Act::Follow(who) => (who, Decision::Following),
            Act::Remove(who) => (who, Decision::None),
            Act::Block(who) => (who, Decision::Blocked),
            Act::ChangeKeys => {
                self.is_followed = true;
                return true;
            }
            _ => return true,
        };
        let is_by_invite = matches!(act, Act::ComeByInvite(_));
        let at = self.devices[device].tables.relations.get(&person(who)).map_or(0, Relation::decided);
        // The row of a removal may be forgotten: the vault remembers it.
        let after = self.known[device].get(&person(who)).map_or(0, |(at, ..)| at + 1);
        self.known[device]
            .insert(person(who), (at.max(after), self.devices[device].key, decision, is_by_invite));
        true
    }

    /// What a device that comes back so much later, in milliseconds, finds decided about the first person, after it merged
    /// what another one has published then.
    pub(super) fn decision_after(&self, device: usize, later: u64) -> Option<Decision> {
        let (now, mut theirs) = (NOW + later, self.published.clone());
        theirs.apply_written(now);
        let Device { tables, key, .. } = &self.devices[device];
        let merged = merged_vault(tables, &me(), &theirs, now, key);
        let stance = merged.get::<Stance>(&person(0));
        stance.map(|it| Relation::from_vault(it, 0, None, BTreeSet::new()).decision())
    }

    /// What was decided last about each person.
    pub(super) fn decided(&self) -> Vec<(Id, Decision)> {
        let mut all = Decided::new();
        self.known.iter().for_each(|known| learn(&mut all, known));
        if let Some(before) = all.get(&person(0)).copied().filter(|_| self.is_followed) {
            let later = [(person(3), before)].into();
            learn(&mut all, &later);
            all.insert(person(0), (before.0, before.1, Decision::None, false));
        }
        let is_second = |id: &Id, is_by_invite: bool| is_by_invite && self.used != Some(*id);
        let decision = |(id, (.., decision, is_by_invite)): (Id, (u64, [u8; 32], Decision, bool))| {
            (id, if is_second(&id, is_by_invite) { Decision::None } else { decision })
        };
        all.into_iter().map(decision).collect()
    }
}
