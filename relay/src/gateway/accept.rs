//! The representation that a client asks for: by `format=` in the URL, else by the `Accept` header.

use std::borrow::Cow;

use axum::http::{HeaderMap, StatusCode, header};

use super::Rejection;

/// A media type that this relay serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// A block.
    Raw,
    /// A DAG as one archive.
    Car,
    /// A signed IPNS record.
    Record,
}

/// The one variant of archives: its parameters, and the values that clients may ask for.
const VARIANT: [(&str, &[&str]); 3] = [("version", &["1"]), ("order", &["dfs", "unk"]), ("dups", &["n"])];

const NO_SUPPORTED_TYPE: Rejection = Rejection(
    StatusCode::BAD_REQUEST,
    "nothing is rendered here: ask for a raw block, a CAR or an IPNS record",
);
const UNSUPPORTED_VARIANT: Rejection =
    Rejection(StatusCode::NOT_ACCEPTABLE, "a CAR is written here with version=1; order=dfs; dups=n");

impl Type {
    const ALL: [Self; 3] = [Self::Raw, Self::Car, Self::Record];

    /// The value of `Content-Type`; without parameters, the name in `Accept`.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Raw => "application/vnd.ipld.raw",
            Self::Car => "application/vnd.ipld.car; version=1; order=dfs; dups=n",
            Self::Record => "application/vnd.ipfs.ipns-record",
        }
    }

    /// The name in `format=`.
    fn format(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Car => "car",
            Self::Record => "ipns-record",
        }
    }

    fn is_named(self, name: &str) -> bool {
        self.media_type().split(';').next().is_some_and(|own| own.eq_ignore_ascii_case(name.trim()))
    }
}

/// The type that a request asks for; there is no default, because the relay renders nothing.
pub(super) fn requested(query: Option<&str>, head: &HeaderMap) -> Result<Type, Rejection> {
    let asked = match parameter(query, "format") {
        Some(format) => {
            Type::ALL.into_iter().find(|asked| asked.format() == format).ok_or(NO_SUPPORTED_TYPE)?
        }
        None => accepted(head)?,
    };
    let fits = |(name, values): (&str, &[&str])| {
        parameter(query, &format!("car-{name}")).is_none_or(|value| values.contains(&&*value))
    };
    if asked == Type::Car && !VARIANT.into_iter().all(fits) { Err(UNSUPPORTED_VARIANT) } else { Ok(asked) }
}

/// The type that the `Accept` header prefers among those that this relay serves (RFC 9110, section 12.5.1).
pub(super) fn accepted(head: &HeaderMap) -> Result<Type, Rejection> {
    let ranges = head.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut best: Option<(Type, f32)> = None;
    let mut refused = NO_SUPPORTED_TYPE;
    for range in ranges.flat_map(|value| value.split(',')) {
        let (media_type, parameters) = range.split_once(';').unwrap_or((range, ""));
        let Some(asked) = Type::ALL.into_iter().find(|asked| asked.is_named(media_type)) else { continue };
        let parameter = |name: &str| {
            let mut all = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
            all.find_map(|(other, value)| (other == name).then_some(value.trim()))
        };
        if asked == Type::Car
            && !VARIANT.into_iter().all(|(name, values)| parameter(name).is_none_or(|v| values.contains(&v)))
        {
            refused = UNSUPPORTED_VARIANT;
            continue;
        }
        let weight: Option<f32> = parameter("q").map_or(Some(1.0), |weight| weight.parse().ok());
        // Among equal weights, the first.
        if let Some(weight) = weight.filter(|weight| *weight > best.map_or(0.0, |(_, best)| best)) {
            best = Some((asked, weight));
        }
    }
    best.map(|(asked, _)| asked).ok_or(refused)
}

/// A parameter of a query.
pub(super) fn parameter<'a>(query: Option<&'a str>, name: &str) -> Option<Cow<'a, str>> {
    let mut all = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    all.find_map(|(other, value)| (other == name).then_some(value))
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
        assert_eq!(requested(Some("x=1&format=raw"), &head), Ok(Type::Raw));
        assert_eq!(requested(Some("format=html"), &head), Err(NO_SUPPORTED_TYPE));
        assert_eq!(requested(Some("formats=raw"), &head), Ok(Type::Record));
        assert_eq!(requested(None, &head), Ok(Type::Record));
    }

    #[test]
    fn the_header_is_read_with_its_weights() {
        let raw = "application/vnd.ipld.raw";
        let record = "application/vnd.ipfs.ipns-record";
        for (values, best) in [
            (vec![raw], Ok(Type::Raw)),
            (vec!["text/html, application/vnd.ipld.raw;q=0.5"], Ok(Type::Raw)),
            (vec!["application/vnd.ipld.raw;q=0.5", record], Ok(Type::Record)),
            (vec!["application/vnd.ipld.raw; q=0"], Err(NO_SUPPORTED_TYPE)),
            (vec!["application/vnd.ipld.raw; q=much"], Err(NO_SUPPORTED_TYPE)),
            (vec!["*/*"], Err(NO_SUPPORTED_TYPE)),
            (vec![], Err(NO_SUPPORTED_TYPE)),
        ] {
            assert_eq!(accepted(&accept(&values)), best, "{values:?}");
        }
    }

    #[test]
    fn an_archive_is_asked_for_in_the_one_variant_that_is_written() {
        for (value, best) in [
            ("application/vnd.ipld.car", Ok(Type::Car)),
            ("application/vnd.ipld.car; version=1; order=dfs; dups=n; q=0.1", Ok(Type::Car)),
            ("application/vnd.ipld.car;order=unk", Ok(Type::Car)),
            ("application/vnd.ipld.car;version=2", Err(UNSUPPORTED_VARIANT)),
            ("application/vnd.ipld.car;dups=y", Err(UNSUPPORTED_VARIANT)),
            ("application/vnd.ipld.car;dups=y, application/vnd.ipld.car;dups=n;q=0.5", Ok(Type::Car)),
            ("application/vnd.ipld.car;order=zigzag, application/vnd.ipld.raw;q=0.5", Ok(Type::Raw)),
        ] {
            assert_eq!(accepted(&accept(&[value])), best, "{value}");
        }
        let head = accept(&["application/vnd.ipld.car;version=1"]);
        assert_eq!(requested(Some("car-version=1&car-dups=n"), &head), Ok(Type::Car));
        assert_eq!(requested(Some("car-dups=y"), &head), Err(UNSUPPORTED_VARIANT));
        assert_eq!(requested(Some("format=car&car-order=dfs"), &HeaderMap::new()), Ok(Type::Car));
    }
}
