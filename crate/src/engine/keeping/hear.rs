//! What contacts say of keeping: offers, lists, states, and which keepers of theirs there are.

use crate::engine::Error;
use crate::engine::letters::{Announcement, Letters};
use crate::engine::state::{KeepRequest, NamedKeepers, Offered, Said};
use crate::engine::transfer::BlockFetcher;
use crate::format::keep::KeepList;
use crate::format::note::{Note, Says};
use crate::keys::Id;
use crate::platform;
use crate::social::letter::{Address, Standing};

use super::handle::{Args, Keeping};

/// What was said on the pages of a letterbox.
#[derive(Default)]
pub(in crate::engine) struct Heard(Vec<(Standing, Says)>);

/// A list that a contact left, and what is needed to open it.
pub(in crate::engine) struct KeepLetter<'a> {
    pub(in crate::engine) author: &'a Id,
    pub(in crate::engine) fetcher: &'a BlockFetcher,
    pub(in crate::engine) pair: &'a [u8; 32],
}

impl Heard {
    /// Takes in a note that is about keeping.
    pub(in crate::engine) fn take_in(&mut self, note: &Note) {
        self.0.push((Standing::of(note), note.says.clone()));
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Keeping {
    /// Takes in what a contact says, in one commit; of each kind the newest counts, which may come twice. Then reads the
    /// list that they left.
    pub(in crate::engine) async fn hear(&self, heard: Heard, letter: &KeepLetter<'_>) -> Result<(), Error> {
        if heard.is_empty() {
            return Ok(());
        }
        let id = *letter.author;
        let newest = heard.0.iter().filter_map(|(standing, says)| match says {
            Says::Keep { share, rev, header } => {
                Some((*standing, Address { share: *share, rev: *rev, header: *header }))
            }
            _ => None,
        });
        let newest = newest.max_by_key(|(standing, _)| *standing);
        let state = self.0.args.state.background();
        let taken = state.update(move |tx| {
            for (standing, says) in heard.0 {
                match says {
                    Says::KeepOffer { bytes, named, public } => {
                        let known = tx.offers.get(&id).map(|offer| offer.standing);
                        if standing.is_news(known.as_ref()) {
                            tx.offers.insert(id, Offered { bytes, named, public, standing });
                        }
                    }
                    Says::KeepState { rev, bytes, missing, full } => {
                        let Some(keeper) = tx.keepers.get(&id) else { continue };
                        if !standing.is_news(keeper.standing.as_ref()) {
                            continue;
                        }
                        // By this clock: theirs says nothing of what I have heard.
                        let said = Said { rev, bytes, missing, full, at: platform::now_ms() };
                        if let Some(keeper) = tx.keepers.get_mut(&id) {
                            (keeper.said, keeper.standing) = (Some(said), Some(standing));
                        }
                    }
                    Says::Keepers { devices } => {
                        let known = tx.named_keepers.get(&id).map(|named| named.standing);
                        if standing.is_news(known.as_ref()) {
                            let devices = devices.into_iter().map(|it| (Id::from(it.device), it.relays));
                            let named = NamedKeepers { standing, devices: devices.collect() };
                            tx.named_keepers.insert(id, named);
                        }
                    }
                    _ => {}
                }
            }
            Ok(())
        });
        taken.await?;
        match newest {
            Some((standing, address)) => self.read_list(standing, address, letter).await,
            None => Ok(()),
        }
    }

    /// Reads a list, unless a newer one is known.
    async fn read_list(
        &self,
        standing: Standing,
        address: Address,
        letter: &KeepLetter<'_>,
    ) -> Result<(), Error> {
        let Args { state, .. } = &self.0.args;
        let KeepLetter { author, fetcher, pair } = letter;
        let id = **author;
        let is_news = move |tables: &crate::engine::state::Tables| {
            let known = tables.keep_requests.get(&id).map(|request| request.standing);
            standing.is_news(known.as_ref())
        };
        if !state.read(is_news) {
            return Ok(());
        }
        let announcement = Announcement { author, fetcher, pair, address };
        let Some(parts) = Letters::read::<KeepList>(&announcement).await? else { return Ok(()) };
        let request = KeepRequest::new(address.rev, standing, &parts);
        let background = state.background();
        let noted = background.update(move |tx| {
            if !is_news(tx) {
                return Ok(());
            }
            let mut request = request;
            if let Some(before) = tx.keep_requests.get(&id) {
                (request.week, request.said) = (before.week, before.said);
            }
            tx.keep_requests.insert(id, request);
            Ok(())
        });
        noted.await
    }
}
