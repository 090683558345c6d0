//! Named stages of a command and how long each took.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Times the stages of one command.
#[derive(Default)]
pub(crate) struct Stages {
    taken: Vec<(String, Duration)>,
    skipped: Vec<String>,
}

impl Stages {
    /// Runs one stage under a heading, and remembers its seconds whether or not it succeeds.
    pub(crate) fn stage<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n== {name}");
        let start = Instant::now();
        let result = work();
        let taken = start.elapsed();
        println!("== {name}: {:.1} s", taken.as_secs_f64());
        self.taken.push((name.to_owned(), taken));
        result
    }

    /// Says in a sentence what was not done and why, now and again under the table.
    pub(crate) fn skip(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        println!("\n{sentence}");
        self.skipped.push(sentence);
    }

    /// Prints a table of all stages, and what was skipped.
    pub(crate) fn print(&self) {
        println!("\n{:>9}  stage", "seconds");
        for (name, taken) in &self.taken {
            println!("{:>9.1}  {name}", taken.as_secs_f64());
        }
        let total: Duration = self.taken.iter().map(|(_, taken)| *taken).sum();
        println!("{:>9.1}  together", total.as_secs_f64());
        for sentence in &self.skipped {
            println!("{sentence}");
        }
    }
}
