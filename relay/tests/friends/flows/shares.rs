//! Two acts on one share. Every pair has a share of its own, and all are among the same four friends.

use spinney::engine::Error;
use spinney::engine::api::{Audience, NewShare, Share};

use super::{PATIENCE, compare, quiet};
use crate::person::{Person, file, friends, relay, tell};

/// What can be done about a share that Ann gave to Ben and Cal, or to everybody with a link.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    /// Ann gives it to Dan too.
    AddDan,
    /// Ann takes Ben off.
    TakeBen,
    /// Ann takes everybody off.
    TakeAll,
    /// Ann adds a file.
    AddFile,
    Withdraw,
    /// Ann gives it to Ben and Cal.
    Give,
    SwitchOff,
    /// Ann removes it for good.
    Remove,
    /// Ben passes it on to Dan.
    PassOn,
    /// Ben removes it from his page.
    Delete,
}

use Act::{AddDan, AddFile, Delete, Give, PassOn, Remove, SwitchOff, TakeAll, TakeBen, Withdraw};

const ACTS: [(Act, &str); 10] = [
    (AddDan, "Ann gives it to Dan too"),
    (TakeBen, "Ann takes Ben off"),
    (TakeAll, "Ann takes everybody off"),
    (AddFile, "Ann adds a file"),
    (Withdraw, "Ann withdraws it"),
    (Give, "Ann gives it to Ben and Cal"),
    (SwitchOff, "Ann switches the link off"),
    (Remove, "Ann removes it"),
    (PassOn, "Ben passes it on to Dan"),
    (Delete, "Ben removes it"),
];

struct Friends {
    ann: Person,
    ben: Person,
    cal: Person,
    dan: Person,
}

impl Friends {
    /// Does it; says why it cannot be done.
    async fn act(&self, share: &Share, act: Act) -> Result<(), Error> {
        let Self { ann, ben, cal, dan } = self;
        let (id, with) = (&share.id, |people: &[&Person]| -> Vec<String> {
            people.iter().map(|person| person.id()).collect()
        });
        match act {
            AddDan => {
                let mut all = ann.engine.share(id).await?.recipients.unwrap_or_default();
                all.push(dan.id());
                ann.engine.set_audience(id, &all).await.map(drop)
            }
            TakeBen => ann.engine.revoke(id, &with(&[ben])).await.map(drop),
            TakeAll => ann.engine.set_audience(id, &[]).await.map(drop),
            AddFile => ann.engine.add_files(id, vec![file("new", b"new")], false).await.map(drop),
            Withdraw => ann.engine.withdraw(id).await.map(drop),
            Give => ann.engine.set_audience(id, &with(&[ben, cal])).await.map(drop),
            SwitchOff => ann.engine.disable_link(id).await,
            Remove => ann.engine.remove_share(id).await,
            PassOn => ben.engine.pass_on(id, &with(&[dan])).await.map(drop),
            Delete => ben.engine.remove_share(id).await,
        }
    }

    /// What is shown of the share of this title: its files, and by whom if Ben passed it on.
    async fn see(&self, who: &Person, title: &str) -> String {
        let all = who.engine.shares(Default::default()).await.unwrap();
        let mut seen = Vec::new();
        for share in all.iter().filter(|share| share.title == title) {
            let files = if share.files == 1 { "old".to_owned() } else { "old and new".to_owned() };
            seen.push(if share.author == self.ben.id() { format!("{files}, from Ben") } else { files });
        }
        seen.sort();
        if seen.is_empty() { "nothing".into() } else { seen.join("; ") }
    }

    fn all(&mut self) -> [&mut Person; 4] {
        [&mut self.ann, &mut self.ben, &mut self.cal, &mut self.dan]
    }
}

async fn meet(one: &mut Person, other: &mut Person) {
    let invite = one.engine.new_invite().await.unwrap();
    other.engine.add_contact(&invite, None).await.unwrap();
    let (a, b) = (one.id(), other.id());
    one.stands(&b, spinney::engine::api::ContactState::Mutual).await;
    other.stands(&a, spinney::engine::api::ContactState::Mutual).await;
}

#[tokio::test]
async fn every_pair_of_acts_on_a_share_ends_as_its_table_says() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben) = friends("Ann", "Ben", &relay).await;
        let (mut cal, mut dan) = (Person::new("Cal", &[&relay]).await, Person::new("Dan", &[&relay]).await);
        meet(&mut ann, &mut cal).await;
        meet(&mut ann, &mut dan).await;
        meet(&mut ben, &mut dan).await;
        let mut friends = Friends { ann, ben, cal, dan };

        let mut walks = Vec::new();
        for by_link in [false, true] {
            // A share for people has no link, and one by link has no people: they are refused alike each time.
            let is_of_kind = |(act, _): &&(Act, &str)| match act {
                SwitchOff => by_link,
                AddDan | TakeBen | TakeAll | Give => !by_link,
                _ => true,
            };
            for (first, first_name) in ACTS.iter().filter(is_of_kind) {
                for (second, second_name) in ACTS.iter().filter(is_of_kind) {
                    let kind = if by_link { "by link" } else { "with Ben and Cal" };
                    let share = NewShare {
                        title: format!("{kind}: {first_name}, {second_name}"),
                        note: None,
                        files: vec![file("old", b"old")],
                        keep_location: false,
                        audience: match by_link {
                            true => Audience::Link { password: None, expires: None },
                            false => Audience::Contacts { ids: vec![friends.ben.id(), friends.cal.id()] },
                        },
                    };
                    let share = friends.ann.engine.create_share(share).await.unwrap();
                    walks.push((share, by_link, (*first, first_name), (*second, second_name)));
                }
            }
        }
        quiet(&mut friends.all()).await;
        let links = friends.ann.engine.links().await.unwrap();
        for link in links {
            friends.ben.engine.open_link(&link.link, "").await.unwrap();
        }
        quiet(&mut friends.all()).await;
        let mut refusals = Vec::new();
        for (share, _, (first, _), _) in &walks {
            refusals.push((friends.act(share, *first).await.err(), None));
        }
        quiet(&mut friends.all()).await;
        for ((share, .., (second, _)), (_, refused)) in walks.iter().zip(&mut refusals) {
            *refused = friends.act(share, *second).await.err();
        }
        tokio::time::timeout(PATIENCE, quiet(&mut friends.all())).await.expect("nothing goes on for ever");

        for (name, of_links) in [("shares", false), ("links", true)] {
            let mut rows = vec![
                "| first | then | Ann sees | Ben sees | Cal sees | Dan sees |".to_owned(),
                "|---|---|---|---|---|---|".to_owned(),
            ];
            let of_kind = walks.iter().zip(&refusals).filter(|((_, by_link, ..), _)| *by_link == of_links);
            for ((share, _, (_, first), (_, second)), (one, other)) in of_kind {
                let refused = |why: &Option<Error>| {
                    why.as_ref().map(|why| format!(": `{}`", why.code())).unwrap_or_default()
                };
                let mut row = format!("| {first}{} | {second}{} |", refused(one), refused(other));
                for person in [&friends.ann, &friends.ben, &friends.cal, &friends.dan] {
                    row += &format!(" {} |", friends.see(person, &share.title).await);
                }
                rows.push(row);
            }
            compare(name, &rows);
        }
    })
    .await;
    relay.stop().await;
}
