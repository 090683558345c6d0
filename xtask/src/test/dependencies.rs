//! Licences, advisories and sources of the Rust dependencies, and signatures of the npm packages.
//!
//! What needs a program or a server that is not there is skipped, and says so; it does not count as passed.

use std::process::Stdio;

use anyhow::{Context as _, Result};

use crate::stages::Stages;
use crate::tally::Tally;
use crate::{machine, npm, process, workspace};

pub(super) fn check(stages: &mut Stages) -> Result<Tally> {
    let mut tally = cargo_deny(stages)?;
    tally += npm_signatures(stages)?;
    Ok(tally)
}

fn cargo_deny(stages: &mut Stages) -> Result<Tally> {
    if machine::program("cargo-deny").is_none() {
        stages.skip(
            "`cargo deny` was skipped, because it is not installed: `cargo install --locked cargo-deny` brings it",
        );
        return Ok(Tally::default());
    }
    let deny = |words: &[&str]| {
        let mut deny = process::command("cargo");
        deny.arg("deny").args(words);
        deny
    };
    let mut tally = stages.stage("licences, bans and sources of dependencies", || {
        Ok(Tally::check(&mut deny(&["check", "licenses", "bans", "sources"])))
    })?;
    if process::succeeds(&mut deny(&["fetch", "db"])) {
        tally += stages.stage("advisories on dependencies", || {
            Ok(Tally::check(&mut deny(&["check", "--disable-fetch", "advisories"])))
        })?;
    } else {
        stages.skip("`cargo deny check advisories` was skipped, because its database cannot be fetched");
    }
    Ok(tally)
}

fn npm_signatures(stages: &mut Stages) -> Result<Tally> {
    npm::install(stages)?;
    let signatures = stages.stage("signatures of npm packages", || {
        let mut npm = process::command("npm");
        npm.args(["audit", "signatures", "--json", "--fetch-retries=0"]).current_dir(workspace::www());
        let output = npm.stderr(Stdio::null()).output().context("cannot start npm")?;
        Ok(Signatures::of(&String::from_utf8_lossy(&output.stdout)))
    })?;
    Ok(match signatures {
        Signatures::Valid => Tally::PASSED,
        Signatures::Refused(packages) => {
            eprintln!("error: the signatures of these npm packages are missing or wrong: {packages}");
            Tally::FAILED
        }
        Signatures::Unknown(why) => {
            stages.skip(format!("`npm audit signatures` was skipped, because it could not ask: {why}"));
            Tally::default()
        }
    })
}

/// What `npm audit signatures --json` found.
#[derive(Debug, PartialEq, Eq)]
enum Signatures {
    Valid,
    /// Packages whose signature is missing or wrong.
    Refused(String),
    /// Keys or packages could not be asked for.
    Unknown(String),
}

impl Signatures {
    fn of(output: &str) -> Self {
        let report: serde_json::Value = serde_json::from_str(output).unwrap_or_default();
        let (Some(invalid), Some(missing)) = (report["invalid"].as_array(), report["missing"].as_array())
        else {
            let why = report["error"]["summary"].as_str().or_else(|| report["error"]["code"].as_str());
            let why = why.unwrap_or("npm gave no report").lines().next().unwrap_or_default();
            return Self::Unknown(why.to_owned());
        };
        let names: Vec<_> =
            invalid.iter().chain(missing).map(|package| package["name"].as_str().unwrap_or("?")).collect();
        if names.is_empty() { Self::Valid } else { Self::Refused(names.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_passes_only_if_nothing_is_invalid_or_missing() {
        assert_eq!(Signatures::of(r#"{"invalid": [], "missing": []}"#), Signatures::Valid);
        let refused = Signatures::of(r#"{"invalid": [{"name": "a"}], "missing": [{"name": "b"}]}"#);
        assert_eq!(refused, Signatures::Refused("a, b".into()));
    }

    #[test]
    fn a_registry_that_cannot_be_reached_is_no_verdict() {
        let output = r#"{"error": {"code": "ENOTFOUND", "summary": "request failed\nmore", "detail": ""}}"#;
        assert_eq!(Signatures::of(output), Signatures::Unknown("request failed".into()));
        assert_eq!(Signatures::of(""), Signatures::Unknown("npm gave no report".into()));
    }
}
