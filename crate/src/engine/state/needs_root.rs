//! Which changes need a new root: those of what hangs from it.

use crate::keys::Id;
use crate::social::contact::Contact;
use crate::social::outgoing_request::{Asking, OutgoingRequest};
use crate::social::share_record::ShareRecord;
use crate::social::vault::KnownContact;

use super::tables::{Collection, Rows, Tables};

/// Whether something changed that the profile, a letterbox, the vault or the feed of `me` says.
pub(super) fn needs_root(me: &Id, before: &Tables, after: &Tables) -> bool {
    before.account != after.account
        || differ(&before.contacts, &after.contacts, said_of_contact)
        || differ(&before.relations, &after.relations, |relation| Some(relation.clone()))
        || has_changed(&*before.inbox, &*after.inbox)
        || has_changed(&*before.invites, &*after.invites)
        || has_changed(&*before.links, &*after.links)
        || has_changed(&*before.drop_boxes, &*after.drop_boxes)
        || differ(&before.drops, &after.drops, |drop| Some(drop.clone()))
        || differ(&before.closed, &after.closed, |it| Some(*it))
        || differ(&before.former, &after.former, |it| Some(it.seed.clone()))
        || differ(&before.devices, &after.devices, |it| Some(it.clone()))
        || differ(&before.verifications, &after.verifications, |it| Some(*it))
        || differ(&before.asking, &after.asking, |asking: &OutgoingRequest| {
            Some(Asking::new(Some(asking), None))
        })
        || differ(&before.opened, &after.opened, |opened| Some(opened.clone()))
        || differ(&before.own_comments, &after.own_comments, |own| Some(own.clone()))
        || differ(&before.hidden_comments, &after.hidden_comments, |hidden| Some(hidden.clone()))
        || differ(&before.hidden, &after.hidden, |hidden| Some(*hidden))
        || differ(&before.seeing, &after.seeing, |it| Some(*it))
        || differ(&before.dismissed, &after.dismissed, |it| Some(*it))
        || differ(&before.introduced, &after.introduced, |it| Some(it.clone()))
        || differ(&before.letters, &after.letters, |letter| Some(letter.clone()))
        || differ(&before.services, &after.services, |service| Some(service.clone()))
        || differ(&before.shares, &after.shares, |share| said_of_share(me, share))
        || Rows::changes(&before.outbox, &after.outbox).any(|(_, _, after)| after.is_some())
        || Rows::changes(&before.posts, &after.posts).any(|(_, _, after)| after.is_some())
}

/// What the vault and a letterbox say of a contact, as far as it is to be published at once.
///
/// What a contact changes of themselves goes along with the next change: their sequence, relays and heir are for the vault
/// alone. Otherwise who watches relays would see that one person publishes whenever another does. New keys are a reason,
/// because without a letterbox sealed to them the contact can read nothing.
fn said_of_contact(contact: &Contact) -> Option<(Option<String>, KnownContact)> {
    let known = KnownContact { seq: 0, relays: Vec::new(), heir: None, ..contact.known() };
    Some((contact.petname.clone(), known))
}

/// What the vault says of a share of mine, and whether the letterbox of its link tells of it.
fn said_of_share(
    me: &Id,
    share: &ShareRecord,
) -> Option<(Option<crate::social::vault::OwnShare>, bool, bool)> {
    (share.author == *me).then(|| (share.own(), share.withdrawn, share.by_link && !share.kept_by.is_empty()))
}

fn differ<K: Ord + Clone, V: Clone + PartialEq, S: PartialEq>(
    before: &Rows<K, V>,
    after: &Rows<K, V>,
    said: impl Fn(&V) -> Option<S>,
) -> bool {
    Rows::changes(before, after).any(|(_, before, after)| before.and_then(&said) != after.and_then(&said))
}

fn has_changed<C: Collection + PartialEq>(before: &C, after: &C) -> bool {
    before != after
}
