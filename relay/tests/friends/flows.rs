//! Every pair of acts on a contact and on a share, walked through. What must follow stands in `docs/flows.md`.
//!
//! To write the tables anew, run with `SPINNEY_GENERATE` set, then read what changed: the test does not know what is
//! right.

mod contacts;
mod shares;

use std::time::Duration;
use std::{env, fs};

use crate::person::Person;

/// What each table in `docs/flows.md` begins with.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/flows.md");

/// How long nobody hears of anything new before a state is taken for the last one: many times what a message takes here.
const QUIET: Duration = Duration::from_millis(1_500);

/// Longer than a table takes to come true, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(90);

/// Waits until these people hear of nothing new.
async fn quiet(people: &mut [&mut Person]) {
    loop {
        let next = people.iter_mut().map(|person| Box::pin(person.next_event()));
        if tokio::time::timeout(QUIET, futures::future::select_all(next)).await.is_err() {
            return;
        }
    }
}

/// The table of this name in `docs/flows.md`, or `walked` written there.
fn compare(name: &str, walked: &[String]) {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let text = fs::read_to_string(FILE).unwrap();
    let (before, rest) = text.split_once(&begin).expect("the table has a beginning");
    let (table, after) = rest.split_once(&end).expect("the table has an end");
    if env::var_os("SPINNEY_GENERATE").is_some() {
        let table: String = walked.iter().map(|line| format!("{line}\n")).collect();
        return fs::write(FILE, format!("{before}{begin}{table}{end}{after}")).unwrap();
    }
    let table: Vec<_> = table.lines().collect();
    let differing = walked.iter().filter(|line| !table.contains(&line.as_str()));
    let differing: Vec<_> = differing.map(String::as_str).collect();
    assert!(differing.is_empty(), "not so in docs/flows.md:\n{}", differing.join("\n"));
    assert_eq!(table.len(), walked.len(), "docs/flows.md has other rows");
}
