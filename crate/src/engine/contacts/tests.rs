use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures::channel::oneshot;
use futures::future::join;
use futures::{FutureExt, StreamExt};
use tokio::task::spawn_local;
use tokio::time::timeout;

use super::mocked::{MockedMailboxes, add, deleted, open};
use crate::engine::Error;
use crate::engine::api::{Acquaintance, Asked, ContactState};
use crate::engine::mocked::{MockedProfile, recipient, ring, settle, until, with_seeds};
use crate::format::invite::{Invite, Ticket};
use crate::format::secret::{CodeSecret, Secret};
use crate::keys::{Id, Ring};
use crate::net::mailbox::{Mail, Refusal};
use crate::net::{CallError, exchange};
use crate::platform;
use crate::social::contact::ReadPosition;
use crate::social::fixture;
use crate::social::outgoing_request::OutgoingRequest;
use crate::social::request;
use crate::social::succession::{Former, FormerKeys};
use crate::store::memory::Disk;

const HOUR: u64 = 60 * 60 * 1000;

async fn with_mailboxes(test: impl AsyncFn(Disk, Rc<MockedMailboxes>)) {
    with_seeds(async |seed| test(Disk::with_latency(seed), Rc::default()).await).await;
}

fn hello() -> OutgoingRequest {
    OutgoingRequest::new("hello".into(), None, platform::now_ms())
}

fn mail_of(them: &Ring, message: &str, invite: Option<&str>) -> Mail {
    let invite = invite.map(|text| text.parse::<Invite>().expect("it is an invite").ticket.expect("for one"));
    let (to, secret) = (recipient(&ring(1)), invite.as_ref().map(|ticket| &ticket.secret));
    let proof = secret.map(|secret| crate::keys::invite::proof(secret, &them.id(), &to.id));
    let sealed = request::ask(them, &to, message, &[], proof, None, platform::now_ms());
    Mail::new(Bytes::from(sealed.expect("it is short"))).expect("it has the length of mail")
}

fn mail_to(me: &Ring, them: &Ring, message: &str) -> Mail {
    let sealed = request::ask(them, &recipient(me), message, &[], None, None, platform::now_ms());
    Mail::new(Bytes::from(sealed.expect("it is short"))).expect("it has the length of mail")
}

#[tokio::test]
async fn what_is_left_for_the_keys_before_is_taken_in_and_deleted_there() {
    with_mailboxes(async |disk, mailboxes| {
        let profile = open(&disk, &mailboxes).await;
        profile.directory.set_device(Id::from(*profile.publisher.device()));
        profile.contacts.start();
        until("the mailbox is read", || mailboxes.is_read()).await;
        assert_eq!(mailboxes.former_read(), 0);
        let keys = |n: u8| FormerKeys::from_vault(Former { seed: Secret::from_bytes([n; 32]) });
        let changed = profile.state.update(move |tx| {
            (0..5).for_each(|n| _ = tx.former.insert(u32::from(n), keys(n)));
            Ok(())
        });
        changed.await.expect("there is room");
        until("the newest are read", || mailboxes.former_read() == 3).await;
        let mail = mail_to(&keys(4).ring(), &ring(2), "to the old keys");
        mailboxes.deliver_to_former(&mail).await;
        let asked =
            || profile.contacts.requests().iter().any(|it| it.message.as_deref() == Some("to the old keys"));
        until("it is a request", asked).await;
        deleted(&profile, &mailboxes, 1).await;
        assert_eq!(mailboxes.discarded.borrow()[0], mail.digest());
    })
    .await;
}

/// Reads somebody's newest root, as the sync component does, in which I have a letterbox or not.
async fn read_root(profile: &MockedProfile, id: Id, has_letterbox: bool) {
    let read = profile.state.update(move |tx| {
        let contact = tx.contacts.get_mut(&id).expect("they are a contact");
        contact.head = Some(fixture::head(2, 2));
        contact.reading = has_letterbox.then(|| ReadPosition { no: 1, page: fixture::cid(1), notes: 0 });
        Ok(())
    });
    read.await.expect("there is room");
}

