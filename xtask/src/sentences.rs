//! Holds the page's sentences about errors against their list, `docs/sentences.md`.
//!
//! A row of the list has the sentence's name in `www/src/strings`, its beginning, its cause, the way on, and the test that
//! produces it: `PATH WORDS`, with words that are in the file and in no other sentence of the page; `code: PATH WORDS` where
//! the test sees the error's code and not the sentence; or `none`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::claims;

const LIST: &str = "docs/sentences.md";
/// The first file of strings, and the folder of the others.
const STRINGS: &str = "www/src/strings/en.ts";
const MORE_STRINGS: &str = "www/src/strings/en";

/// Objects all of whose sentences are about errors.
const OBJECTS: [&str; 6] = ["errors", "errorOf", "refusals", "noRoom", "warnings", "stopped"];

/// Beginnings and ends of the names that other sentences about errors have.
const BEGINNINGS: [&str; 6] = ["need", "short", "weak", "wrong", "refused", "differ"];
const ENDS: [&str; 13] = [
    "TooLong",
    "tooLong",
    "tooMany",
    "Refused",
    "refused",
    "Failed",
    "failed",
    "wrong",
    "gone",
    "Gone",
    "denied",
    "noRoom",
    "noServiceWorker",
];

/// A sentence of the page about an error.
#[derive(Debug, PartialEq, Eq)]
struct Sentence {
    /// The object and the key: `errors.locked`.
    name: String,
    /// What follows the key.
    text: String,
}

/// Every sentence that is not in the list, every row that is of no sentence, and every test that is not there.
pub(crate) fn breaches(root: &Path) -> Result<Vec<String>> {
    let read =
        |name: &str| fs::read_to_string(root.join(name)).with_context(|| format!("cannot read {name}"));
    let files: Vec<_> = files_of_strings(root)?.iter().map(|name| read(name)).collect::<Result<_>>()?;
    let sentences: Vec<_> = files.iter().flat_map(|file| sentences_of(file)).collect();
    let list = read(LIST)?;
    let mut found: Vec<String> = (sentences.iter().filter(|sentence| row(&list, &sentence.name).is_none()))
        .map(|Sentence { name, .. }| format!("{LIST}: `{name}` is missing"))
        .collect();
    for cells in rows(&list) {
        let [name, text, .., test] = &cells[..] else {
            found.push(format!("{LIST}: a row has too few cells: {cells:?}"));
            continue;
        };
        let name = name.trim_matches('`');
        let of_name: Vec<_> = sentences.iter().filter(|sentence| sentence.name == name).collect();
        let beginning = text.trim_end_matches('…').trim();
        if of_name.is_empty() {
            found.push(format!("{LIST}: the page has no sentence `{name}` about an error"));
        } else if !of_name.iter().any(|sentence| sentence.text.contains(beginning)) {
            found.push(format!("{LIST}: `{name}` says something else than “{beginning}”"));
        }
        if test.starts_with("none") {
            continue;
        }
        let (code, evidence) = (test.starts_with("code: "), test.trim_start_matches("code: "));
        found.extend(claims::missing(evidence, root).map(|lack| format!("{LIST}: `{name}`: {lack}")));
        let words = evidence.split_once(' ').map_or("", |(_, words)| words);
        // A test that looks for them may see another sentence.
        let count = |text: &String| text.matches(words).count();
        let own = of_name.iter().map(|sentence| count(&sentence.text)).max().unwrap_or(0);
        if !code && files.iter().map(count).sum::<usize>() > own {
            found.push(format!("{LIST}: `{name}`: other sentences have “{words}” too"));
        }
    }
    Ok(found)
}

fn files_of_strings(root: &Path) -> Result<Vec<String>> {
    let mut files = vec![STRINGS.to_owned()];
    for entry in
        fs::read_dir(root.join(MORE_STRINGS)).with_context(|| format!("cannot list {MORE_STRINGS}"))?
    {
        files.push(format!("{MORE_STRINGS}/{}", entry?.file_name().to_string_lossy()));
    }
    files.sort();
    Ok(files)
}

/// The cells of each row of the list's tables.
fn rows(list: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = list.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix('|'));
    rows.map(|row| row.split('|').map(str::trim).collect())
}

