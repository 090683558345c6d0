//! `cargo xtask test`: everything that a change must pass.

mod dependencies;
mod lint;
mod node;
mod rust;

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::stages::Stages;
use crate::tally::Tally;

/// Which tests to run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Use more seeds and larger files, do more in Firefox, attack a relay for ten minutes, and check the licences, advisories
    /// and signatures of dependencies.
    #[arg(long)]
    long: bool,
    /// Run only tests with NAME in their name. The page is then built as `up` builds it, and nothing is linted.
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    filter: Option<String>,
    /// Only these parts.
    #[arg(value_enum)]
    parts: Vec<Part>,
}

/// A part of the tests that can be run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Types and lint of the page alone: seconds, and no Rust but this tool.
    Page,
    /// Formatting, lints of both targets and of the page, the order of the modules, the documentation.
    Lint,
    /// Tests of the crate, the relay and this tool.
    Native,
    /// Independent programs: a reader of the format's vectors, a writer of UnixFS.
    Format,
    /// The crate's tests in a browser.
    Browser,
    /// The page's components, each in every state, in a browser.
    Components,
    /// What a person does, with real browsers and relays.
    E2e,
}

impl Part {
    /// Whether the part has tests with names.
    fn has_names(self) -> bool {
        matches!(self, Self::Native | Self::Browser | Self::Components | Self::E2e)
    }
}

/// Tells tests that they have time: more seeds, larger files, another browser.
const LONG: &str = "SPINNEY_LONG";

/// How the tests are to be run.
#[derive(Clone, Copy)]
struct Plan<'a> {
    long: bool,
    /// What a test must have in its name.
    filter: Option<&'a str>,
}

impl Plan<'_> {
    /// Runs a test command, told whether it has time, and counts.
    fn count(self, command: &mut Command) -> Result<Tally> {
        if self.long {
            command.env(LONG, "1");
        }
        Tally::of(command)
    }
}

/// Runs the tests and prints `N passed, N failed` as the last line; an error if any failed or none was run.
pub(crate) fn run(args: &Args) -> Result<()> {
    let plan = Plan { long: args.long, filter: args.filter.as_deref() };
    let mut stages = Stages::default();
    let mut tally = Tally::default();
    for part in chosen(&args.parts, plan.filter.is_some()) {
        let counted = match part {
            Part::Page => lint::page(&mut stages),
            Part::Lint => lint::everything(&mut stages, plan),
            Part::Native => rust::native(&mut stages, plan),
            Part::Format => node::format(&mut stages, plan),
            Part::Browser => rust::browser(&mut stages, plan),
            Part::Components => node::components(&mut stages, plan),
            Part::E2e => node::end_to_end(&mut stages, plan),
        };
        // A part that cannot start is a failure; the others still tell what they know.
        tally += counted.unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Tally::FAILED
        });
    }
    stages.print();
    if let (Some(name), Tally { passed: 0, failed: 0 }) = (plan.filter, tally) {
        eprintln!("\nerror: no test of these parts has `{name}` in its name");
    }
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed > 0 || tally.passed == 0 {
        std::process::exit(1);
    }
    Ok(())
}

/// The parts to run, in their order: of those asked for, or of all. What has no names cannot be filtered by one, and
/// the lints of everything have those of the page in them.
fn chosen(asked: &[Part], filtered: bool) -> Vec<Part> {
    let all = Part::value_variants().iter().copied();
    let mut parts: Vec<_> = all.filter(|part| asked.is_empty() || asked.contains(part)).collect();
    if parts.contains(&Part::Lint) {
        parts.retain(|part| *part != Part::Page);
    }
    parts.retain(|part| !filtered || part.has_names());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_choice_every_part_runs_and_the_page_is_linted_once() {
        assert_eq!(
            chosen(&[], false),
            [Part::Lint, Part::Native, Part::Format, Part::Browser, Part::Components, Part::E2e]
        );
        assert_eq!(chosen(&[Part::E2e, Part::Page], false), [Part::Page, Part::E2e]);
    }

    #[test]
    fn a_name_leaves_out_the_parts_that_have_none() {
        assert_eq!(chosen(&[], true), [Part::Native, Part::Browser, Part::Components, Part::E2e]);
        assert_eq!(chosen(&[Part::Lint], true), []);
    }
}
