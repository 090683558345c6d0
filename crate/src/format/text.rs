//! Rules for text that people type and read.
//!
//! Stored text is Unicode normalization form C without control characters other than line feed and tab; what
//! is shown has the controls of the bidirectional algorithm taken out, so that no name can reorder the
//! sentence around it.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::format::limits;

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("type something")]
    Empty,
    /// More characters than allowed.
    #[error("use at most {0} characters")]
    TooLong(usize),
}

/// Brings typed text into the form that is stored: NFC, no control characters, no bidi controls, trimmed.
pub fn normalize(typed: &str) -> String {
    let unified = typed.replace("\r\n", "\n").replace('\r', "\n");
    let clean: String = unified.nfc().filter(|c| !is_refused(*c) && !is_bidi_control(*c)).collect();
    // Taking characters out can bring two together that compose.
    clean.trim().nfc().collect()
}

/// A typed name of a person, ready to be stored: without characters that show nothing, so that two names that look alike
/// are the same.
pub fn name(typed: &str) -> Result<String, TextError> {
    one_line(&without_invisible(typed), limits::NAME_CHARS)
}

/// A received name as it may be shown: without bidi controls and characters that show nothing. It may be empty.
pub fn shown_name(stored: &str) -> String {
    without_invisible(&shown(stored)).trim().to_owned()
}

/// A typed title of a share, ready to be stored; a title may not be empty.
pub fn title(typed: &str) -> Result<String, TextError> {
    one_line(typed, limits::TITLE_CHARS)
}

/// A typed note of a share, or a bio with its own limit: several lines, may be empty.
pub fn paragraph(typed: &str, limit: usize) -> Result<String, TextError> {
    let text = normalize(typed);
    if text.chars().count() > limit { Err(TextError::TooLong(limit)) } else { Ok(text) }
}

fn one_line(typed: &str, limit: usize) -> Result<String, TextError> {
    let text = normalize(&typed.replace(['\n', '\r', '\t'], " "));
    match text.chars().count() {
        0 => Err(TextError::Empty),
        n if n > limit => Err(TextError::TooLong(limit)),
        _ => Ok(text),
    }
}

/// Received text as it may be shown: without bidi controls.
pub fn shown(stored: &str) -> String {
    stored.chars().filter(|c| !is_bidi_control(*c)).collect()
}

/// The beginning of a stored text in so many bytes, with an ellipsis if that is not all of it.
pub(crate) fn cut(stored: &str, bytes: usize) -> String {
    if stored.len() <= bytes {
        return stored.to_owned();
    }
    let end = stored.floor_char_boundary(bytes.saturating_sub('…'.len_utf8()));
    format!("{}…", stored[..end].trim_end())
}

/// Whether text is in the form in which objects hold it.
pub(crate) fn is_normal(text: &str) -> bool {
    is_nfc(text) && !text.chars().any(is_refused)
}

fn is_refused(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// The explicit formatting characters of UAX #9, and the two marks and the Arabic letter mark.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Takes out characters that show nothing by themselves, but for joiners where they are spelling: between emoji, and in
/// Arabic and Indic scripts.
fn without_invisible(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let before = kept.chars().next_back();
        let has_next = chars.peek().is_some_and(|next| !is_ignorable(*next));
        let is_spelling = match c {
            '\u{200d}' => has_next && before.is_some_and(|it| is_emoji(it) || is_joined(it)),
            '\u{200c}' => has_next && before.is_some_and(is_joined),
            // Asks for the coloured form of what precedes it.
            '\u{fe0f}' => before.is_some_and(|it| is_emoji(it) && it != c),
            _ => !is_ignorable(c),
        };
        if is_spelling {
            kept.push(c);
        }
    }
    kept
}

/// `Default_Ignorable_Code_Point` of Unicode, and the blank Braille pattern.
pub(crate) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Symbols that a joiner can join, with their colours and forms.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{203c}'..='\u{205f}' | '\u{2070}'..='\u{27ff}' | '\u{2900}'..='\u{3163}' | '\u{3165}'..='\u{3299}')
        || matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{fe0f}')
}

/// Letters of Arabic and Indic scripts, whose forms joiners choose.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{dff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn composed_and_decomposed_text_become_the_same() {
        assert_eq!(normalize("Ame\u{301}lie"), "Amélie");
        assert!(!is_normal("Ame\u{301}lie"));
        assert!(is_normal("Amélie 🌳\n"));
    }

    #[test]
    fn control_characters_are_neither_kept_nor_accepted() {
        assert_eq!(normalize("a\u{0}b\u{7f}c\u{85}"), "abc");
        assert!(!is_normal("a\u{0}"));
        assert_eq!(name("two\nlines").unwrap(), "two lines");
    }

    #[test]
    fn bidi_controls_are_not_shown() {
        assert_eq!(shown("photo\u{202e}gpj.exe"), "photogpj.exe");
        assert_eq!(normalize("\u{2066}x\u{2069}"), "x");
    }

    #[test]
    fn names_have_no_characters_that_show_nothing() {
        for hidden in
            ["Ann\u{200b}", "A\u{200d}nn", "\u{2060}Ann", "\u{e0041}Ann", "Ann\u{feff}", "A\u{fe0f}nn"]
        {
            assert_eq!(name(hidden).as_deref(), Ok("Ann"), "{hidden:?}");
            assert_eq!(shown_name(hidden), "Ann", "{hidden:?}");
        }
        for nothing in ["\u{3164}", "\u{2060}", " \u{200b} ", "\u{2800}", "\u{200d}\u{200d}"] {
            assert_eq!(name(nothing), Err(TextError::Empty), "{nothing:?}");
            assert_eq!(shown_name(nothing), "", "{nothing:?}");
        }
        for whole in
            ["👩\u{200d}👩\u{200d}👧", "❤\u{fe0f}\u{200d}🔥", "می\u{200c}خواهم", "क्\u{200d}ष", "Amélie"]
        {
            assert_eq!(name(whole).as_deref(), Ok(whole));
            assert_eq!(shown_name(whole), whole);
        }
    }

    #[test]
    fn lengths_are_in_characters_not_bytes() {
        assert!(name(&"🌳".repeat(64)).is_ok());
        assert_eq!(name(&"a".repeat(65)), Err(TextError::TooLong(64)));
        assert_eq!(name(" \n "), Err(TextError::Empty));
        assert_eq!(paragraph("", limits::NOTE_CHARS).unwrap(), "");
    }

    proptest! {
        #[test]
        fn typed_text_becomes_text_that_is_accepted(typed in "\\PC{0,40}|.{0,40}") {
            prop_assert!(is_normal(&normalize(&typed)));
            prop_assert_eq!(normalize(&normalize(&typed)), normalize(&typed));
        }
    }
}
