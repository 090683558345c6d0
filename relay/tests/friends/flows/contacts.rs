//! Two acts on one contact, by the same person or by one each.
//!
//! Each pair needs two people who have nothing to do with each other yet. So each first act has its Ann, each second
//! act its Ben, and every Ann meets every Ben once.

use futures::future::join_all;
use spinney::engine::Error;
use spinney::engine::api::{Asked, ContactState};

use super::{PATIENCE, compare, quiet};
use crate::person::{Person, relay, tell};

/// What one person can do about another.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    Ask,
    Open,
    Accept,
    Decline,
    Remove,
    Block,
    Unblock,
    Follow,
    Rename,
}

use Act::{Accept, Ask, Block, Decline, Follow, Open, Remove, Rename, Unblock};

/// Who acts.
#[derive(Clone, Copy, PartialEq)]
enum Who {
    Ann,
    Ben,
}

use Who::{Ann, Ben};

/// What a first act is called, what goes before, and the act.
type First = (&'static str, &'static [(Who, Act)], Act);

const FIRST: [First; 10] = [
    ("asks Ben", &[], Ask),
    ("opens an invite of Ben's", &[], Open),
    ("accepts Ben's request", &[(Ben, Ask)], Accept),
    ("declines Ben's request", &[(Ben, Ask)], Decline),
    ("cancels her request", &[(Ann, Ask)], Remove),
    ("removes Ben, a friend", &[(Ann, Open)], Remove),
    ("blocks Ben, a friend", &[(Ann, Open)], Block),
    ("blocks Ben and unblocks him", &[(Ann, Open), (Ann, Block)], Unblock),
    ("follows Ben", &[], Follow),
    ("calls Ben, a friend, Benny", &[(Ann, Open)], Rename),
];

/// The second acts.
const SECOND: [(Act, &str); 9] = [
    (Ask, "asks"),
    (Open, "opens an invite of the other"),
    (Accept, "accepts"),
    (Decline, "declines"),
    (Remove, "removes or cancels"),
    (Block, "blocks"),
    (Unblock, "unblocks"),
    (Follow, "follows"),
    (Rename, "renames"),
];

/// Does it; says why it cannot be done.
async fn act(who: &Person, whom: &Person, act: Act) -> Result<(), Error> {
    let (engine, id) = (&who.engine, whom.id());
    match act {
        Ask => engine.add_contact(&whom.me.invite, None).await.map(drop),
        Open => {
            let invite = whom.engine.new_invite().await.unwrap();
            engine.add_contact(&invite, None).await.map(drop)
        }
        Accept => engine.accept(&id).await.map(drop),
        Decline => engine.decline(&id).await,
        Remove => engine.remove_contact(&id).await,
        Block => engine.block(&id).await,
        Unblock => engine.unblock(&id).await,
        Follow => engine.follow(&whom.me.invite).await.map(drop),
        Rename => engine.rename_contact(&id, "Benny").await.map(drop),
    }
}

/// What one person sees of another.
async fn sees(who: &Person, whom: &Person) -> String {
    let (engine, id) = (&who.engine, whom.id());
    let contact = engine.contact(&id).await.ok();
    let asks = engine.requests().await.unwrap().iter().any(|request| request.id == id);
    let is_declined = engine.declined().await.unwrap().iter().any(|request| request.id == id);
    let state = contact.as_ref().map(|contact| match (contact.state, contact.request) {
        (ContactState::Resolving, _) => "looking",
        (ContactState::Requested, Some(Asked::Left)) => "asked",
        (ContactState::Requested, _) => "asking",
        (ContactState::Mutual, _) => "friend",
        (ContactState::Following, _) => "followed",
        (ContactState::Blocked, _) => "blocked",
    });
    let name = contact.and_then(|contact| contact.petname);
    let parts = [
        state.map(str::to_owned),
        name.map(|name| format!("“{name}”")),
        asks.then(|| "asks".to_owned()),
        is_declined.then(|| "declined".to_owned()),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "stranger".into() } else { parts.join(", ") }
}

#[tokio::test]
async fn every_pair_of_acts_on_a_contact_ends_as_its_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let relays = [&relay];
        let mut anns = join_all(FIRST.iter().map(|_| Person::new("Ann", &relays))).await;
        let seconds: Vec<_> = SECOND.iter().flat_map(|second| [(Ann, second), (Ben, second)]).collect();
        let mut bens = join_all(seconds.iter().map(|_| Person::new("Ben", &relays))).await;
        for person in anns.iter_mut().chain(&mut bens) {
            person.published().await;
        }

        let steps = FIRST.iter().map(|(_, before, _)| before.len()).max().unwrap_or_default();
        for step in 0..=steps {
            for (ann, (_, before, last)) in anns.iter().zip(&FIRST) {
                // The setups end together, and the first act comes last.
                let all: Vec<_> = before.iter().copied().chain([(Ann, *last)]).collect();
                let Some(at) = (step + all.len()).checked_sub(steps + 1) else { continue };
                let (who, it) = all[at];
                for ben in &bens {
                    let (who, whom) = if who == Ann { (ann, ben) } else { (ben, ann) };
                    act(who, whom, it).await.expect("what goes before can be done");
                }
            }
            let mut all: Vec<_> = anns.iter_mut().chain(&mut bens).collect();
            quiet(&mut all).await;
        }
        let mut refusals = Vec::new();
        for ann in &anns {
            for (ben, (who, (it, _))) in bens.iter().zip(&seconds) {
                let (who, whom) = if *who == Ann { (ann, ben) } else { (ben, ann) };
                let refused = act(who, whom, *it).await.err();
                refusals.push(refused.map(|why| why.detail().map_or(why.code(), |detail| detail.as_str())));
            }
        }
        let mut all: Vec<_> = anns.iter_mut().chain(&mut bens).collect();
        tokio::time::timeout(PATIENCE, quiet(&mut all)).await.expect("nothing goes on for ever");

        let mut rows = vec![
            "| Ann | then | Ann sees Ben as | Ben sees Ann as |".to_owned(),
            "|---|---|---|---|".to_owned(),
        ];
        let mut refusals = refusals.into_iter();
        for (ann, (first, ..)) in anns.iter().zip(&FIRST) {
            for (ben, (who, (_, second))) in bens.iter().zip(&seconds) {
                let who = if *who == Ann { "Ann" } else { "Ben" };
                let refused = refusals.next().flatten().map(|why| format!(": `{why}`")).unwrap_or_default();
                let (anns, bens) = (sees(ann, ben).await, sees(ben, ann).await);
                rows.push(format!("| {first} | {who} {second}{refused} | {anns} | {bens} |"));
            }
        }
        compare("contacts", &rows);
    })
    .await;
    relay.stop().await;
}
