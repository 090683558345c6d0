//! The media type of a file that has nothing to say it but its name.

/// Names end in these; the types are those that a page shows in place, and no others.
const TYPES: [(&str, &str); 21] = [
    ("aac", "audio/aac"),
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("m4a", "audio/mp4"),
    ("m4v", "video/mp4"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("oga", "audio/ogg"),
    ("ogg", "audio/ogg"),
    ("ogv", "video/ogg"),
    ("opus", "audio/ogg"),
    ("png", "image/png"),
    ("wav", "audio/wav"),
    ("weba", "audio/webm"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
];

/// What is said of every other file.
const UNKNOWN: &str = "application/octet-stream";

/// The media type that the end of a name stands for.
pub fn of_name(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let found = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(end));
    found.map_or(UNKNOWN, |(_, media_type)| media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_says_what_a_file_is_and_nothing_else_does() {
        assert_eq!(of_name("Fotos/See.JPG"), "image/jpeg");
        assert_eq!(of_name("a.mp4.webm"), "video/webm");
        for name in ["", "jpg", "page.html", "picture.svg", "a.jpg/b", "a.jpg "] {
            assert_eq!(of_name(name), UNKNOWN, "{name}");
        }
    }
}
