//! What a person decided with a change, and when: the vault is written later, with the time of the decision.
//!
//! Decisions whose rows have their time are not noted: what is decided about a person, compared words, what is hidden.

use crate::keys::Id;
use crate::social::answers::{HiddenComment, OwnComment};
use crate::social::drop_box::DropBox;
use crate::social::outgoing_request::Asking;
use crate::social::pinning::PinningService;
use crate::social::share_record::ShareRecord;
use crate::social::vault::{
    Circles, Dismissed, Entry, Hidden, KnownDevice, MayBeShown, OwnShare, Petname, Receipts, RelayOnly,
    SeesMine,
};
use crate::social::verification::Verification;

use super::tables::{Collection, Rows, Tables};
use crate::social::link::{OpenedLink, OwnLink};
use crate::social::relation::Stance;

/// Notes at `now` what `me` decided since `before`, by the keys of the vault.
pub(in crate::engine) fn note(me: &Id, before: &Tables, after: &mut Tables, now: u64) {
    let keys = keys(me, before, after);
    for key in keys {
        after.changed.insert(key, now);
    }
}

fn keys(me: &Id, before: &Tables, after: &Tables) -> Vec<String> {
    let mut keys = Vec::new();
    if before.account.receipts != after.account.receipts {
        keys.push(Receipts::PREFIX.to_owned());
    }
    if before.account.relay_only != after.account.relay_only {
        keys.push(RelayOnly::PREFIX.to_owned());
    }
    if before.account.may_be_shown != after.account.may_be_shown {
        keys.push(MayBeShown::PREFIX.to_owned());
    }
    keys.extend(Rows::changes(&before.seeing, &after.seeing).map(|(id, ..)| SeesMine::key(id)));
    keys.extend(Rows::changes(&before.dismissed, &after.dismissed).map(|(id, ..)| Dismissed::key(id)));
    for (id, before, after) in Rows::changes(&before.contacts, &after.contacts) {
        if before.and_then(|it| it.petname.as_ref()) != after.and_then(|it| it.petname.as_ref()) {
            keys.push(Petname::key(id));
        }
    }
    for (id, before, after) in Rows::changes(&before.relations, &after.relations) {
        if !before.into_iter().flat_map(|it| it.circles()).eq(after.into_iter().flat_map(|it| it.circles())) {
            keys.push(Circles::key(id));
        }
        // That nothing was decided is forgotten after a while, which decides nothing.
        if after.is_none() && before.is_some_and(|before| before.stance(true).is_decided()) {
            keys.push(Stance::key(id));
        }
    }
    for (id, before, after) in Rows::changes(&before.asking, &after.asking) {
        let [before, after] = [before, after].map(|it| Asking::new(it, None));
        if !before.says_as(&after) {
            keys.push(Asking::key(id));
        }
    }
    let own =
        |share: Option<&ShareRecord>| share.filter(|share| share.author == *me).and_then(ShareRecord::own);
    for (id, before, after) in Rows::changes(&before.shares, &after.shares) {
        if own(before) != own(after) || before.map(|it| it.withdrawn) != after.map(|it| it.withdrawn) {
            keys.push(OwnShare::key(id));
        }
    }
    keys.extend(changed::<KnownDevice>(&before.devices, &after.devices));
    keys.extend(changed::<OwnLink>(&before.links.rows(), &after.links.rows()));
    keys.extend(changed::<DropBox>(&before.drop_boxes.rows(), &after.drop_boxes.rows()));
    keys.extend(changed::<OwnComment>(&before.own_comments, &after.own_comments));
    keys.extend(changed::<HiddenComment>(&before.hidden_comments, &after.hidden_comments));
    keys.extend(changed::<OpenedLink>(&before.opened, &after.opened));
    keys.extend(changed::<PinningService>(&before.services, &after.services));
    let gone = |(_, _, after): &(_, _, Option<&_>)| after.is_none();
    let gone_words = Rows::changes(&before.verifications, &after.verifications).filter(gone);
    keys.extend(gone_words.map(|(id, ..)| Verification::key(id)));
    // Shown again, and not one of too many.
    let shown = Rows::changes(&before.hidden, &after.hidden)
        .filter(|(id, _, now)| now.is_none() && after.shares.contains(id));
    keys.extend(shown.map(|(id, ..)| Hidden::key(id)));
    keys
}

fn changed<T: Entry + Clone + PartialEq>(before: &Rows<T::Name, T>, after: &Rows<T::Name, T>) -> Vec<String>
where
    T::Name: Ord + Clone,
{
    Rows::changes(before, after).map(|(name, ..)| T::key(name)).collect()
}