#[tokio::test]
async fn a_request_is_stored_before_it_is_left_so_that_a_closed_tab_leaves_it_once() {
    with_mailboxes(async |disk, mailboxes| {
        mailboxes.answers.borrow_mut().push_back(Err(CallError::Timeout));
        let profile = open(&disk, &mailboxes).await;
        let id = add(&profile, &ring(2), hello()).await.to_string();
        profile.contacts.start();
        until("a relay was tried", || *mailboxes.answered.borrow() == 1).await;
        assert_eq!(profile.contacts.contact(&id).map(|ben| ben.request), Ok(Some(Asked::Queued)));
        profile.close().await;

        let profile = open(&disk, &mailboxes).await;
        profile.contacts.start();
        let is_left = || profile.contacts.contact(&id).is_ok_and(|ben| ben.request == Some(Asked::Left));
        until("the request is left", is_left).await;
        profile.state.peers_reached();
        settle().await;
        let deposits = mailboxes.deposits.borrow();
        assert_eq!(deposits.len(), 2, "one that failed, one that passed");
        assert_eq!(deposits[0], deposits[1], "the same mail");
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_its_back_off_is_left_at_once_when_a_peer_is_reached() {
    with_mailboxes(async |disk, mailboxes| {
        mailboxes.answers.borrow_mut().push_back(Err(CallError::Timeout));
        let profile = open(&disk, &mailboxes).await;
        let id = add(&profile, &ring(2), hello()).await.to_string();
        profile.contacts.start();
        until("a relay was tried", || *mailboxes.answered.borrow() == 1).await;
        settle().await;
        assert_eq!(mailboxes.deposits.borrow().len(), 1, "the next attempt waits");
        profile.state.peers_reached();
        let is_left = || profile.contacts.contact(&id).is_ok_and(|ben| ben.request == Some(Asked::Left));
        timeout(Duration::from_secs(1), until("the request is left", is_left))
            .await
            .expect("it is left at once");
    })
    .await;
}

#[tokio::test]
async fn a_full_mailbox_is_tried_another_day() {
    with_mailboxes(async |disk, mailboxes| {
        let full = Err(CallError::Exchange(exchange::Error::Refused(Refusal::Full)));
        mailboxes.answers.borrow_mut().push_back(full);
        let profile = open(&disk, &mailboxes).await;
        let id = add(&profile, &ring(2), hello()).await;
        profile.contacts.start();
        let is_full = || {
            let contact = profile.contacts.contact(&id.to_string());
            contact.is_ok_and(|ben| ben.request == Some(Asked::Full))
        };
        until("the mailbox is known to be full", is_full).await;
        profile.state.peers_reached();
        settle().await;
        assert_eq!(mailboxes.deposits.borrow().len(), 1);
        let asking = profile.state.read(|tables| tables.asking.get(&id).cloned()).expect("it is still owed");
        let now = platform::now_ms();
        assert!(!asking.is_due(now + 19 * HOUR) && asking.is_due(now + 24 * HOUR));
    })
    .await;
}

#[tokio::test]
async fn a_used_invite_leaves_the_request_as_a_strangers() {
    with_mailboxes(async |disk, mailboxes| {
        let used = Err(CallError::Exchange(exchange::Error::Refused(Refusal::UsedToken)));
        mailboxes.answers.borrow_mut().push_back(used);
        let profile = open(&disk, &mailboxes).await;
        let invite = profile.contacts.new_invite().await.expect("there is room");
        let ticket = invite.parse::<Invite>().expect("it is an invite").ticket;
        let id = add(&profile, &ring(2), OutgoingRequest::new(String::new(), ticket, platform::now_ms()))
            .await
            .to_string();
        profile.contacts.start();
        let is_left = || profile.contacts.contact(&id).is_ok_and(|ben| ben.request == Some(Asked::Left));
        until("the request is left", is_left).await;
        let tokens: Vec<_> = mailboxes.deposits.borrow().iter().map(|(_, token)| token.is_some()).collect();
        assert_eq!(tokens, [true, false]);
        assert!(profile.contacts.contact(&id).is_ok_and(|ben| ben.invite.is_some()), "a page can say why");
    })
    .await;
}

#[tokio::test]
async fn a_person_who_is_added_anew_while_a_request_is_left_gets_the_new_message() {
    with_mailboxes(async |disk, mailboxes| {
        let (opened, gate) = oneshot::channel();
        mailboxes.gate.replace(Some(gate));
        let profile = open(&disk, &mailboxes).await;
        let id = add(&profile, &ring(2), hello()).await;
        let typed = id.to_string();
        profile.contacts.start();
        until("the first request is on its way", || !mailboxes.deposits.borrow().is_empty()).await;
        profile.contacts.remove(&typed).await.expect("they are a contact");
        let contacts = profile.contacts.clone();
        let adding = spawn_local(async move { contacts.add(&typed, Some("hello again")).await });
        until("they are added anew", || profile.state.read(|tables| tables.asking.contains(&id))).await;
        let wanted = profile.state.read(|tables| tables.asking.get(&id).cloned());
        opened.send(()).expect("the deposit waits");
        settle().await;
        assert_eq!(profile.state.read(|tables| tables.asking.get(&id).cloned()), wanted);
        let contact = profile.contacts.contact(&id.to_string());
        assert_eq!(contact.map(|ben| ben.request), Ok(Some(Asked::Queued)));
        adding.abort();
    })
    .await;
}

#[tokio::test]
async fn a_name_and_a_block_at_once_lose_neither() {
    with_mailboxes(async |disk, mailboxes| {
        let profile = open(&disk, &mailboxes).await;
        let id = add(&profile, &ring(2), hello()).await.to_string();
        let done = join(profile.contacts.rename(&id, "Benny"), profile.contacts.block(&id)).await;
        assert!(done.0.is_ok() && done.1.is_ok());
        let shown =
            |profile: &MockedProfile| profile.contacts.contact(&id).map(|ben| (ben.petname, ben.state));
        let expected = Ok((Some("Benny".to_owned()), ContactState::Blocked));
        assert_eq!(shown(&profile), expected);
        profile.close().await;
        assert_eq!(shown(&open(&disk, &mailboxes).await), expected, "on the disk too");
    })
    .await;
}

#[tokio::test]
async fn a_request_is_listed_once_and_a_declined_one_does_not_come_back() {
    with_mailboxes(async |disk, mailboxes| {
        let profile = open(&disk, &mailboxes).await;
        profile.contacts.start();
        until("the mailbox is read", || mailboxes.is_read()).await;
        let mut pending = profile.state.watch_pending();
        let mail = mail_of(&ring(3), "it is me", None);
        mailboxes.deliver(&mail).await;
        mailboxes.deliver(&mail).await;
        until("it is listed", || profile.contacts.requests().len() == 1).await;
        settle().await;
        let requests = profile.contacts.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].message.as_deref(), Some("it is me"));
        assert_eq!(mailboxes.discarded.borrow().len(), 0, "no relay has a vault that tells of it");
        assert!(pending.changed().now_or_never().is_none(), "a flood of requests makes one root, later");
        deleted(&profile, &mailboxes, 2).await;
        profile.contacts.decline(&requests[0].id).await.expect("they ask");
        assert_eq!(profile.contacts.decline(&requests[0].id).await, Err(Error::NotFound("request")));
        assert_eq!(profile.contacts.declined().len(), 1, "it can be found again");
        mailboxes.deliver(&mail).await;
        deleted(&profile, &mailboxes, 3).await;
        assert_eq!(profile.contacts.requests(), []);
        assert_eq!(profile.contacts.declined().len(), 1);
        profile.contacts.accept(&requests[0].id).await.expect("the person changed their mind");
        assert_eq!(profile.contacts.declined(), []);
    })
    .await;
}

#[tokio::test]
async fn the_first_who_comes_with_an_invite_is_added_and_looked_for() {
    with_mailboxes(async |disk, mailboxes| {
        let mut profile = open(&disk, &mailboxes).await;
        profile.contacts.start();
        until("the mailbox is read", || mailboxes.is_read()).await;
        let invite = profile.contacts.new_invite().await.expect("there is room");
        assert_eq!(mailboxes.expected.borrow().len(), 1, "the relay lets its mail in");
        for seed in [3, 4] {
            mailboxes.deliver(&mail_of(&ring(seed), "", Some(&invite))).await;
        }
        deleted(&profile, &mailboxes, 2).await;
        let [first, second] = [3, 4].map(|seed| ring(seed).id());
        let added: Vec<_> = profile.contacts.contacts().into_iter().map(|contact| contact.id).collect();
        assert_eq!(added, [first.to_string()]);
        assert_eq!(profile.wanted_ids.next().now_or_never(), Some(Some(first)));
        let requests = profile.contacts.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].id, second.to_string());
        assert!(requests[0].invite.is_some(), "a page can say that the invite was used");
    })
    .await;
}

