//! Which representation is asked for: by `format=` in the address, else by the `Accept` header.

use axum::http::{HeaderMap, header};

/// A media type that this relay speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// A block as it is.
    Raw,
    /// An IPNS record as it was signed.
    Record,
}

impl Type {
    const ALL: [Self; 2] = [Self::Raw, Self::Record];

    /// Its name in `Accept` and `Content-Type`.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Raw => "application/vnd.ipld.raw",
            Self::Record => "application/vnd.ipfs.ipns-record",
        }
    }

    /// Its name in `format=`.
    fn format(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Record => "ipns-record",
        }
    }
}

/// The type that is asked for; `None` if it is none of ours or left open, since nothing is ever rendered here.
pub(super) fn asked(query: Option<&str>, head: &HeaderMap) -> Option<Type> {
    let format = parameters(query).find(|(name, _)| *name == "format");
    match format {
        Some((_, format)) => Type::ALL.into_iter().find(|asked| asked.format() == format),
        None => accepted(head),
    }
}

/// The type that the `Accept` header prefers among those that this relay speaks (RFC 9110, section 12.5.1).
pub(super) fn accepted(head: &HeaderMap) -> Option<Type> {
    let ranges = head.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = ranges.flat_map(|value| value.split(','));
    let wanted = ranges.filter_map(|range| {
        let (media_type, parameters) = range.split_once(';').unwrap_or((range, ""));
        let asked = Type::ALL.into_iter().find(|asked| asked.media_type() == media_type.trim())?;
        let weight = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("q="));
        let weight: f32 = weight.map_or(Some(1.0), |weight| weight.trim().parse().ok())?;
        (weight > 0.0).then_some((asked, weight))
    });
    // The first of equal ones.
    wanted.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(asked, _)| asked)
}

/// The parameters of an address. None of ours has a value that would be written with escapes.
fn parameters(query: Option<&str>) -> impl Iterator<Item = (&str, &str)> {
    query.unwrap_or_default().split('&').filter_map(|parameter| parameter.split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (header::ACCEPT, value.parse().unwrap())).collect()
    }

    #[test]
    fn the_format_in_the_address_goes_before_the_header() {
        let head = accept(&["application/vnd.ipfs.ipns-record"]);
        assert_eq!(asked(Some("x=1&format=raw"), &head), Some(Type::Raw));
        assert_eq!(asked(Some("format=html"), &head), None);
        assert_eq!(asked(Some("formats=raw"), &head), Some(Type::Record));
        assert_eq!(asked(None, &head), Some(Type::Record));
    }

    #[test]
    fn the_header_is_read_with_its_weights() {
        let raw = "application/vnd.ipld.raw";
        let record = "application/vnd.ipfs.ipns-record";
        for (values, best) in [
            (vec![raw], Some(Type::Raw)),
            (vec!["text/html, application/vnd.ipld.raw;q=0.5"], Some(Type::Raw)),
            (vec!["application/vnd.ipld.raw;q=0.5", record], Some(Type::Record)),
            (vec!["application/vnd.ipld.raw; q=0"], None),
            (vec!["application/vnd.ipld.raw; q=much"], None),
            (vec!["*/*"], None),
            (vec![], None),
        ] {
            assert_eq!(accepted(&accept(&values)), best, "{values:?}");
        }
    }
}
