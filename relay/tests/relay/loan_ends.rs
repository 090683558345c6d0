//! How loans are charged, end and are forgotten, in the store alone.

use spinney::{
    format::limits::AFTER_LOAN_MS,
    net::keep::{Loan, PinOutcome, Refusal},
    platform,
};
use spinney_relay::store::{Blobs, Error, Loans, Pins};
use tempfile::TempDir;

use crate::{
    client::ring,
    database,
    loans::{blocks, charged, store, tomorrow},
    sample::Seeded,
};

/// Lets so much time pass in a closed store.
async fn pass(folder: &TempDir, ms: u64) {
    let mut db = database::database(folder.path()).await;
    for query in [
        "UPDATE loan SET until = until - ?",
        "UPDATE pin SET until = until - ?",
        "UPDATE hold SET since = since - ?",
    ] {
        sqlx::query(query).bind(ms as i64).execute(&mut db).await.unwrap();
    }
    sqlx::Connection::close(db).await.unwrap();
}

#[tokio::test]
async fn no_digest_of_a_token_is_the_account_of_an_identity() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let [ann, ben] = [1, 2].map(|seed| ring(seed).id());
    let block = Seeded(1).raw(1000);
    store.push(&ben, blocks(std::slice::from_ref(&block))).await.unwrap();
    let token = *ben.as_bytes();
    store.lend(&ann, &Loan { token, bytes: 5000, until: tomorrow() }).await.unwrap();
    assert_eq!(store.lent(&token).await.unwrap().unwrap().allowance.used, 0);
    store.push_lent(&token, blocks(&[Seeded(2).raw(2000)])).await.unwrap();
    assert_eq!(store.allowance(&ben).await.unwrap().used, charged(&[block]));
    assert_eq!(store.allowance(&ann).await.unwrap().used, 5000);
}

#[tokio::test]
async fn thirty_days_after_its_end_a_loan_and_all_in_it_are_gone_and_the_room_is_back() {
    let (folder, ann) = (tempfile::tempdir().unwrap(), ring(1).id());
    let opened = store(&folder).await;
    let (mut seeded, token) = (Seeded(1), [9; 32]);
    let (pinned, pushed, hers) = (seeded.tree(3, 50_000), seeded.raw(20_000), seeded.tree(1, 30_000));
    let lent = Loan { token, bytes: 600_000, until: platform::now_ms() + 60_000 };
    opened.lend(&ann, &lent).await.unwrap();
    opened.push_lent(&token, blocks(&pinned)).await.unwrap();
    assert_eq!(opened.pin_lent(&token, &pinned[4].0).await.unwrap(), PinOutcome::Kept);
    opened.push_lent(&token, blocks(std::slice::from_ref(&pushed))).await.unwrap();
    // One of the blocks is Ann's as well, and stays hers.
    opened.push(&ann, blocks(&hers)).await.unwrap();
    let both = seeded.node(&[hers[2].0, pinned[0].0]);
    opened.push(&ann, blocks(&[both.clone(), pinned[0].clone()])).await.unwrap();
    assert_eq!(opened.pin(&ann, &both.0, None).await.unwrap(), PinOutcome::Kept);
    let of_ann = charged(&hers) + charged(&[both, pinned[0].clone()]);
    assert_eq!(opened.allowance(&ann).await.unwrap().used, of_ann + 600_000);
    opened.close().await;
    drop(opened);

    // It ends: what is not used is given back, what was pinned stays, what was not goes with its day of grace.
    pass(&folder, 2 * 24 * 60 * 60 * 1000).await;
    let opened = store(&folder).await;
    let over = opened.push_lent(&token, blocks(std::slice::from_ref(&pushed))).await;
    assert!(matches!(over, Err(Error::Refused(Refusal::LoanEnded))), "{over:?}");
    opened.collect().await.unwrap();
    assert_eq!(opened.allowance(&ann).await.unwrap().used, of_ann + charged(&pinned));
    assert_eq!(opened.block(&pushed.0).await.unwrap(), None);
    assert_eq!(opened.block(&pinned[1].0).await.unwrap().as_ref(), Some(&pinned[1].1));
    opened.close().await;
    drop(opened);

    // The last day of the thirty, and the one after it.
    pass(&folder, AFTER_LOAN_MS - 3 * 24 * 60 * 60 * 1000).await;
    let opened = store(&folder).await;
    opened.collect().await.unwrap();
    assert_eq!(opened.allowance(&ann).await.unwrap().used, of_ann + charged(&pinned));
    opened.close().await;
    drop(opened);
    pass(&folder, 2 * 24 * 60 * 60 * 1000).await;
    let opened = store(&folder).await;
    opened.collect().await.unwrap();
    assert_eq!(opened.allowance(&ann).await.unwrap().used, of_ann);
    assert_eq!(opened.lent(&token).await.unwrap(), None);
    for (cid, _) in &pinned[1..] {
        assert_eq!(opened.block(cid).await.unwrap(), None);
    }
    assert_eq!(opened.block(&pinned[0].0).await.unwrap().as_ref(), Some(&pinned[0].1));
    assert_eq!(database::number(folder.path(), "SELECT COUNT(*) FROM loan").await, 0);
    assert_eq!(database::number(folder.path(), "SELECT stored FROM total").await as u64, of_ann);
    // The row of who held it goes like that of anybody who holds nothing.
    opened.close().await;
    drop(opened);
    database::run(folder.path(), "UPDATE identity SET since = since - 3").await;
    let opened = store(&folder).await;
    opened.collect().await.unwrap();
    assert_eq!(database::number(folder.path(), "SELECT COUNT(*) FROM identity").await, 1);
}