#[tokio::test]
async fn an_invite_is_used_though_a_request_waits_and_though_they_look_like_a_friend() {
    with_mailboxes(async |disk, mailboxes| {
        let profile = open(&disk, &mailboxes).await;
        let id = add(&profile, &ring(2), hello()).await;
        profile.contacts.start();
        let left = |times: usize| {
            let mailboxes = mailboxes.clone();
            move || mailboxes.deposits.borrow().len() == times
        };
        until("the request is left", left(1)).await;
        let again = profile.contacts.add(&id.to_string(), None).await;
        assert_eq!(again.map(drop), Err(Error::Known(Acquaintance::Asked)), "there is nothing new to say");

        let invite = |seed| {
            let secret = CodeSecret::from_bytes([seed; 16]);
            let ticket = Some(Ticket { secret, until: platform::now_ms() + 24 * HOUR });
            let id = ring(2).id().verifying_key();
            Invite { id, name: None, relays: Vec::new(), seq: 0, ticket }.to_string()
        };
        let seventh = invite(7);
        profile.contacts.add(&seventh, None).await.expect("the invite is news");
        read_root(&profile, id, false).await;
        until("the request is left with the invite", left(2)).await;
        assert!(mailboxes.deposits.borrow()[1].1.is_some(), "its token is shown");
        let again = profile.contacts.add(&seventh, None).await;
        assert_eq!(again.map(drop), Err(Error::Known(Acquaintance::Asked)));

        // They have a letterbox for me, and may have removed me since.
        read_root(&profile, id, true).await;
        let again = profile.contacts.add(&id.to_string(), None).await;
        assert_eq!(again.map(drop), Err(Error::Known(Acquaintance::Friend)));
        profile.contacts.add(&invite(8), None).await.expect("the invite is news");
        read_root(&profile, id, true).await;
        until("the request is left though they look like a friend", left(3)).await;
        settle().await;
        assert_eq!(mailboxes.deposits.borrow().len(), 3, "once");
    })
    .await;
}

