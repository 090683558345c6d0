//! Holds what the documents promise against what shows it.
//!
//! A section of a document may end in a comment that names, for each promise, a test or the code behind it:
//!
//! ```text
//! <!-- shown by
//! your network address: relay/tests/friends/meeting.rs a_request_dials_nobody; SECURITY.md
//! -->
//! ```
//!
//! Before the colon stands the beginning of a row's first cell, or words of the section; after it, each with the words
//! that must be found in it, the files. A section with such a comment needs a line for every row of its tables.

use std::path::Path;

use anyhow::{Context, Result};

/// Documents whose promises are checked.
const DOCUMENTS: &[&str] = &["README.md", "SECURITY.md"];

const OPENING: &str = "<!-- shown by";
const CLOSING: &str = "-->";

/// Every promise without evidence, and every piece of evidence that is not there, a sentence each.
pub(crate) fn breaches(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for name in DOCUMENTS {
        let text = std::fs::read_to_string(root.join(name)).with_context(|| format!("cannot read {name}"))?;
        for section in text.split("\n## ") {
            found.extend(in_section(section, root).into_iter().map(|breach| format!("{name}: {breach}")));
        }
    }
    Ok(found)
}

fn in_section(section: &str, root: &Path) -> Vec<String> {
    let Some((text, rest)) = section.split_once(OPENING) else { return Vec::new() };
    let Some((claims, _)) = rest.split_once(CLOSING) else { return vec![format!("`{OPENING}` has no end")] };
    let claims: Vec<_> = claims.lines().filter(|line| !line.trim().is_empty()).collect();
    let promises: Vec<_> = claims.iter().filter_map(|claim| claim.split_once(": ")).collect();
    let mut found: Vec<_> = (claims.iter().filter(|claim| !claim.contains(": ")))
        .map(|claim| format!("`{claim}` names no evidence"))
        .collect();
    for row in rows(text) {
        if !promises.iter().any(|(promise, _)| row.starts_with(promise)) {
            found.push(format!("nothing shows the row `{row}`"));
        }
    }
    for (promise, evidence) in promises {
        if !text.split_whitespace().collect::<Vec<_>>().join(" ").contains(promise) {
            found.push(format!("`{promise}` is no longer promised"));
        }
        found.extend(evidence.split("; ").filter_map(|piece| missing(piece.trim(), root)));
    }
    found
}

/// The first cells of a text's tables, without those of the heads.
fn rows(text: &str) -> Vec<&str> {
    let cells = text.lines().filter_map(|line| line.strip_prefix('|')?.split('|').next().map(str::trim));
    let mut rows: Vec<&str> = Vec::new();
    for cell in cells {
        if cell.starts_with("---") {
            // What stood before the rule is the head of the table.
            rows.pop();
        } else {
            rows.push(cell);
        }
    }
    rows.retain(|cell| !cell.is_empty());
    rows
}

/// Says what is missing of `PATH WORDS`.
pub(crate) fn missing(evidence: &str, root: &Path) -> Option<String> {
    let (path, words) = evidence.split_once(' ').unwrap_or((evidence, ""));
    match std::fs::read_to_string(root.join(path)) {
        Err(_) => Some(format!("there is no {path}")),
        Ok(text) if !text.contains(words) => Some(format!("{path} has no `{words}`")),
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str =
        "Who\n\n| | relay |\n|---|---|\n| contents of a share | no |\n| addresses | yes |\n\n";

    fn breaches_of(claims: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tests.rs"), "fn a_relay_reads_nothing() {}").unwrap();
        in_section(&format!("{TABLE}{claims}"), folder.path())
    }

    #[test]
    fn a_section_without_the_comment_is_not_checked_and_one_with_evidence_for_all_rows_passes() {
        assert!(breaches_of("").is_empty());
        let claims = "<!-- shown by\ncontents: tests.rs fn a_relay_reads_nothing\naddresses: tests.rs\n-->";
        assert_eq!(breaches_of(claims), Vec::<String>::new());
    }

    #[test]
    fn a_row_without_evidence_is_a_breach() {
        let claims = "<!-- shown by\ncontents: tests.rs fn a_relay_reads_nothing\n-->";
        assert_eq!(breaches_of(claims), ["nothing shows the row `addresses`"]);
    }

    #[test]
    fn evidence_and_promises_that_are_gone_are_breaches() {
        let claims =
            "<!-- shown by\ncontents: tests.rs fn gone; no.rs\naddresses: tests.rs\nfree beer: tests.rs\n-->";
        let gone = ["tests.rs has no `fn gone`", "there is no no.rs", "`free beer` is no longer promised"];
        assert_eq!(breaches_of(claims), gone);
    }
}
