//! Counts tests from what their runners print.

use std::io::{BufRead as _, BufReader};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::process;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// One check that holds.
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0 };
    /// One check that does not hold, or could not be made.
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1 };

    /// What holds after the tests that failed here were run again with this result.
    pub(crate) fn after_second_try(self, again: Self) -> Self {
        let failed = if again.passed == 0 { self.failed } else { again.failed };
        Self { passed: self.passed + self.failed.saturating_sub(failed), failed }
    }

    /// Runs a test command, shows what it prints, and counts.
    ///
    /// A command that ends badly without naming a failed test counts as one failure: it did not compile, or died.
    pub(crate) fn of(command: &mut Command) -> Result<Self> {
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("cannot start `{}`", process::shown(command)))?;
        let stdout = child.stdout.take().expect("standard output was asked to be piped");
        let mut tally = Self::default();
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            tally += Self::in_line(&line);
        }
        let status = child.wait()?;
        if !status.success() && tally.failed == 0 {
            eprintln!("error: `{}` failed ({status})", process::shown(command));
            tally.failed = 1;
        }
        Ok(tally)
    }

    /// Runs a command that is one check: it passes if the command ends well.
    pub(crate) fn check(command: &mut Command) -> Self {
        match process::run(command) {
            Ok(()) => Self::PASSED,
            Err(error) => {
                eprintln!("error: {error:#}");
                Self::FAILED
            }
        }
    }

    /// What one line of a runner's summary says: of libtest and wasm-bindgen's runner
    /// (`test result: ok. 3 passed; 1 failed; …`), of Node's (`ℹ pass 3`), of Vitest (`Tests  1 failed | 3 passed (4)`), or
    /// of a script (`3 passed, 1 failed`).
    fn in_line(line: &str) -> Self {
        let words: Vec<&str> = line.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
        let number = |word: &str| word.parse::<u64>().unwrap_or_default();
        let before =
            |name: &str| words.windows(2).find(|pair| pair[1] == name).map_or(0, |pair| number(pair[0]));
        match words.as_slice() {
            ["test", "result:", ..] | ["Tests", ..] => {
                Self { passed: before("passed"), failed: before("failed") }
            }
            [_, "passed", _, "failed"] => Self { passed: number(words[0]), failed: number(words[2]) },
            ["ℹ", "pass", count] => Self { passed: number(count), failed: 0 },
            ["ℹ", "fail" | "cancelled", count] => Self { passed: 0, failed: number(count) },
            _ => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runners_summary_is_counted() {
        let counted = |line| {
            let Tally { passed, failed } = Tally::in_line(line);
            (passed, failed)
        };
        assert_eq!(counted("test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured"), (12, 3));
        assert_eq!(counted("ℹ pass 7"), (7, 0));
        assert_eq!(counted("ℹ fail 2"), (0, 2));
        assert_eq!(counted("ℹ cancelled 1"), (0, 1));
        assert_eq!(counted("      Tests  1 failed | 64 passed (65)"), (64, 1));
        assert_eq!(counted("      Tests  65 passed (65)"), (65, 0));
        assert_eq!(counted("40 passed, 1 failed"), (40, 1));
        assert_eq!(counted("the test passed, it never failed"), (0, 0));
    }

    #[test]
    fn what_passes_at_the_second_try_counts_once() {
        let tally = |passed, failed| Tally { passed, failed };
        assert_eq!(tally(240, 3).after_second_try(tally(2, 1)), tally(242, 1));
        assert_eq!(tally(240, 1).after_second_try(tally(1, 0)), tally(241, 0));
        // Nothing was found to run again.
        assert_eq!(tally(240, 1).after_second_try(tally(0, 0)), tally(240, 1));
    }

    #[test]
    fn a_check_counts_as_one_test() {
        assert_eq!(Tally::check(&mut Command::new("true")), Tally::PASSED);
        assert_eq!(Tally::check(&mut Command::new("false")), Tally::FAILED);
    }

    #[test]
    fn a_command_that_dies_without_a_summary_is_a_failure() {
        let tally = Tally::of(Command::new("sh").args(["-c", "exit 3"])).expect("there is a shell");
        assert_eq!(tally, Tally::FAILED);
    }
}