#[tokio::test]
async fn an_unblocked_friend_is_a_friend_again_with_circles_and_verification() {
    with_mailboxes(async |disk, mailboxes| {
        let profile = open(&disk, &mailboxes).await;
        let id = add(&profile, &ring(2), hello()).await.to_string();
        profile.contacts.set_circles(&id, &["family".to_owned()]).await.expect("there is room");
        let before = profile.contacts.mark_verified(&id).await.expect("their keys are known");
        profile.contacts.block(&id).await.expect("there is room");
        assert_eq!(profile.contacts.contact(&id).map(|it| it.state), Ok(ContactState::Blocked));
        profile.contacts.unblock(&id).await.expect("there is room");
        let after = profile.contacts.contact(&id).expect("they are a contact");
        assert_eq!(
            (after.state, &after.circles, after.verified),
            (before.state, &before.circles, before.verified)
        );
        assert!(after.verified.is_some());
        assert_eq!(profile.contacts.unblock(&id).await, Err(Error::NotFound("blocked person")));
    })
    .await;
}

#[tokio::test]
async fn somebody_who_was_blocked_and_unblocked_on_a_full_disk_may_ask_again() {
    with_mailboxes(async |disk, mailboxes| {
        let profile = open(&disk, &mailboxes).await;
        profile.contacts.start();
        until("the mailbox is read", || mailboxes.is_read()).await;
        mailboxes.deliver(&mail_of(&ring(2), "hello", None)).await;
        deleted(&profile, &mailboxes, 1).await;
        let id = ring(2).id().to_string();
        profile.contacts.block(&id).await.expect("there is room");
        disk.fill();
        profile.contacts.unblock(&id).await.expect("it needs no room");
        disk.fill_at(None);
        mailboxes.deliver(&mail_of(&ring(2), "once more", None)).await;
        deleted(&profile, &mailboxes, 2).await;
        let asking: Vec<_> = profile.contacts.requests().into_iter().map(|request| request.id).collect();
        assert_eq!(asking, [id]);
    })
    .await;
}
