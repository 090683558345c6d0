//! Ingesting what contacts say of others: whether they may be shown, whom they show, whom they introduce.

use std::rc::Rc;

use crate::engine::Error;
use crate::engine::letters::{Announcement, Letters};
use crate::engine::state::{Tables, Transaction};
use crate::engine::transfer::BlockFetcher;
use crate::format::limits;
use crate::format::note::{Note, Says};
use crate::keys::Id;
use crate::platform;
use crate::social::introduction::{Agreement, Introduction, MAX_BY_ONE, MAX_INTRODUCED, SeenContacts};
use crate::social::letter::{Address, Standing};

use super::handle::Introductions;

/// New notes of a contact, and what is needed to read the letters that they name.
pub(in crate::engine) struct News<'a> {
    pub(in crate::engine) author: &'a Id,
    pub(in crate::engine) fetcher: &'a Rc<BlockFetcher>,
    pub(in crate::engine) pair: &'a [u8; 32],
    pub(in crate::engine) notes: &'a [Note],
}

impl Introductions {
    /// Ingests what new notes of a contact say of others, but for letters. Notes may come twice and in any order.
    pub(in crate::engine) async fn ingest(&self, news: &News<'_>) -> Result<(), Error> {
        let author = *news.author;
        let says: Vec<_> = news.notes.iter().filter(|note| is_of_others(&note.says)).cloned().collect();
        if says.is_empty() {
            return Ok(());
        }
        let (me, now) = (self.0.directory.id, platform::now_ms());
        let state = self.0.state.background();
        let ingested = state.update(move |tx| {
            if !tx.is_written_to(&author) {
                return Ok(Vec::new());
            }
            let mut tokens = Vec::new();
            for note in &says {
                match &note.says {
                    Says::Visible { on } => {
                        let standing = Standing::of(note);
                        if standing.is_news(tx.agreed.get(&author).map(|known| &known.standing)) {
                            tx.agreed.insert(author, Agreement { standing, on: *on });
                        }
                    }
                    Says::Gone { share, rev } => forget_letter(tx, &author, share.0, *rev),
                    Says::Introduction { .. } => tokens.extend(introduce(tx, &me, &author, note, now)),
                    _ => {}
                }
            }
            Ok(tokens)
        });
        let tokens = ingested.await?;
        if !tokens.is_empty() {
            self.0.contacts.expect_soon(tokens);
        }
        Ok(())
    }

    /// Reads the newest letter with contacts that these notes name, if it is newer than what was read.
    ///
    /// # Errors
    ///
    /// If it cannot be had now, or is refused.
    pub(in crate::engine) async fn read_letter(&self, news: &News<'_>) -> Result<(), Error> {
        let letters = news.notes.iter().filter_map(|note| match note.says {
            Says::Contacts { share, rev, header } => {
                Some((Standing::of(note), Address { share, rev, header }))
            }
            _ => None,
        });
        let Some((standing, address)) = letters.max_by_key(|(standing, _)| *standing) else { return Ok(()) };
        let is_gone = news.notes.iter().any(|note| match note.says {
            Says::Gone { share, rev } => share == address.share && rev.is_none_or(|rev| rev >= address.rev),
            _ => false,
        });
        let author = *news.author;
        let is_news = move |tables: &Tables| {
            standing.is_news(tables.seen_contacts.get(&author).map(|known| &known.standing))
        };
        if is_gone || !self.0.state.read(is_news) {
            return Ok(());
        }
        let announcement =
            Announcement { author: news.author, fetcher: news.fetcher, pair: news.pair, address };
        let Some(parts) = Letters::read(&announcement).await? else { return Ok(()) };
        let seen = SeenContacts::new(standing, address, parts);
        let state = self.0.state.background();
        let ingested = state.update(move |tx| {
            if tx.is_written_to(&author) && is_news(tx) {
                tx.seen_contacts.insert(author, seen);
            }
            Ok(())
        });
        ingested.await
    }
}

fn is_of_others(says: &Says) -> bool {
    matches!(says, Says::Visible { .. } | Says::Gone { .. } | Says::Introduction { .. })
}

/// Forgets whom a contact showed, if they took this letter back.
fn forget_letter(tx: &mut Transaction, author: &Id, share: [u8; 16], rev: Option<u64>) {
    let is_it = |seen: &SeenContacts| {
        seen.address.share.0 == share && rev.unwrap_or(limits::MAX_INTEGER) >= seen.address.rev
    };
    if tx.seen_contacts.get(author).is_some_and(|seen| is_it(seen) && !seen.people.is_empty())
        && let Some(seen) = tx.seen_contacts.get_mut(author)
    {
        // The row stays, so that an older note brings nobody back.
        seen.people.clear();
    }
}

/// Notes an introduction that is worth asking about; returns the token that my relays are to expect then.
fn introduce(tx: &mut Transaction, me: &Id, by: &Id, note: &Note, now: u64) -> Option<[u8; 32]> {
    let Says::Introduction { id, name, relays, seq, secret, message } = &note.says else { return None };
    let id = Id::from(*id);
    let is_known = tx.contacts.contains(&id) || tx.closed.contains(&id);
    if id == *me || tx.living(&id) == *me || id == *by || is_known {
        return None;
    }
    let waiting = || tx.introduced.values().filter(|it| it.waits() && !it.is_over(now));
    let is_new = tx.introduced.get(&id).is_none_or(|known| known.is_over(now));
    let is_full = waiting().count() >= MAX_INTRODUCED
        || waiting().filter(|introduction| introduction.by == *by).count() >= MAX_BY_ONE;
    if is_new && is_full {
        return None;
    }
    let introduction = Introduction {
        time: note.time,
        by: *by,
        name: name.clone(),
        relays: relays.clone(),
        seq: *seq,
        secret: secret.clone(),
        message: message.clone().filter(|message| !message.is_empty()),
        answered: 0,
    };
    let introduction = introduction.after(tx.introduced.get(&id), now)?;
    let token = introduction.waits().then(|| introduction.token());
    tx.introduced.insert(id, introduction);
    token
}
