//! Opens what a writer of the format made, with Spinney's own reader: `cargo xtask format open FILE`.
//!
//! FILE is a vector, as `FORMAT.md` describes under "Vectors", or the JSON of a world with its CAR beside it. Prints
//! each check that passed and what was found, or the code of the first refusal. Exits with 1 if something is refused, and
//! with 2 if the file holds nothing that can be opened.

mod car;
mod file;
mod given;
#[path = "world.rs"]
mod opened_world;
mod vector;

use std::path::Path;
use std::process::ExitCode;

/// The exit code where there is nothing to open.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("say which file to open: the JSON of a world beside its CAR, or a vector of one of these:");
        eprintln!("{}", vector::OBJECTS.join(", "));
        return UNUSABLE.into();
    };
    match file::open(Path::new(&file)) {
        Ok(lines) => {
            lines.iter().for_each(|line| println!("{line}"));
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            println!("{refusal}");
            if refusal.code().is_some() { ExitCode::FAILURE } else { UNUSABLE.into() }
        }
    }
}
