//! Writes what is generated from the API: the TypeScript of its types, limits and codes, and the page of errors.
//!
//! Both files are committed, so that the page is checked without a Rust build. To write them anew, run the tests with
//! `SPINNEY_GENERATE` set.

use std::path::{Path, PathBuf};
use std::{env, fs};

use tsify::Tsify;

use super::{
    Asked, Audience, BoundFolder, Change, ChangedKeys, Code, Comment, Contact, ContactRequest, ContactState,
    Delivery, Detail, Device, DeviceCode, Direction, Draft, Drop, DropBox, DropLinkPreview, Event, Failure,
    Fault, FileChange, FileEntry, FileName, FileProgress, FilesQuery, FolderBinding, FolderConflict,
    FolderState, FreeableSpace, Freed, FreedStage, FriendKeeping, GivenRoom, Introduction, JournalEntry,
    JournalQuery, KeepingStatus, LIMITS, Link, LinkChange, LinkPreview, Me, Mode, NetworkStatus, NewComment,
    NewKeys, NewPasskey, NotDirect, NotFreed, OpenedDropBox, Origin, Parameters, Passkey, PasskeyOffer,
    Pasted, PastedKind, PeerStatus, ProfileSummary, ProfileUpdate, Proof, PushRelay, ReceivedRoom,
    RelayKeeping, RelayRoom, RelayStatus, RenamedFile, Restored, Saved, SavedName, ServiceKeeping,
    ServiceTrouble, Share, ShareQuery, SpentInvite, Stage, StorageStatus, Suggestion, Transfer,
    TransferState, Trial, TrialFailure, WaitingFor, Warning, WhyNotFreed, Words,
};

const COMMAND: &str = "SPINNEY_GENERATE=1 cargo test --package spinney --lib generated";

#[test]
fn the_generated_typescript_is_that_of_the_api() {
    check("www/src/generated.ts", &typescript());
}

#[test]
fn the_page_of_errors_is_that_of_the_codes() {
    check("docs/errors.md", &errors());
}

#[test]
fn a_member_that_typescript_calls_a_date_is_serialised_as_one() {
    for source in [
        include_str!("contacts.rs"),
        include_str!("devices.rs"),
        include_str!("drops.rs"),
        include_str!("events.rs"),
        include_str!("folders.rs"),
        include_str!("keeping.rs"),
        include_str!("profiles.rs"),
        include_str!("shares.rs"),
        include_str!("status.rs"),
        include_str!("transfers.rs"),
    ] {
        let lines: Vec<_> = source.lines().collect();
        for pair in lines.windows(2) {
            let (serialised, typed) = (pair[0].contains("date::"), pair[1].contains("type = \"Date\""));
            // An argument is read, not written: any `Date` in it becomes milliseconds.
            let is_argument = pair[0].contains("serde(default)");
            assert!(serialised == typed || is_argument, "both attributes or none: {pair:?}");
        }
    }
}

#[test]
fn codes_are_unique_words() {
    let mut codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert!(codes.iter().all(|code| code.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase())));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Code::ALL.len());
}

/// Compares a committed file with what it must be, or writes it if that is asked for.
fn check(path: &str, expected: &str) {
    let file = workspace().join(path);
    if env::var_os("SPINNEY_GENERATE").is_some() {
        fs::create_dir_all(file.parent().expect("the file is in a folder")).expect("the folder can be made");
        fs::write(&file, expected).expect("the file can be written");
        return;
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == expected, "{path} differs from crate/src/engine/api. Write it anew: {COMMAND}");
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the workspace").into()
}

fn typescript() -> String {
    let mut text =
        format!("// Generated from crate/src/engine/api; do not edit. To write it anew:\n// {COMMAND}\n\n");
    for declaration in declarations() {
        text += &tidy(&declaration);
        text += "\n\n";
    }
    text += "/** Limits that the engine checks. */\nexport const LIMITS = {\n";
    for limit in LIMITS {
        text += &format!("  /**{} */\n  {}: {},\n", limit.doc, limit.name, limit.value);
    }
    text += "} as const\n\n/** Whose fault an error is, by its code. */\nexport const FAULTS = {\n";
    for code in Code::ALL {
        text += &format!("  /**{} */\n  '{}': '{}',\n", code.when(), code.as_str(), code.fault().as_str());
    }
    text + "} as const satisfies Record<Code, Fault>\n"
}

