//! Sending first: a profile that waits for a name and a passphrase shares by link, and is finished later.

use bytes::BytesMut;
use futures::TryStreamExt;
use spinney::engine::api::{Audience, ContactState, NewShare, Stay};
use spinney::store::memory::Disk;

use crate::person::{PASSPHRASE, Person, befriend, disk, file, noise, open, relay, tell};

#[tokio::test]
async fn who_has_neither_name_nor_passphrase_shares_by_link_and_has_friends_later() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    let picture = noise(300_000, 1);
    tell(async {
        let disk = disk();
        let engine = open(&disk, &[&relay]).await;
        let me = engine.begin_profile().await.unwrap();
        let mut somebody = Person::at(engine, disk, me);
        let audience = Audience::Link { password: None, expires: None };
        let files = vec![file("sea.jpg", &picture)];
        let new = NewShare { title: "Sea".into(), note: None, files, audience, keep_location: false };
        let share = somebody.engine.create_share(new).await.unwrap();
        somebody.delivered(&share).await;
        let link = somebody.engine.links().await.unwrap().remove(0).link;
        let waiting = somebody.leave().await;

        let guest = open(&Disk::new(), &[]).await;
        let opened = guest.open_link(&link, "").await.unwrap();
        assert_eq!((opened.title.as_str(), opened.author_name.as_deref()), ("Sea", Some("")));
        let read: BytesMut =
            guest.read(&opened.id, "sea.jpg", None).await.unwrap().try_collect().await.unwrap();
        assert!(read == picture);

        // The tab is opened again: nobody is asked for a passphrase.
        let engine = open(&waiting.disk, &[&relay]).await;
        let me = engine.current().unwrap();
        assert_eq!((&me.summary.id, me.summary.waiting), (&waiting.id, true));
        let me = engine.finish_profile("Ann", PASSPHRASE, Stay::Open).await.unwrap();
        let gone = Person::at(engine, waiting.disk, me).leave().await;
        let mut ann = gone.back(&[&relay]).await;
        assert_eq!((ann.me.summary.name.as_str(), ann.titles().await), ("Ann", vec!["Sea".to_owned()]));
        let mut ben = Person::new("Ben", &[&relay]).await;
        befriend(&mut ann, &mut ben).await;
        assert_eq!(ben.stands(&ann.id(), ContactState::Mutual).await.name, "Ann");
        let named = guest.open_link(&link, "").await.unwrap();
        assert_eq!((named.id, named.author_name.as_deref()), (share.id, Some("Ann")));
    })
    .await;
    relay.stop().await;
}
