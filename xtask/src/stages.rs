//! Named stages of a command and how long each took.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Times the stages of one command.
#[derive(Default)]
pub(crate) struct Stages {
    taken: Vec<(String, Duration)>,
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

    /// Prints a table of all stages.
    pub(crate) fn print(&self) {
        println!("\n{:>9}  stage", "seconds");
        for (name, taken) in &self.taken {
            println!("{:>9.1}  {name}", taken.as_secs_f64());
        }
        let total: Duration = self.taken.iter().map(|(_, taken)| *taken).sum();
        println!("{:>9.1}  together", total.as_secs_f64());
    }
}
