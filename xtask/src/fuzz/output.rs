//! What libFuzzer prints.

/// What came of one run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) inputs: u64,
    /// Inputs in a second.
    pub(super) rate: u64,
    /// Places in the code that were reached.
    pub(super) coverage: u64,
    /// Inputs of which each reached something that no other did.
    pub(super) corpus: u64,
    /// Why a run ended early, with the path of the input.
    pub(super) failure: Option<String>,
}

impl Output {
    pub(super) fn read(printed: &str, is_well: bool) -> Self {
        let stat = |name: &str| {
            let mut lines = printed.lines().filter_map(|line| line.strip_prefix(name));
            lines.next_back().and_then(|value| value.trim().parse().ok()).unwrap_or_default()
        };
        // `#1234  NEW    cov: 56 ft: 78 corp: 9/1Kb …`
        let after = |word: &str| {
            let mut words = printed.lines().filter(|line| line.starts_with('#')).filter_map(|line| {
                let mut words = line.split([' ', '\t', '/']).skip_while(|one| *one != word);
                words.nth(1)?.parse().ok()
            });
            words.next_back().unwrap_or_default()
        };
        Self {
            inputs: stat("stat::number_of_executed_units:"),
            rate: stat("stat::average_exec_per_sec:"),
            coverage: after("cov:"),
            corpus: after("corp:"),
            failure: (!is_well).then(|| failure(printed)),
        }
    }
}

/// The panic, and where the input is.
fn failure(printed: &str) -> String {
    let lines: Vec<_> = printed.lines().collect();
    let panic = lines
        .iter()
        .position(|line| line.contains("panicked at"))
        .map(|at| &lines[at..(at + 3).min(lines.len())]);
    let said = lines.iter().filter(|line| line.starts_with("==") && line.contains("ERROR"));
    let input = lines.iter().filter(|line| line.contains("Test unit written to"));
    let found: Vec<_> = panic.into_iter().flatten().chain(said).chain(input).copied().collect();
    if found.is_empty() { lines[lines.len().saturating_sub(5)..].join("\n") } else { found.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_last_line_and_the_final_statistics() {
        let printed = "#2\tINITED cov: 3 ft: 4 corp: 1/1b exec/s: 0 rss: 40Mb\n\
                       #900\tNEW    cov: 56 ft: 78 corp: 9/1Kb lim: 4 exec/s: 0 rss: 41Mb L: 2/3\n\
                       #1000\tDONE   cov: 56 ft: 79 corp: 10/1Kb lim: 4 exec/s: 500 rss: 41Mb\n\
                       stat::number_of_executed_units: 1000\n\
                       stat::average_exec_per_sec:     500\n";
        let expected = Output { inputs: 1000, rate: 500, coverage: 56, corpus: 10, failure: None };
        assert_eq!(Output::read(printed, true), expected);
    }

    #[test]
    fn a_failure_says_the_panic_and_the_path_of_the_input() {
        let printed = "#2\tINITED cov: 3 ft: 4 corp: 1/1b\n\
                       thread '<unnamed>' panicked at src/a.rs:1:2:\n\
                       too long\n\
                       note: run with a backtrace\n\
                       ==7== ERROR: libFuzzer: deadly signal\n\
                       artifact_prefix='x/'; Test unit written to x/crash-1\n";
        let failure = Output::read(printed, false).failure.unwrap();
        assert!(failure.contains("too long") && failure.ends_with("x/crash-1"), "{failure}");
    }
}
