//! Opens what a writer of the format made, with Spinney's own reader: `cargo xtask format open FILE`.
//!
//! FILE is a vector, as `FORMAT.md` describes under "Vectors", or the JSON of a world with its CAR beside it. Prints
//! each check that passed and what was found, or the code of the first refusal. Exits with 1 if something is refused.

mod car;
mod given;
mod vector;
mod world;

use std::path::Path;
use std::process::ExitCode;

use car::Blocks;
use given::Refusal;
use serde_json::Value as Json;

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("say which file to open: a vector, or the JSON of a world beside its CAR");
        return ExitCode::FAILURE;
    };
    match open(Path::new(&file)) {
        Ok(lines) => {
            lines.iter().for_each(|line| println!("{line}"));
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            println!("{refusal}");
            ExitCode::FAILURE
        }
    }
}

fn open(file: &Path) -> Result<Vec<String>, Refusal> {
    let text = std::fs::read(file).map_err(|why| Refusal::Unusable(why.to_string()))?;
    let json: Json = serde_json::from_slice(&text).map_err(|why| Refusal::Unusable(why.to_string()))?;
    let Some(car) = json["car"].as_str() else { return vector(&json) };
    let car = file.parent().unwrap_or(Path::new("")).join(car);
    let car = std::fs::read(&car).map_err(|why| Refusal::Unusable(format!("{}: {why}", car.display())))?;
    let blocks = Blocks::read(&car)?;
    let mut lines = vec![format!("a world of {} blocks", blocks.len())];
    let seen = world::read(&json, blocks)?;
    lines.extend(seen.steps);
    lines.push(format!("{:#}", seen.sees));
    if json.get("sees").is_some_and(|expected| *expected != seen.sees) {
        return Err(Refusal::Unusable("the reader sees something else than `sees` says".to_owned()));
    }
    Ok(lines)
}

fn vector(json: &Json) -> Result<Vec<String>, Refusal> {
    let opened = vector::open(json)?;
    let mut lines = vec![opened.is.to_owned()];
    lines.extend(opened.checks.iter().map(|check| format!("  holds: {check}")));
    lines.extend(opened.value.map(|value| format!("{value:#}")));
    if json.get("refused").is_some() {
        return Err(Refusal::Unusable("it opens, and the file says that it must be refused".to_owned()));
    }
    Ok(lines)
}