#[tokio::test]
async fn collections_leave_a_loan_that_nobody_has_used_and_forget_one_that_was_taken_back() {
    let (folder, ann) = (tempfile::tempdir().unwrap(), ring(1).id());
    let opened = store(&folder).await;
    let [open, back] = [[8; 32], [9; 32]].map(|token| Loan { token, bytes: 5000, until: u64::MAX >> 11 });
    let block = Seeded(1).raw(100);
    for loan in [&open, &back] {
        opened.lend(&ann, loan).await.unwrap();
    }
    opened.push_lent(&back.token, blocks(std::slice::from_ref(&block))).await.unwrap();
    opened.unlend(&ann, &back.token).await.unwrap();
    assert_eq!(opened.allowance(&ann).await.unwrap().used, 5000 + charged(std::slice::from_ref(&block)));
    opened.close().await;
    drop(opened);
    database::run(folder.path(), "UPDATE identity SET since = since - 3; UPDATE hold SET since = 0").await;
    let opened = store(&folder).await;
    for _ in 0..2 {
        opened.collect().await.unwrap();
    }
    assert_eq!(opened.lent(&back.token).await.unwrap(), None);
    assert_eq!(opened.allowance(&ann).await.unwrap().used, 5000);
    // Ann and who holds for her guests.
    assert_eq!(database::number(folder.path(), "SELECT COUNT(*) FROM identity").await, 2);
    opened.push_lent(&open.token, blocks(&[block])).await.unwrap();
}

#[tokio::test]
async fn what_a_loan_whose_time_is_over_did_not_use_makes_room_without_a_collection() {
    let (folder, ann) = (tempfile::tempdir().unwrap(), ring(1).id());
    let opened = store(&folder).await;
    let lent = Loan { token: [9; 32], bytes: 900_000, until: platform::now_ms() + 60_000 };
    opened.lend(&ann, &lent).await.unwrap();
    let block = Seeded(1).raw(500_000);
    let full = opened.push(&ann, blocks(std::slice::from_ref(&block))).await;
    assert!(matches!(full, Err(Error::Refused(Refusal::Quota { .. }))), "{full:?}");
    opened.close().await;
    drop(opened);
    pass(&folder, 60_001).await;
    let opened = store(&folder).await;
    opened.push(&ann, blocks(std::slice::from_ref(&block))).await.unwrap();
    assert_eq!(opened.allowance(&ann).await.unwrap().used, charged(&[block]));
}