fn row<'a>(list: &'a str, name: &str) -> Option<Vec<&'a str>> {
    rows(list).find(|cells| cells.first().is_some_and(|first| first.trim_matches('`') == name))
}

/// The sentences about errors in a file of strings. The objects in it are found by their indentation, which Biome keeps.
fn sentences_of(file: &str) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut path: Vec<(usize, String)> = Vec::new();
    let mut last = None;
    for line in file.lines() {
        let depth = line.len() - line.trim_start().len();
        let Some((key, rest)) = key(line) else {
            // The rest of a sentence that has several lines.
            if let Some((at, sentence)) = last
                && depth > at
            {
                let sentence: &mut Sentence = &mut sentences[sentence];
                sentence.text += line.trim();
            }
            continue;
        };
        path.retain(|(at, _)| *at < depth);
        last = None;
        if matches!(rest, "{" | "= {") {
            path.push((depth, key.to_owned()));
            continue;
        }
        let object = path.last().map_or("", |(_, object)| object);
        if is_of_errors(object, key) {
            last = Some((depth, sentences.len()));
            sentences.push(Sentence { name: format!("{object}.{key}"), text: rest.to_owned() });
        } else if let Some(inside) = rest.strip_prefix('{') {
            // A whole object in one line.
            for entry in inside.split(", ") {
                if let Some((inner, text)) = self::key(entry.trim_start())
                    && is_of_errors(key, inner)
                {
                    sentences.push(Sentence { name: format!("{key}.{inner}"), text: text.to_owned() });
                }
            }
        }
    }
    sentences
}

/// The key at the beginning of a line, and what follows it: `name: …`, `'name': …` or `export const name = …`.
fn key(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    if let Some(constant) = line.strip_prefix("export const ") {
        let (name, rest) = constant.split_once(' ')?;
        return Some((name, rest));
    }
    // Or at its end, where the sentence begins on the next line.
    let (name, rest) = line.split_once(": ").or_else(|| Some((line.strip_suffix(':')?, "")))?;
    let bare = name.trim_matches('\'');
    let is_name = bare.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_".contains(&letter));
    (!bare.is_empty() && is_name).then_some((bare, rest))
}

fn is_of_errors(object: &str, key: &str) -> bool {
    OBJECTS.contains(&object)
        || BEGINNINGS.iter().any(|beginning| key.starts_with(beginning))
        || ENDS.iter().any(|end| key.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "export const en = {\n  create: {\n    title: 'New',\n    needName: 'Type a name.',\n  },\n  \
        errors: {\n    locked: 'It is locked.',\n    'not-found':\n      'It is not here.',\n  } as Record,\n}\n";

    #[test]
    fn sentences_are_found_by_their_object_and_their_name() {
        let names: Vec<_> = sentences_of(FILE).into_iter().map(|sentence| sentence.name).collect();
        assert_eq!(names, ["create.needName", "errors.locked", "errors.not-found"]);
        assert!(sentences_of(FILE)[2].text.contains("It is not here."));
    }

    #[test]
    fn a_sentence_without_a_row_and_a_row_without_a_sentence_or_test_are_breaches() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(STRINGS, FILE);
        write(&format!("{MORE_STRINGS}/people.ts"), "");
        write("a.test.mjs", "test('locks') It is");
        let good = "| `create.needName` | Type a name. | c | w | none |\n\
            | `errors.locked` | It is… | c | w | a.test.mjs test('locks') |\n\
            | `errors.not-found` | It is not here. | c | w | none: a race |\n";
        write(LIST, good);
        assert_eq!(breaches(folder.path()).unwrap(), Vec::<String>::new());
        write(LIST, &good.replace("`errors.locked`", "`errors.gone`").replace("Type a", "Choose a"));
        let found = breaches(folder.path()).unwrap();
        assert_eq!(found.len(), 3, "{found:?}");
        write(LIST, &good.replace("'locks'", "'opens'"));
        assert_eq!(
            breaches(folder.path()).unwrap(),
            ["docs/sentences.md: `errors.locked`: a.test.mjs has no `test('opens')`"]
        );
        write(LIST, &good.replace("test('locks')", "It is"));
        assert_eq!(
            breaches(folder.path()).unwrap(),
            ["docs/sentences.md: `errors.locked`: other sentences have “It is” too"]
        );
    }
}
