//! Paths of files inside of a share: relative, and unable to leave their folder on any system.

use unicode_normalization::UnicodeNormalization;

use crate::format::limits::{PATH_BYTES, SEGMENT_BYTES};
use crate::format::text;

/// Why a path was not taken; the message names the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing, or nothing between two slashes, or a slash at an end.
    #[error("a path has no empty parts and starts and ends with none")]
    Empty,
    /// `.` or `..`.
    #[error("a path has no part that is \".\" or \"..\"")]
    Dots,
    /// Control characters, a backslash, or text that is not in normal form C.
    #[error("a path has no control characters and no backslashes")]
    Character,
    /// Characters that reverse the text after them; only of chosen paths.
    #[error(
        "a path has no characters that reverse the text, because \"gpj.exe\" could look like \"exe.jpg\""
    )]
    Direction,
    /// More bytes than a path or one of its parts may have.
    #[error("a path has at most {PATH_BYTES} bytes, each part at most {SEGMENT_BYTES}")]
    TooLong,
}

/// Checks a received path, which must be in the form that is stored.
///
/// A path that passes is relative, separated by `/`, has no empty, `.` or `..` part, no control characters and
/// no backslash, and is in normal form C. That it is unique is for the list that holds it to say.
pub fn check(path: &str) -> Result<(), PathError> {
    if path.len() > PATH_BYTES {
        return Err(PathError::TooLong);
    }
    if !text::is_normal(path) || path.chars().any(|c| c.is_control() || c == '\\') {
        return Err(PathError::Character);
    }
    path.split('/').try_for_each(|segment| match segment {
        "" => Err(PathError::Empty),
        "." | ".." => Err(PathError::Dots),
        _ if segment.len() > SEGMENT_BYTES => Err(PathError::TooLong),
        _ => Ok(()),
    })
}

/// Brings a path into the form that is stored, or says by which rule it cannot be.
pub fn normalize(path: &str) -> Result<String, PathError> {
    let path: String = path.nfc().collect();
    check(&path).map(|()| path)
}

/// Brings the path of a chosen file into the form that is stored, or says by which rule it cannot be.
///
/// Stricter than [`check`]: embeddings, overrides and isolates of the bidirectional algorithm are refused. A
/// reader takes them, because there may be shares that have them, and saves such a file under a
/// [portable](super::portable) name.
pub fn chosen(path: &str) -> Result<String, PathError> {
    let path = normalize(path)?;
    let reverses = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if path.contains(reverses) { Err(PathError::Direction) } else { Ok(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_pass() {
        for path in ["a", "Fotos/2026/See 🌊.jpg", "...", "a..b", ".hidden", "COM1", "x/…/y"] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn a_path_cannot_leave_its_folder() {
        for path in ["..", "../a", "a/../b", "a/..", ".", "./a", "a/./b"] {
            assert_eq!(check(path), Err(PathError::Dots), "{path}");
        }
        for path in ["", "/", "/etc/passwd", "a//b", "a/"] {
            assert_eq!(check(path), Err(PathError::Empty), "{path}");
        }
        for path in ["a\\b", "..\\a", "a\0b", "a\nb", "a\tb", "a\u{7f}"] {
            assert_eq!(check(path), Err(PathError::Character), "{path:?}");
        }
    }

    #[test]
    fn a_part_has_at_most_255_bytes_and_a_path_1024() {
        assert_eq!(check(&"a".repeat(255)), Ok(()));
        assert_eq!(check(&"a".repeat(256)), Err(PathError::TooLong));
        assert_eq!(check(&"é".repeat(128)), Err(PathError::TooLong));
        let deep = vec!["a"; 512].join("/") + "/"; // 1,024 bytes with the slash
        assert_eq!(check(&(deep.clone() + "a")), Err(PathError::TooLong));
        assert_eq!(check(deep.trim_end_matches('/')), Ok(()));
    }

    #[test]
    fn what_reverses_text_is_refused_when_chosen_and_taken_when_received() {
        for path in ["invoice\u{202e}fdp.exe", "a/\u{2066}b\u{2069}", "\u{202a}C"] {
            assert_eq!(chosen(path), Err(PathError::Direction), "{path:?}");
            assert_eq!(check(path), Ok(()), "{path:?}");
        }
        // Marks are part of ordinary names in Hebrew and Arabic.
        for path in ["שלום\u{200f}!.txt", "e\u{301}", "a"] {
            assert!(chosen(path).is_ok(), "{path:?}");
        }
    }

    #[test]
    fn a_decomposed_path_is_composed_when_chosen_and_refused_when_received() {
        assert_eq!(normalize("e\u{301}").unwrap(), "é");
        assert_eq!(check("e\u{301}"), Err(PathError::Character));
    }
}
