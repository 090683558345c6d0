//! Tokens for the pinning service: the operator's program beside a relay that runs.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::json;
use spinney::keys::Id;
use spinney_relay::config::Admission;

use crate::{
    client::ring,
    inviting::{failed, said},
    pinning::{Api, code, pins},
    relay::{Local, Program},
    sample::Seeded,
};

/// Runs the program on a data folder: `token …` or `invite …`.
fn operator(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spinney-relay"));
    command.args(args).arg("--data").arg(folder).env("SPINNEY_RELAY_ADMISSION", "invited");
    command.output().expect("the program was built")
}

/// Makes a token for somebody as the operator does.
pub(crate) fn token(folder: &Path, id: &Id) -> String {
    let said = said(&operator(folder, &["token", &id.to_string(), "--name", "laptop"]));
    let (first, _) = said.split_once('\n').expect("it says a line");
    first.rsplit(' ').next().expect("the line ends in the token").to_owned()
}

#[tokio::test]
async fn a_token_works_at_once_for_an_admitted_identity_until_it_is_ended() {
    let relay = Local::with(|config| config.admission = Some(Admission::Invited)).await;
    let (folder, ann) = (relay.folder.path(), ring(1).id());
    let id = ann.to_string();
    let made = said(&operator(folder, &["token", &id]));
    assert!(made.starts_with(&format!("token 1 of {id}, shown this once: ")), "{made}");
    assert!(made.contains("is not admitted"), "{made}");
    let api = Api::new(relay.running.local(), &token(folder, &ann));
    let (status, body) = api.get("/pins").await;
    assert_eq!((status, &body["error"]["reason"]), (403, &json!("NOT_ADMITTED")));
    said(&operator(folder, &["invite", &id]));
    assert_eq!(api.get("/pins").await, (200, json!({ "count": 0, "results": [] })));

    let listed = said(&operator(folder, &["token", "list", &id]));
    let lines: Vec<_> = listed.lines().collect();
    assert_eq!(lines, [format!("1  {id}  made 0 days ago"), format!("2  {id}  \"laptop\"  made 0 days ago")]);
    assert_eq!(said(&operator(folder, &["token", "list", &ring(2).id().to_string()])), "");
    assert_eq!(said(&operator(folder, &["token", "end", "2"])), "ended token 2\n");
    let (status, body) = api.get("/pins").await;
    assert_eq!((status, &body["error"]["reason"]), (401, &json!("UNAUTHORIZED")));
    // Its number is not given again.
    token(folder, &ann);
    assert!(said(&operator(folder, &["token", "list"])).contains("\n3  "));

    // The end of the invitation is the end of the use.
    let api = Api::new(relay.running.local(), &token(folder, &ann));
    assert_eq!(api.get("/pins").await.0, 200);
    said(&operator(folder, &["invite", "--end", &id]));
    assert_eq!(api.get("/pins").await.0, 403);
}

#[tokio::test]
async fn a_mistake_is_said_and_makes_no_token() {
    let relay = Local::start().await;
    let (folder, id) = (relay.folder.path(), ring(1).id().to_string());
    let long = "n".repeat(65);
    for (args, says) in [
        (&["token"][..], "required"),
        (&["token", &id[1..]], "k51"),
        (&["token", &id, "--name", &long], "at most 64 letters"),
        (&["token", &id, "--name", "two\nlines"], "in one line"),
        (&["token", "end", "7"], "there is no token 7: see `spinney-relay token list`"),
        (&["token", "end"], "required"),
        (&["token", "list", "nobody"], "k51"),
    ] {
        let error = failed(&operator(folder, args));
        assert!(error.contains(says), "{args:?} said {error}");
    }
    assert_eq!(said(&operator(folder, &["token", "list"])), "");
}

#[tokio::test]
async fn the_data_folder_has_no_token_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let token = token(folder.path(), &ring(1).id());
    let api = Api::new(program.http(), &token);
    assert_eq!(code(&api, "POST", "/pins", &pins(&Seeded(1).raw(10).0)).await, 202);
    program.terminate();
    let secret = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
    for file in ["relay.sqlite", "relay.sqlite-wal"] {
        let Ok(bytes) = std::fs::read(folder.path().join(file)) else { continue };
        for secret in [token.as_bytes(), &secret] {
            assert!(!bytes.windows(secret.len()).any(|some| some == secret), "{file}");
        }
    }
}

#[tokio::test]
async fn a_relay_with_the_service_switched_off_has_nothing_there() {
    let relay = Local::with(|config| config.pinning = false).await;
    let api = Api::new(relay.running.local(), &token(relay.folder.path(), &ring(1).id()));
    assert_eq!(api.get("/pins").await.0, 404);
}
