//! Finds the ids, invites and links in a text as people paste it: with words, brackets, quotes, line breaks and invisible
//! characters around and in them, and percent-encoded by chat programs.
//!
//! Codes have a checksum, so a code is found or it is not. An id has none: of what looks like an id, only its length and
//! its key are checked.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::format::invite::{self, Invite, InviteError};
use crate::format::link::{self, Link, LinkError};
use crate::format::{DecodeError, limits, text};
use crate::keys::Id;

/// Characters of a pasted text that are read: more than any letter with a code in it, little enough to search at once.
const MAX_CHARS: usize = 16 * 1024;

/// How often a text is percent-decoded: a link inside of a link was encoded twice.
const ENCODED: usize = 2;

/// Lines over which one code may be broken: the longest code on lines of 40 characters.
const MAX_LINES: usize = limits::INVITE * 4 / 3 / 40 + 1;

/// Characters of the shortest code: a checksum, a key, and the names of the fields.
const SHORTEST_CODE: usize = 48;

/// Characters of an id, as it is written here.
const ID_CHARS: usize = 62;

/// Characters of an id in any spelling, at most. Reading one takes the square of its length.
const MAX_ID_CHARS: usize = 100;

/// What every id begins with.
const ID_PREFIX: &str = "k51";

/// Characters by which a mistyped id may be too long or too short.
const ID_SLACK: usize = 12;

/// Something that names a person or a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The id of somebody.
    Id(Id),
    /// An invite of somebody.
    Invite(Invite),
    /// A link to a share.
    Link(Link),
}

/// Why nothing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PastedError {
    /// Nothing looks like an id, an invite or a link.
    #[error("this is neither an id nor an invite nor a link; copy it again")]
    Nothing,
    /// Something looks like an id, but no identity can have it.
    #[error("this id is mistyped: no identity has it")]
    MistypedId,
    /// Something looks like an invite or a link, but a part is missing or changed.
    #[error("a part of this invite or link is missing or changed; copy it again")]
    Broken,
    /// An invite or a link of a build before the first release.
    #[error("this comes from an older Spinney: ask for a new one")]
    Old,
    /// An invite or a link of a newer version.
    #[error("this comes from a newer Spinney: reload the page")]
    Newer,
}

/// Returns what a text holds, in its order and each once. An id beside an invite of the same person is left out.
///
/// # Errors
///
/// If there is nothing: what the text seems to be.
pub fn find(pasted: &str) -> Result<Vec<Found>, PastedError> {
    let text = plain(pasted);
    let mut found = Vec::new();
    let mut problem = PastedError::Nothing;
    let runs = runs(&text);
    let mut at = 0;
    while at < runs.len() {
        match read(&text, &runs[at..]) {
            Ok((one, taken)) => {
                if !found.contains(&one) {
                    found.push(one);
                }
                at += taken;
            }
            Err(why) => {
                if problem == PastedError::Nothing {
                    problem = why;
                }
                at += 1;
            }
        }
    }
    let invited: Vec<Id> =
        found.iter().filter(|one| matches!(one, Found::Invite(_))).map(Found::id).collect();
    found.retain(|one| !matches!(one, Found::Id(id) if invited.contains(id)));
    if found.is_empty() { Err(problem) } else { Ok(found) }
}

impl Found {
    /// The person whom it names, or whose share it leads to.
    pub fn id(&self) -> Id {
        match self {
            Self::Id(id) => *id,
            Self::Invite(invite) => invite.id.into(),
            Self::Link(link) => link.id.into(),
        }
    }

    /// The link, if it is one.
    pub fn into_link(self) -> Option<Link> {
        match self {
            Self::Link(link) => Some(link),
            Self::Id(_) | Self::Invite(_) => None,
        }
    }

    /// It alone, as text.
    pub fn code(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Invite(invite) => invite.to_string(),
            Self::Link(link) => link.to_string(),
        }
    }
}

/// The text without what shows nothing, percent-decoded, with full-width letters made plain.
fn plain(pasted: &str) -> String {
    let seen = pasted.chars().take(MAX_CHARS).filter(|c| !text::is_ignorable(*c));
    let mut plain: String = seen.nfkc().collect();
    for _ in 0..ENCODED {
        match decoded(&plain) {
            Cow::Borrowed(_) => break,
            Cow::Owned(next) => plain = next.chars().filter(|c| !text::is_ignorable(*c)).collect(),
        }
    }
    plain
}

