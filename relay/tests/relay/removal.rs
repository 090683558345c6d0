//! Devices that their person removed: nothing is kept for them, and only who may say so removes one.

use futures::stream;
use spinney::{
    keys::Id,
    net::{
        keep::{self, Removed, Session},
        mailbox, records,
    },
};

use crate::{
    client::{Client, refused},
    relay::Local,
    sample::Seeded,
};

/// The latest time that can be written.
const LATEST: u64 = spinney::format::limits::MAX_INTEGER;

/// The key of the device of a client.
fn key(client: &Client) -> Id {
    Id::from_bytes(client.device().to_bytes().last_chunk().unwrap()).unwrap()
}

/// Says in a new session which devices were removed.
async fn say(client: &Client, devices: Vec<Id>, at: u64) -> Result<(), keep::Error> {
    let stream = client.open(keep::PROTOCOL).await;
    let removed = Some(Removed { devices, at });
    Session::open_and_tell(stream, Some(client.certificate()), removed).await.map(drop)
}

#[tokio::test]
async fn a_removed_device_is_refused_blocks_records_and_mail_also_where_it_is_in_the_middle_of_it() {
    let relay = Local::start().await;
    let laptop = Client::connect(relay.address(), 1).await;
    let phone = Client::connect_as(relay.address(), 1, 77).await;
    let root = laptop.root(1).await;
    laptop.publish(1, 1).await;
    let (mut open, mut mail) = (phone.keep().await, phone.mailbox().await);

    say(&laptop, vec![key(&phone)], 10).await.unwrap();
    let block = Seeded(3).raw(1000);
    assert_eq!(refused(open.push(stream::iter([block.clone()]), |_| ()).await), keep::Refusal::Removed);
    assert_eq!(refused(phone.keep_as(Some(phone.certificate())).await), keep::Refusal::Removed);
    let mut records = phone.records().await;
    let put = records::put(&mut records, phone.id(), &phone.record(&root, 2), None).await;
    assert!(matches!(put, Err(records::Error::Refused(records::Refusal::Removed))), "{put:?}");
    let discarded = mail.discard(&[[7; 32]]).await;
    assert!(matches!(discarded, Err(mailbox::Error::Refused(mailbox::Refusal::Removed))), "{discarded:?}");
    let opened = mailbox::Session::open(phone.open(mailbox::PROTOCOL).await, phone.certificate()).await;
    assert!(matches!(opened, Err(mailbox::Error::Refused(mailbox::Refusal::Removed))));

    // What anybody may ask, it may: so it hears that it was removed.
    let found = records::get(&mut phone.records().await, phone.id()).await.unwrap();
    assert!(found.is_some());
    // The other device goes on, and others of the same relay too, also under the same key.
    laptop.publish(2, 3).await;
    Client::connect_as(relay.address(), 2, 77).await.publish(4, 1).await;
}

#[tokio::test]
async fn a_removal_stays_until_a_later_list_is_without_it_and_no_removed_device_writes_one() {
    let relay = Local::start().await;
    let laptop = Client::connect(relay.address(), 1).await;
    let phone = Client::connect_as(relay.address(), 1, 77).await;
    laptop.publish(1, 1).await;
    say(&laptop, vec![key(&phone)], 10).await.unwrap();
    assert_eq!(refused(say(&phone, vec![key(&laptop)], 20).await), keep::Refusal::Removed);
    // A device that does not know of it yet.
    say(&laptop, Vec::new(), 9).await.unwrap();
    assert_eq!(refused(phone.keep_as(Some(phone.certificate())).await), keep::Refusal::Removed);
    let many = (1..=17).map(|device| crate::client::ring(device).id()).collect();
    assert_eq!(refused(say(&laptop, many, 30).await), keep::Refusal::TooLarge);

    // A time that is far ahead of the clock is not the last word.
    say(&laptop, vec![key(&phone)], LATEST).await.unwrap();
    say(&laptop, Vec::new(), LATEST).await.unwrap();
    phone.keep_as(Some(phone.certificate())).await.unwrap();
    say(&laptop, vec![key(&phone)], LATEST).await.unwrap();

    let relay = relay.restart().await;
    let laptop = Client::connect(relay.address(), 1).await;
    let phone = Client::connect_as(relay.address(), 1, 77).await;
    assert_eq!(refused(phone.keep_as(Some(phone.certificate())).await), keep::Refusal::Removed);
    say(&laptop, Vec::new(), LATEST).await.unwrap();
    phone.publish(2, 2).await;
}
