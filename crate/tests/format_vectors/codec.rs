//! Bytes that are, or only look like, strict DAG-CBOR.

use data_encoding::HEXLOWER;
use spinney::format::cbor;

use crate::case::Case;

pub(crate) fn cases() -> Vec<Case> {
    let link = "d82a58250001711220".to_owned() + &"00".repeat(32);
    let refused = [
        ("keys-unsorted", "a2616201616102".to_owned()),
        ("keys-unsorted-by-length", "a262616101616202".to_owned()),
        ("key-twice", "a2616101616102".to_owned()),
        ("key-not-text", "a10102".to_owned()),
        ("integer-not-minimal", "1817".to_owned()),
        ("length-not-minimal", "5801ff".to_owned()),
        ("list-length-not-minimal", "980101".to_owned()),
        ("integer-too-large", "1b0020000000000000".to_owned()),
        ("integer-negative", "20".to_owned()),
        ("bytes-indefinite", "5f4101ff".to_owned()),
        ("list-indefinite", "9f01ff".to_owned()),
        ("map-indefinite", "bf616101ff".to_owned()),
        ("float", "fb3ff8000000000000".to_owned()),
        ("half-float", "f93e00".to_owned()),
        ("null", "f6".to_owned()),
        ("undefined", "f7".to_owned()),
        ("simple-value", "f820".to_owned()),
        ("tag-of-a-date", "c001".to_owned()),
        ("tag-not-minimal", link.replacen("d82a", "d9002a", 1)),
        ("link-without-zero", link.replacen("582500", "582501", 1)),
        ("link-with-a-byte-behind", link.replacen("5825", "5826", 1) + "00"),
        ("text-not-utf8", "61ff".to_owned()),
        ("trailing-byte", "0000".to_owned()),
        ("cut-short", "8201".to_owned()),
        ("empty", String::new()),
        ("seventeen-deep", "81".repeat(16) + "80"),
        ("link-of-65-bytes", "d82a58460001550041".to_owned() + &"07".repeat(65)),
    ];
    let refused = refused.into_iter().map(|(name, text)| {
        let bytes = HEXLOWER.decode(text.as_bytes()).unwrap();
        cbor::to_ipld(&bytes).expect_err(name);
        let good = match name {
            _ if name.contains("link") || name == "tag-not-minimal" => "link",
            _ if name.contains("integer") => "largest-integer",
            "seventeen-deep" => "sixteen-deep",
            _ => "map",
        };
        Case::new("cbor", &format!("refused-{name}"), "Not strict DAG-CBOR")
            .bytes(&bytes)
            .refused(good, "cbor")
    });
    let accepted = [
        ("map", "a4 6161 01 6162 18ff 626161 8100 6463617473 f5".replace(' ', "")),
        ("largest-integer", "1b001fffffffffffff".to_owned()),
        ("sixteen-deep", "81".repeat(15) + "80"),
        ("link", link),
        // Fields ask for less; in a key that a reader does not know any CID may stand.
        ("link-v0", "d82a5823001220".to_owned() + &"07".repeat(32)),
        ("link-sha2-512", "d82a58450001551340".to_owned() + &"07".repeat(64)),
    ];
    let accepted = accepted.into_iter().map(|(name, text)| {
        let bytes = HEXLOWER.decode(text.as_bytes()).unwrap();
        let value = cbor::to_ipld(&bytes).expect(name);
        Case::new("cbor", name, "Strict DAG-CBOR").bytes(&bytes).value(&value)
    });
    refused.chain(accepted).collect()
}