/// The text with every `%` and two hexadecimal digits replaced, if that makes UTF-8; else as it is.
fn decoded(text: &str) -> Cow<'_, str> {
    let Some((before, rest)) = text.split_once('%') else { return text.into() };
    let mut bytes = before.as_bytes().to_vec();
    let mut is_changed = false;
    for part in rest.split('%') {
        let digits = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match digits.filter(|_| !part.starts_with('+')) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&part.as_bytes()[2..]);
                is_changed = true;
            }
            None => {
                bytes.push(b'%');
                bytes.extend_from_slice(part.as_bytes());
            }
        }
    }
    match String::from_utf8(bytes) {
        Ok(decoded) if is_changed => decoded.into(),
        _ => text.into(),
    }
}

/// A run of letters of codes and ids, as a range of the text.
type Run = (usize, usize);

/// The runs of a text, but for those in the address of a page before the route of a code.
fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_letter(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                runs.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    let addresses = addresses(text);
    runs.retain(|(from, _)| !addresses.iter().any(|(begin, end)| (begin..end).contains(&from)));
    runs
}

/// Base64url, which the letters of ids belong to.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// Addresses of pages that have a code behind them: a page may itself be named by an id.
fn addresses(text: &str) -> Vec<Run> {
    let routes = [invite::ROUTE, link::ROUTE].map(|route| text.match_indices(route).map(move |(at, _)| at));
    let routes = routes.into_iter().flatten();
    routes.map(|at| (text[..at].rfind(char::is_whitespace).map_or(0, |space| space + 1), at)).collect()
}

/// Reads what begins with the first run. Returns it with the number of runs that it takes.
fn read(text: &str, runs: &[Run]) -> Result<(Found, usize), PastedError> {
    let Some(&(from, to)) = runs.first() else { return Err(PastedError::Nothing) };
    let first = &text[from..to];
    if let Some(found) = code(first)?.or_else(|| id(first)) {
        return Ok((found, 1));
    }
    let is_code = [invite::ROUTE, link::ROUTE].iter().any(|route| text[..from].ends_with(route));
    let is_id = first.get(..ID_PREFIX.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(ID_PREFIX));
    // What is broken over lines is long on each of them, but for the last.
    if is_code || is_id || first.len() >= SHORTEST_CODE / 2 {
        let mut whole = first.to_owned();
        for (taken, pair) in (2..=MAX_LINES).zip(runs.windows(2)) {
            let [(_, end), (start, next)] = [pair[0], pair[1]];
            if !is_break(&text[end..start]) || whole.len() > limits::INVITE * 2 {
                break;
            }
            whole.push_str(&text[start..next]);
            if let Some(found) = code(&whole)?.or_else(|| id(&whole)) {
                return Ok((found, taken));
            }
        }
    }
    let is_like_id = is_id && first.len().abs_diff(ID_CHARS) <= ID_SLACK;
    Err(match first.len() {
        _ if is_like_id => PastedError::MistypedId,
        len if is_code || len >= SHORTEST_CODE => PastedError::Broken,
        _ => PastedError::Nothing,
    })
}

/// What stands between two lines of one code: line breaks, the marks of quoted mail, soft line breaks of mail.
fn is_break(between: &str) -> bool {
    between.chars().all(|c| c.is_whitespace() || matches!(c, '>' | '|' | '='))
}

/// The invite or link of this code. Programs that mark text up put `_` around it.
fn code(run: &str) -> Result<Option<Found>, PastedError> {
    let marked = run.strip_prefix('_').and_then(|run| run.strip_suffix('_'));
    let readings = [Some(run), marked, Some(run.trim_matches(['_', '-']))];
    for reading in readings.into_iter().flatten().filter(|reading| reading.len() >= SHORTEST_CODE) {
        match reading.parse() {
            Ok(invite) => return Ok(Some(Found::Invite(invite))),
            Err(InviteError::Decode(why)) => return Err(whole_but_unknown(&why)),
            Err(InviteError::Old) => return Err(PastedError::Old),
            Err(InviteError::Malformed) => {}
        }
        match reading.parse() {
            Ok(link) => return Ok(Some(Found::Link(link))),
            Err(LinkError::Decode(why)) => return Err(whole_but_unknown(&why)),
            Err(LinkError::Old) => return Err(PastedError::Old),
            Err(LinkError::Malformed) => {}
        }
    }
    Ok(None)
}

/// Its checksum holds, so it was copied well.
fn whole_but_unknown(why: &DecodeError) -> PastedError {
    if matches!(why, DecodeError::Newer { .. }) { PastedError::Newer } else { PastedError::Broken }
}

/// The id of this text. Keyboards make the first letter large.
fn id(run: &str) -> Option<Found> {
    let run = run.trim_matches(['_', '-']);
    if run.len() < ID_CHARS - ID_SLACK || run.len() > MAX_ID_CHARS {
        return None;
    }
    let read = |run: &str| run.parse().ok().map(Found::Id);
    read(run).or_else(|| read(&run.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests;
