use super::*;
use crate::engine::mocked::{Given, file, with_seeds};
use crate::engine::shares::Heard;
use crate::format::comment::Comment;
use crate::format::signed;
use crate::keys::Ring;

/// What somebody says of a share.
fn said(writer: &Ring, share: &ShareId, words: &str) -> Heard {
    let comment = Comment {
        share: *share,
        rev: 0,
        time: platform::now_ms(),
        name: "Somebody".into(),
        text: Some(words.into()),
        heart: None,
        reply: None,
        extra: Default::default(),
    };
    Heard::Said(signed::sign(writer.identity(), &comment).expect("it is sound").into())
}

#[tokio::test(start_paused = true)]
async fn what_readers_say_is_listed_at_most_once_in_ten_minutes_and_at_once_while_the_author_looks() {
    with_seeds(async |seed| {
        let given = Given::new(seed, vec![file("a", 1, 10)]).await;
        let (author, id, reader) = (&given.author, given.share.id(), given.me.ring.id());
        let announced = author.state.update(move |tx| {
            tx.shares.get_mut(&id).expect("it was made").announced = true;
            Ok(())
        });
        announced.await.expect("there is room");
        let say = async |words: &str| {
            let heard = vec![said(&given.me.ring, &id, words)];
            author.shares.ingest_comments(&reader, heard).await.expect("there is room");
        };
        let bring = async || author.shares.bring_answers(&id).await.expect("there is room");
        let listed =
            || author.state.read(|tables| tables.answers.get(&id).map_or(0, |answers| answers.listed.len()));

        assert_eq!((bring().await, listed()), (None, 0), "nothing was said");
        say("one").await;
        assert_eq!((bring().await, listed()), (None, 1), "nothing was published lately");
        say("two").await;
        assert!(bring().await.is_some_and(|wait| wait <= GATHERED));
        tokio::time::advance(GATHERED - Duration::from_secs(60)).await;
        say("three").await;
        assert!(bring().await.is_some_and(|wait| wait <= Duration::from_secs(60)));
        assert_eq!(listed(), 1);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!((bring().await, listed()), (None, 3), "both at once");

        say("four").await;
        assert!(bring().await.is_some());
        author.shares.comments(&id.to_string()).expect("it is here");
        assert_eq!((bring().await, listed()), (None, 4), "the author looks");
        tokio::time::advance(LOOKING).await;
        say("five").await;
        assert!(bring().await.is_some(), "and does so no more");
    })
    .await;
}
