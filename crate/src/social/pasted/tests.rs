use super::*;
use crate::format::invite::Ticket;
use crate::format::secret::CodeSecret;
use crate::social::fixture::{NOW, ring};

const PAGE: &str = "https://spinney.example/";

fn person() -> Id {
    ring(1).id()
}

fn an_invite(seed: u8) -> Invite {
    let ticket = Some(Ticket { secret: CodeSecret::from_bytes([seed; 16]), until: NOW });
    let relays = vec!["/dns/relay.example/tcp/443/wss".to_owned()];
    let id = ring(seed).id().verifying_key();
    Invite { id, name: Some("Ann Example".into()), relays, seq: NOW / 1000, ticket }
}

fn a_link() -> Link {
    let secret = CodeSecret::from_bytes([3; 16]);
    Link { id: person().verifying_key(), secret, relays: Vec::new(), seq: NOW / 1000, until: None }
}

/// What people and programs put around and into a text that they pass on.
fn wrapped(text: &str) -> Vec<String> {
    let lines = |width: usize, mark: &str| -> String {
        let chars: Vec<char> = text.chars().collect();
        let lines: Vec<String> = chars.chunks(width).map(|line| line.iter().collect()).collect();
        lines.join(mark)
    };
    let percent = |text: &str| -> String {
        let encode = |b: u8| match b {
            b if b.is_ascii_alphanumeric() || b"-_.".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        };
        text.bytes().map(encode).collect()
    };
    let inside = |mark: &str| format!("{}{mark}{}", &text[..40], &text[40..]);
    vec![
        text.to_owned(),
        format!("{text}."),
        format!("My id is {text}."),
        format!("Add me: {text}\nSent from my phone"),
        format!("{text} see you!"),
        format!("{text}, or call me; 100% sure"),
        format!("<{text}>"),
        format!("({text})"),
        format!("“{text}”"),
        format!("'{text}'"),
        format!("«{text}»…"),
        format!("[here]({text})"),
        format!("**{text}**"),
        format!("_{text}_"),
        format!("`{text}`"),
        format!("\u{200b}{text}\u{feff}"),
        format!("\u{2068}{text}\u{2069}"),
        format!("\u{200e}{text}\u{a0}"),
        format!("{text}👍"),
        format!("{text}\r\n\r\n> On Monday Ben wrote:\r\n> {text}"),
        inside("\u{ad}"),
        inside("\u{200b}"),
        inside("\n"),
        inside("\r\n> "),
        inside("=\r\n"),
        lines(50, "\n"),
        percent(text),
        percent(&percent(text)),
        format!("https://chat.example/?to={}&from=me", percent(text)),
    ]
}

#[test]
fn an_id_is_found_in_what_people_paste() {
    let id = person().to_string();
    for pasted in wrapped(&id) {
        assert_eq!(find(&pasted), Ok(vec![Found::Id(person())]), "{pasted}");
    }
    assert_eq!(find(&id.to_uppercase()), Ok(vec![Found::Id(person())]));
    assert_eq!(find(&format!("K{}", &id[1..])), Ok(vec![Found::Id(person())]), "of a phone's keyboard");
}

#[test]
fn a_code_is_found_in_what_people_paste_bare_and_behind_any_page() {
    for (code, expected) in [
        (an_invite(1).to_string(), Found::Invite(an_invite(1))),
        (a_link().to_string(), Found::Link(a_link())),
    ] {
        let route = if matches!(expected, Found::Link(_)) { link::ROUTE } else { invite::ROUTE };
        let named = format!("https://{}.ipns.dweb.link/", ring(7).id());
        for text in [
            code.clone(),
            format!("{PAGE}{route}{code}"),
            format!("http://spinney.example/{route}{code}"),
            format!("spinney.example{route}{code}"),
            format!("{named}{route}{code}"),
        ] {
            for pasted in wrapped(&text) {
                assert_eq!(find(&pasted), Ok(vec![expected.clone()]), "{pasted}");
            }
        }
    }
}

#[test]
fn two_different_ones_are_both_found_and_an_id_beside_its_invite_is_not() {
    let [ann, ben] = [an_invite(1), an_invite(2)];
    let both = find(&format!("{PAGE}#/add/{ann} or {PAGE}#/add/{ben}"));
    assert_eq!(both, Ok(vec![Found::Invite(ann.clone()), Found::Invite(ben)]));
    let ids = format!("{}\n{}", person(), ring(2).id());
    assert_eq!(find(&ids), Ok(vec![Found::Id(person()), Found::Id(ring(2).id())]));
    assert_eq!(find(&format!("{} {PAGE}#/add/{ann}", person())), Ok(vec![Found::Invite(ann)]));
}

#[test]
fn what_is_mistyped_or_cut_short_is_told_from_what_is_something_else() {
    let id = person().to_string();
    // Every second key is no point of the curve: one of these letters makes one.
    let mistyped = ('a'..='z').map(|last| format!("{}{last}", &id[..61]));
    assert!(mistyped.clone().any(|text| find(&text) == Err(PastedError::MistypedId)));
    assert_eq!(find(&id[..60]), Err(PastedError::MistypedId));
    assert_eq!(find(&format!("{id}a")), Err(PastedError::MistypedId));
    let code = an_invite(1).to_string();
    assert_eq!(find(&format!("{PAGE}#/add/{}", &code[..code.len() - 3])), Err(PastedError::Broken));
    assert_eq!(find(&format!("{PAGE}#/add/")), Err(PastedError::Nothing));
    assert_eq!(find(&code[1..]), Err(PastedError::Broken));
    for other in
        ["", "hello", "https://example.org/", "%", "%%%", "100%", "%zz", "%+1", "k51", "123-456", "\u{200b}"]
    {
        assert_eq!(find(other), Err(PastedError::Nothing), "{other}");
    }
}

#[test]
fn what_an_older_build_made_is_told_from_what_is_broken() {
    let object = crate::format::cbor::from_ipld(&ipld_core::ipld!({ "pk": "k".repeat(60), "v": 1 }));
    let code =
        |checksum: [u8; 32]| data_encoding::BASE64URL_NOPAD.encode(&[&checksum[..4], &object[..]].concat());
    let (invite, long) = (code(crate::crypto::sha256(&object)), |text: String| format!("{PAGE}#/add/{text}"));
    assert_eq!(find(&long(invite.clone())), Err(PastedError::Old));
    assert_eq!(find(&code(crate::crypto::digest("link-text", &[&object]))), Err(PastedError::Old));
    assert_eq!(find(&long(format!("{}A", &invite[..invite.len() - 1]))), Err(PastedError::Broken));
}

#[test]
fn a_long_text_is_searched_at_once() {
    let begun = std::time::Instant::now();
    for part in [
        "a",
        "k51qzi5uqu5d ",
        "a\n",
        "%",
        "%41",
        "#/add/",
        "#/add/a ",
        "abcdefghijklmnopqrstuvwxyz0123456789\n",
    ] {
        let _ = find(&part.repeat(1_000_000 / part.len()));
    }
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
