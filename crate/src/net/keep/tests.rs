use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use futures::{AsyncReadExt, future::join, stream};
use libp2p::PeerId;

use super::*;
use crate::{
    crypto::sha256,
    net::{
        block_on,
        exchange::Violation,
        frame::{self, FrameError},
    },
};

/// A keeper in memory with room for `quota` blocks.
#[derive(Default)]
struct Shelf {
    quota: usize,
    blocks: Mutex<BTreeSet<Cid>>,
    pins: Mutex<BTreeMap<Cid, Option<u64>>>,
    loans: Mutex<BTreeMap<TokenDigest, Loan>>,
    commits: AtomicUsize,
}

#[async_trait]
impl Backend for Shelf {
    type Owner = ();

    async fn admit(&self, _: PeerId, certificate: &[u8]) -> Result<((), Allowance), Refusal> {
        match certificate {
            b"mine" => Ok(((), Allowance { used: 1, quota: 2, now: Some(3), vapid: None })),
            _ => Err(Refusal::BadCertificate { now: None }),
        }
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Refusal> {
        let blocks = self.blocks.lock().unwrap();
        Ok(cids.iter().map(|cid| blocks.contains(cid)).collect())
    }

    async fn store(&self, _: &(), group: Vec<Block>) -> Result<(), Refusal> {
        self.commits.fetch_add(1, Ordering::Relaxed);
        // A disk takes a while, and more blocks arrive meanwhile.
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
        let mut blocks = self.blocks.lock().unwrap();
        if blocks.len() + group.len() > self.quota {
            return Err(Refusal::Quota { used: blocks.len() as u64, quota: self.quota as u64, blocks: None });
        }
        blocks.extend(group.iter().map(|block| *block.cid()));
        Ok(())
    }

    async fn pin(&self, _: &(), cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Refusal> {
        if !self.blocks.lock().unwrap().contains(cid) {
            return Ok(PinOutcome::Missing(vec![*cid]));
        }
        self.pins.lock().unwrap().insert(*cid, until);
        Ok(PinOutcome::Kept)
    }

    async fn unpin(&self, _: &(), cid: &Cid) -> Result<(), Refusal> {
        self.pins.lock().unwrap().remove(cid);
        Ok(())
    }

    async fn prove(&self, _: &(), question: &Question) -> Result<Proved, Refusal> {
        let blocks = self.blocks.lock().unwrap();
        let missing: Vec<_> = question.cids.iter().filter(|cid| !blocks.contains(cid)).copied().collect();
        Ok(if missing.is_empty() { Proved::Hash([7; 32]) } else { Proved::Missing(missing) })
    }

    async fn borrow(&self, token: &TokenDigest) -> Result<((), Allowance), Refusal> {
        match self.loans.lock().unwrap().get(token) {
            Some(loan) => Ok(((), Allowance { used: 0, quota: loan.bytes, now: Some(3), vapid: None })),
            None => Err(Refusal::NoLoan),
        }
    }

    async fn lend(&self, _: &(), loan: &Loan) -> Result<(), Refusal> {
        self.loans.lock().unwrap().insert(loan.token, *loan);
        Ok(())
    }

    async fn unlend(&self, _: &(), token: &TokenDigest) -> Result<(), Refusal> {
        self.loans.lock().unwrap().remove(token);
        Ok(())
    }

    async fn pins(&self, _: &(), after: Option<Cid>) -> Result<Vec<Cid>, Refusal> {
        Ok(self.pins.lock().unwrap().keys().filter(|cid| Some(**cid) > after).copied().collect())
    }
}

fn cid_of(bytes: &[u8]) -> Cid {
    format::cid_of(format::RAW, bytes)
}

fn blocks(count: usize, size: usize) -> Vec<(Cid, Bytes)> {
    (0..count)
        .map(|at| {
            let mut bytes = vec![0; size];
            bytes[..8].copy_from_slice(&at.to_be_bytes());
            (cid_of(&bytes), bytes.into())
        })
        .collect()
}

/// Runs our side against a keeper over a pipe that holds 64 KiB.
fn with<T>(shelf: &Shelf, ours: impl AsyncFnOnce(Pipe) -> T) -> (T, Result<(), Error>) {
    let (near, far) = pipe();
    block_on(join(ours(near), serve(far, PeerId::random(), shelf)))
}

type Pipe = tokio_util::compat::Compat<tokio::io::DuplexStream>;

fn pipe() -> (Pipe, Pipe) {
    use tokio_util::compat::TokioAsyncReadCompatExt;
    let (near, far) = tokio::io::duplex(64 << 10);
    (near.compat(), far.compat())
}

#[test]
fn blocks_are_acknowledged_in_groups_and_are_there_afterwards() {
    let shelf = Shelf { quota: 1000, ..Shelf::default() };
    let blocks = blocks(300, 100_000);
    let cids: Vec<Cid> = blocks.iter().map(|(cid, _)| *cid).collect();
    let mut seen = Vec::new();
    let (pushed, served) = with(&shelf, async |pipe| {
        let mut session = Session::open(pipe, Some(b"mine")).await?;
        assert_eq!(session.allowance(), Allowance { used: 1, quota: 2, now: Some(3), vapid: None });
        assert_eq!(session.have(&cids).await?, vec![false; 300]);
        let pushed =
            session.push(stream::iter(blocks.clone()), |progress| seen.push(progress.blocks)).await?;
        assert_eq!(session.have(&cids).await?, vec![true; 300]);
        assert_eq!(session.pin(&cids[7]).await?, PinOutcome::Kept);
        assert_eq!(session.pins(None).await?, [cids[7]]);
        assert_eq!(shelf.pins.lock().unwrap()[&cids[7]], None);
        assert_eq!(session.pin_until(&cids[7], Some(5)).await?, PinOutcome::Kept);
        assert_eq!(shelf.pins.lock().unwrap()[&cids[7]], Some(5));
        session.unpin(&cids[7]).await?;
        assert_eq!(session.pins(None).await?, []);
        Ok::<_, Error>(pushed)
    });
    served.unwrap();
    assert_eq!(pushed.unwrap(), Progress { blocks: 300, bytes: 30_000_000 });
    assert!(seen.is_sorted() && seen.last() == Some(&300));
    assert!(shelf.commits.into_inner() < 300, "no group was ever formed");
}

#[test]
fn a_pin_names_what_is_missing() {
    let cid = cid_of(b"never pushed");
    let (pinned, _) = with(&Shelf::default(), async |pipe| {
        Session::open(pipe, Some(b"mine")).await.unwrap().pin(&cid).await
    });
    assert_eq!(pinned.unwrap(), PinOutcome::Missing(vec![cid]));
}

#[test]
fn a_push_over_the_quota_is_told_why_however_much_is_on_its_way() {
    for size in [10, 200_000] {
        let shelf = Shelf { quota: 20, ..Shelf::default() };
        let (pushed, served) = with(&shelf, async |pipe| {
            let mut session = Session::open(pipe, Some(b"mine")).await.unwrap();
            session.push(stream::iter(blocks(500, size)), |_| ()).await
        });
        served.unwrap();
        assert!(matches!(pushed, Err(Error::Refused(Refusal::Quota { quota: 20, .. }))), "{pushed:?}");
    }
}

#[test]
fn a_lying_block_is_refused_and_those_before_it_in_its_group_are_not_acknowledged() {
    let shelf = Shelf { quota: 100, ..Shelf::default() };
    let (pushed, _) = with(&shelf, async |pipe| {
        let mut session = Session::open(pipe, Some(b"mine")).await.unwrap();
        let lie = (cid_of(b"one thing"), Bytes::from_static(b"another"));
        session.push(stream::iter([lie]), |_| ()).await
    });
    assert!(matches!(pushed, Err(Error::Refused(Refusal::BadBlock))), "{pushed:?}");
    assert!(shelf.blocks.into_inner().unwrap().is_empty());
}

#[test]
fn without_a_certificate_only_have_is_answered() {
    let cid = cid_of(b"block");
    let (_, served) = with(&Shelf::default(), async |pipe| {
        let mut session = Session::open(pipe, None).await.unwrap();
        assert_eq!(session.have(&[cid]).await.unwrap(), [false]);
        assert!(matches!(session.pin(&cid).await, Err(Error::Refused(Refusal::NeedsCertificate))));
        let pushed = session.push(stream::iter(blocks(1, 10)), |_| ()).await;
        assert!(matches!(pushed, Err(Error::Refused(Refusal::NeedsCertificate))));
    });
    served.unwrap();
}

#[test]
fn a_token_opens_what_was_lent_to_it_and_nothing_else() {
    let shelf = Shelf { quota: 10, ..Shelf::default() };
    let token = [7; 32];
    let (lent, _) = with(&shelf, async |pipe| {
        Session::open(pipe, Some(b"mine")).await.unwrap().lend(&token, 5000, 9).await
    });
    lent.unwrap();
    let known = sha256(&token);
    assert_eq!(shelf.loans.lock().unwrap()[&known], Loan { token: known, bytes: 5000, until: 9 });
    let (pushed, _) = with(&shelf, async |pipe| {
        let mut session = Session::open_with_token(pipe, &token).await?;
        assert_eq!(session.allowance().quota, 5000);
        session.push(stream::iter(blocks(3, 10)), |_| ()).await
    });
    assert_eq!(pushed.unwrap().blocks, 3);
    // What the keeper knows opens nothing.
    for wrong in [[8; 32], known] {
        let (opened, _) = with(&shelf, async |pipe| Session::open_with_token(pipe, &wrong).await.map(drop));
        assert!(matches!(opened, Err(Error::Refused(Refusal::NoLoan))));
    }
    let (unlent, _) =
        with(&shelf, async |pipe| Session::open(pipe, Some(b"mine")).await.unwrap().unlend(&token).await);
    unlent.unwrap();
    assert!(shelf.loans.into_inner().unwrap().is_empty());
}

#[test]
fn a_token_stands_alone_and_a_keeper_without_loans_is_no_lender() {
    let open =
        Request::Open { certificate: Some(b"mine".to_vec().into()), removed: None, token: Some([7; 32]) };
    let (_, served) = with(&Shelf::default(), async |mut pipe| {
        frame::send(&mut pipe, &open).await.unwrap();
        pipe.read_exact(&mut [0; 1]).await.ok();
    });
    assert!(matches!(served, Err(Error::Violation(Violation::OutOfTurn))));
    // As a keeper answers that passes over the token.
    let (near, mut far) = pipe();
    let keeper = async {
        frame::receive::<Request, _>(&mut far, MAX_MESSAGE).await.unwrap();
        frame::send(&mut far, &Answer::Opened(Allowance::default())).await.unwrap();
    };
    let (opened, ()) = block_on(join(Session::open_with_token(near, &[7; 32]), keeper));
    assert!(matches!(opened, Err(Error::Refused(Refusal::NoLoan))));
}

#[test]
fn a_bad_certificate_is_refused_at_once() {
    let (opened, _) =
        with(&Shelf::default(), async |pipe| Session::open(pipe, Some(b"yours")).await.map(drop));
    assert!(matches!(opened, Err(Error::Refused(Refusal::BadCertificate { now: None }))));
}

#[test]
fn a_message_over_the_limit_or_out_of_turn_ends_the_session() {
    let (_, served) = with(&Shelf::default(), async |mut pipe| {
        frame::write(&mut pipe, &vec![0; MAX_MESSAGE + 1]).await.ok();
    });
    assert!(matches!(served, Err(Error::Violation(Violation::Frame(_)))));
    let (_, served) = with(&Shelf::default(), async |mut pipe| {
        frame::send(&mut pipe, &Request::Have { cids: vec![] }).await.unwrap();
        pipe.read_exact(&mut [0; 1]).await.ok();
    });
    assert!(matches!(served, Err(Error::Violation(Violation::OutOfTurn))));
}

#[test]
fn an_acknowledgement_of_what_was_not_pushed_is_the_keepers_fault() {
    let (near, mut far) = pipe();
    let keeper = async {
        frame::receive::<Request, _>(&mut far, MAX_MESSAGE).await.unwrap();
        frame::send(&mut far, &Answer::Opened(Allowance::default())).await.unwrap();
        frame::send(&mut far, &Answer::Stored { blocks: 2 }).await.unwrap();
        frame::receive::<Request, _>(&mut far, MAX_MESSAGE).await.unwrap();
    };
    let ours = async {
        let mut session = Session::open(near, None).await.unwrap();
        session.push(stream::iter(blocks(1, 10)), |_| ()).await
    };
    let (pushed, ()) = block_on(join(ours, keeper));
    assert!(matches!(pushed, Err(Error::Violation(Violation::Unasked))));
}

#[test]
fn a_refusal_of_a_later_version_is_understood_as_a_refusal() {
    #[derive(Serialize)]
    struct Later {
        code: &'static str,
        why: u8,
    }
    let bytes = serde_ipld_dagcbor::to_vec(&Later { code: "full-moon", why: 3 }).unwrap();
    assert_eq!(serde_ipld_dagcbor::from_slice::<Refusal>(&bytes).unwrap(), Refusal::Other);
}

#[test]
fn a_bitmap_comes_back_and_a_stray_bit_or_length_is_refused() {
    for count in [0, 1, 7, 8, 9, 4096] {
        let have: Vec<bool> = (0..count).map(|at| at % 3 == 0).collect();
        assert_eq!(unpack(&pack(&have), count), Some(have.clone()));
        assert_eq!(unpack(&[pack(&have), vec![0]].concat(), count), None);
    }
    assert_eq!(pack(&[true, false, false, true]), [0b1001]);
    assert_eq!(unpack(&[0b1_1001], 4), None);
}

#[tokio::test(start_paused = true)]
async fn a_session_without_a_certificate_that_is_silent_ends() {
    let shelf = Shelf::default();
    let (_near, far) = pipe();
    assert!(matches!(serve(far, PeerId::random(), &shelf).await, Err(Error::Broken(FrameError::Late))));
    let (near, far) = pipe();
    let (session, served) = join(Session::open(near, None), serve(far, PeerId::random(), &shelf)).await;
    assert!(session.is_ok() && matches!(served, Err(Error::Broken(FrameError::Late))));
}

#[tokio::test(start_paused = true)]
async fn a_session_with_a_certificate_may_think() {
    let shelf = Shelf::default();
    let (near, far) = pipe();
    let ours = async {
        let mut session = Session::open(near, Some(b"mine")).await?;
        tokio::time::sleep(std::time::Duration::from_secs(100)).await;
        session.have(&[cid_of(b"x")]).await
    };
    let (have, served) = join(ours, serve(far, PeerId::random(), &shelf)).await;
    assert_eq!(have.unwrap(), [false]);
    served.unwrap();
}
