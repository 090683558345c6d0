//! Links that are given out in the month, and the people who open them.

use cid::Cid;
use spinney::keys::link::PasswordKey;
use spinney::social::link::OpenedLink;
use spinney_relay::store::Blobs;

use super::{DAY_MS, Month, files};
use crate::dice::Dice;
use crate::guest::Guest;
use crate::line::Line;

/// A share by link, and what has to come of it.
pub(crate) struct Linked {
    pub(crate) author: usize,
    pub(crate) files: Vec<Vec<u8>>,
    pub(crate) header: Cid,
    pub(crate) has_password: bool,
    /// When it ends.
    until: Option<u64>,
    /// Somebody without a profile who opens it every evening.
    pub(crate) guest: Guest,
    /// Somebody with a profile who opens it once.
    holder: usize,
    /// What was due to the guest each evening, and what came.
    pub(crate) evenings: Vec<(Due, Came)>,
    /// Blocks that the guest had of it and that a relay has at the end.
    pub(crate) left: Vec<Cid>,
}

/// What a guest has to get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Share,
    Nothing,
    /// Either, since not every relay has heard of it yet.
    Either,
}

/// What a guest got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    Share,
    Nothing,
    SomethingElse,
}

impl Linked {
    /// Whether the guest is to have the share at the end.
    pub(crate) fn is_good(&self) -> bool {
        matches!(self.evenings.last(), Some((Due::Share, _)))
    }
}

impl Month {
    /// Gives a link out: to a guest, and to anybody at all who has a profile.
    pub(super) async fn give_link(&mut self, one: usize, now: u64, dice: &mut Dice) {
        let title = format!("Link {}", self.linked.len());
        let password = if dice.percent(20) { "Amélie" } else { "" };
        let until = dice.percent(40).then(|| now + dice.within(2..=20) as u64 * DAY_MS);
        let files = files(dice);
        let person = &mut self.people[one];
        let (id, link) = person.share_by_link(&title, &files, password, until, now).await;
        let password_key = PasswordKey::derive(&link.secret, password).unwrap();
        let linked = Linked {
            author: one,
            files,
            header: person.own[&id].header,
            has_password: !password.is_empty(),
            until,
            guest: Guest::new(OpenedLink::new(link, password_key)),
            holder: dice.below(self.people.len()),
            evenings: Vec::new(),
            left: Vec::new(),
        };
        self.linked.insert(id, linked);
    }

    /// Opens the links that somebody with a profile was given.
    pub(super) async fn open_links(&mut self, one: usize, line: &Line, dice: &mut Dice) {
        let person = &mut self.people[one];
        let mine = self.linked.iter().filter(|(_, linked)| linked.holder == one && linked.author != one);
        for (id, linked) in mine {
            if person.has_opened(id) || line.loses(dice) {
                continue;
            }
            let mut guest = Guest::new(linked.guest.link.clone());
            if guest.open(line).await.is_some() {
                person.keep_opened(*id, guest.link);
            }
        }
    }

    /// Lets every guest open their link.
    pub(super) async fn guests_come(&mut self, now: u64, line: &Line) {
        for (id, linked) in &mut self.linked {
            let author = &self.people[linked.author];
            // At its end relays let go of it by themselves.
            let has_ended = linked.until.is_some_and(|until| until <= now);
            let due = match (author.has_link(id), author.is_published()) {
                (true, true) if !has_ended => Due::Share,
                (false, true) => Due::Nothing,
                _ if has_ended => Due::Nothing,
                _ => Due::Either,
            };
            let came = match linked.guest.open(line).await {
                None => Came::Nothing,
                Some(files) if files == linked.files => Came::Share,
                Some(_) => Came::SomethingElse,
            };
            linked.evenings.push((due, came));
        }
    }

    /// Lets every guest who had something ask every relay for it by name.
    pub(super) async fn guests_ask_again(&mut self, line: &Line) {
        for linked in self.linked.values_mut() {
            for relay in &line.relays {
                let had: Vec<_> = linked.guest.had.iter().copied().collect();
                let have = relay.have(&had).await.unwrap();
                linked.left.extend(had.iter().zip(have).filter_map(|(cid, have)| have.then_some(cid)));
            }
        }
    }
}