/// Every type that crosses the boundary. TypeScript does not compile if one is missing that another names.
fn declarations() -> Vec<String> {
    macro_rules! declarations {
        ($($value:ty),+ $(,)?) => { vec![$(<$value>::DECL.to_string()),+] };
    }
    let mut declarations = declarations![
        ProfileSummary,
        Me,
        Restored,
        ChangedKeys,
        Passkey,
        PasskeyOffer,
        NewPasskey,
        ProfileUpdate,
        Device,
        DeviceCode,
        Mode,
        FolderBinding,
        BoundFolder,
        RenamedFile,
        FolderState,
        FileChange,
        JournalEntry,
        JournalQuery,
        FolderConflict,
        ContactState,
        Asked,
        SpentInvite,
        Warning,
        NewKeys,
        Contact,
        ContactRequest,
        Words,
        PastedKind,
        Pasted,
        Audience,
        Share,
        ShareQuery,
        FileEntry,
        FileName,
        FilesQuery,
        Draft,
        Delivery,
        Comment,
        NewComment,
        Link,
        LinkChange,
        LinkPreview,
        Drop,
        DropBox,
        Suggestion,
        Introduction,
        DropLinkPreview,
        OpenedDropBox,
        GivenRoom,
        Proof,
        ReceivedRoom,
        FriendKeeping,
        RelayKeeping,
        ServiceTrouble,
        ServiceKeeping,
        FreedStage,
        Freed,
        WhyNotFreed,
        NotFreed,
        FreeableSpace,
        KeepingStatus,
        TrialFailure,
        Trial,
        Direction,
        TransferState,
        RelayRoom,
        WaitingFor,
        FileProgress,
        Saved,
        SavedName,
        Failure,
        Transfer,
        RelayStatus,
        NotDirect,
        PeerStatus,
        NetworkStatus,
        PushRelay,
        StorageStatus,
        Origin,
        Change,
        Event,
        Parameters,
    ];
    let stages = [Stage::Queued, Stage::Kept, Stage::Fetched, Stage::Opened];
    let stages = stages.map(|stage| match serde_json::to_value(stage) {
        Ok(serde_json::Value::String(word)) => word,
        other => panic!("a stage is a word, not {other:?}"),
    });
    let faults = Fault::ALL.map(Fault::as_str);
    let details = Detail::ALL.map(Detail::as_str);
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    declarations.extend([
        union("How far a recipient has come: queued here, kept by a relay, all of it with the recipient, looked at by the recipient.", "Stage", &stages),
        union("Whose fault an error is: what a person typed, another peer, storage, or a defect of ours.", "Fault", &faults),
        union("What the code of an error leaves open.", "Detail", &details),
        union("The stable name of an error; docs/errors.md says when each comes and what to do.", "Code", &codes),
    ]);
    declarations
}

fn union(doc: &str, name: &str, words: &[impl AsRef<str>]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("\"{}\"", word.as_ref())).collect();
    format!("/**\n * {doc}\n */\nexport type {name} = {};", words.join(" | "))
}

/// A declaration as the page is written: comments of one line on one line, two spaces, one variant a line.
fn tidy(declaration: &str) -> String {
    let mut lines = Vec::new();
    let mut comment: Option<Vec<&str>> = None;
    for line in declaration.lines() {
        let indent = if line.starts_with("    ") { "  " } else { "" };
        match (line.trim(), &mut comment) {
            ("/**", None) => comment = Some(Vec::new()),
            ("*/", Some(text)) => {
                lines.push(format!("{indent}/** {} */", text.join(&format!("\n{indent} *  "))));
                comment = None;
            }
            (line, Some(text)) => text.push(line.trim_start_matches('*').trim()),
            (line, None) if line.len() > 100 => {
                let line = line.trim_end_matches(';').replace(" | {", "\n  | {").replace(" | \"", "\n  | \"");
                lines.push(line.replacen(" = ", " =\n  | ", 1));
            }
            (line, None) => lines.push(format!("{indent}{}", line.trim_end_matches(';'))),
        }
    }
    // Links of Rust's comments are plain text here.
    lines.join("\n").replace("[`", "`").replace("`]", "`")
}

fn errors() -> String {
    let mut text = format!(
        "<!-- Generated from crate/src/engine/api/code.rs; do not edit. To write it anew: {COMMAND} -->\n\n\
         # Errors\n\n\
         Every promise of `spinney.js` rejects with a `SpinneyError`. Its `code` is stable and meant for programs; its\n\
         `message` is one English sentence and may change. `fault` says whose fault it is.\n\n\
         | code | fault | when | what to do |\n|---|---|---|---|\n"
    );
    for code in Code::ALL {
        let (name, fault) = (code.as_str(), code.fault().as_str());
        text += &format!("| `{name}` | {fault} |{} | {} |\n", code.when(), code.remedy());
    }
    text += "\nSome errors have a `detail` too:\n\n| detail | when |\n|---|---|\n";
    for detail in Detail::ALL {
        text += &format!("| `{}` | {} |\n", detail.as_str(), detail.when());
    }
    text
}
