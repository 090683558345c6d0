//! Tells by its content what a file is, and opens it.

use std::path::Path;

use serde_json::Value as Json;

use crate::car::Blocks;
use crate::given::Refusal;
use crate::{opened_world as world, vector};

/// Opens a file: one line for each step, and what was found.
///
/// # Errors
///
/// With the code of the first check that refuses, or why there is nothing to open.
pub(crate) fn open(file: &Path) -> Result<Vec<String>, Refusal> {
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
