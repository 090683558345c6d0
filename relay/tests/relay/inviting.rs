//! Admission by invitation: the operator's program beside a relay that runs.

use std::{
    path::Path,
    process::{Command, Output},
};

use futures::stream;
use spinney::{
    keys::Id,
    net::{keep, mailbox, records},
};
use spinney_relay::config::Admission;

use crate::{client::Client, relay::Local, sample::Seeded};

/// Runs `spinney-relay invite` on a data folder.
fn invite(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spinney-relay"));
    command.arg("invite").args(args).arg("--data").arg(folder).env("SPINNEY_RELAY_ADMISSION", "invited");
    command.output().expect("the program was built")
}

/// What a command that must succeed wrote.
pub(crate) fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a command that must fail wrote.
pub(crate) fn failed(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn invited() -> Local {
    Local::with(|config| config.admission = Some(Admission::Invited)).await
}

/// Whether blocks, records and mailboxes of somebody are refused; all three must answer the same.
async fn is_refused(client: &Client) -> bool {
    let keep = client.keep_as(Some(client.certificate())).await.map(drop);
    let record = client.record(&Seeded(1).node(&[]).0, 1);
    let record = records::put(&mut client.records().await, client.id(), &record, None).await;
    let mail = mailbox::Session::open(client.open(mailbox::PROTOCOL).await, client.certificate()).await;
    let answers = [
        matches!(keep, Err(keep::Error::Refused(keep::Refusal::NotAdmitted))),
        matches!(record, Err(records::Error::Refused(records::Refusal::NotAdmitted))),
        matches!(mail.map(drop), Err(mailbox::Error::Refused(mailbox::Refusal::NotAdmitted))),
    ];
    assert!(answers.iter().all(|refused| *refused == answers[0]), "{answers:?}");
    answers[0]
}

#[tokio::test]
async fn an_invitation_takes_effect_at_once_and_so_does_its_end() {
    let relay = invited().await;
    let (ann, ben) = (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 2).await);
    assert!(is_refused(&ann).await && is_refused(&ben).await);
    let id = ann.id().to_string();
    let said_invited = said(&invite(relay.folder.path(), &[&id, "--quota", "50000"]));
    assert_eq!(said_invited, format!("invited {id}, quota 50000 bytes\n"));
    assert!(!is_refused(&ann).await && is_refused(&ben).await);
    ann.publish(1, 1).await;
    let mut session = ann.keep().await;
    assert_eq!(session.allowance().quota, 50_000);
    let large = session.push(stream::iter([Seeded(2).raw(60_000)]), |_| ()).await;
    assert!(matches!(large, Err(keep::Error::Refused(keep::Refusal::Quota { quota: 50_000, .. }))));

    let listed = said(&invite(relay.folder.path(), &["--list"]));
    assert!(listed.starts_with(&id) && listed.contains("of 50000 bytes"), "{listed}");
    // A session that began before the end is refused too.
    let mut session = ann.keep().await;
    assert_eq!(said(&invite(relay.folder.path(), &["--end", &id])), format!("ended {id}\n"));
    let late = session.push(stream::iter([Seeded(3).raw(100)]), |_| ()).await;
    assert!(matches!(late, Err(keep::Error::Refused(keep::Refusal::NotAdmitted))), "{late:?}");
    assert!(is_refused(&ann).await);
    assert_eq!(said(&invite(relay.folder.path(), &["--list"])), "");
}

#[tokio::test]
async fn several_are_invited_together_also_before_they_come_and_while_the_relay_is_stopped() {
    let Local { running, folder } = invited().await;
    running.stop().await;
    let ids: Vec<Id> = [1, 2].map(|seed| crate::client::ring(seed).id()).into();
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    said(&invite(folder.path(), &[&ids[0], &ids[1]]));
    let relay = Local::at_with(folder, |config| config.admission = Some(Admission::Invited)).await;
    for (seed, refused) in [(1, false), (2, false), (3, true)] {
        assert_eq!(is_refused(&Client::connect(relay.address(), seed).await).await, refused);
    }
}

#[tokio::test]
async fn a_mistake_is_said_and_changes_nothing() {
    let relay = invited().await;
    let id = crate::client::ring(1).id().to_string();
    let folder = relay.folder.path();
    for (args, says) in [
        (&[&id[1..]][..], "k51"),
        (&["--end", &id], "is not invited: see `spinney-relay invite --list`"),
        (&[], "required"),
        (&[&id, "--quota", "much"], "invalid digit"),
    ] {
        let error = failed(&invite(folder, args));
        assert!(error.contains(says), "{args:?} said {error}");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let error = failed(&invite(elsewhere.path(), &[&id]));
    assert!(error.contains("name its folder with --data or --config"), "{error}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    assert_eq!(said(&invite(folder, &["--list"])), "");
}
