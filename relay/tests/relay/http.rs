//! The same port over HTTP: health, the page, and what must not be there.

use crate::{
    client::Client,
    relay::{Local, Program, get, get_with},
};

#[tokio::test]
async fn health_names_the_relay_and_counts() {
    let relay = Local::start().await;
    let _ann = Client::connect(relay.address(), 1).await;
    let (head, body) = get(relay.running.local(), "/healthz").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let health: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert!(relay.address().to_string().ends_with(health["peer"].as_str().unwrap()));
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(relay.counter("connections").await, 1);
    let (head, _) = get(relay.running.local(), "/").await;
    assert!(head.starts_with("http/1.1 404"), "there is no page: {head}");
}

#[tokio::test]
async fn a_page_is_served_with_its_types_and_headers_beside_libp2p() {
    let page = tempfile::tempdir().unwrap();
    std::fs::write(page.path().join("index.html"), "<title>Spinney</title>").unwrap();
    std::fs::write(page.path().join("engine.wasm"), b"\0asm plain").unwrap();
    std::fs::write(page.path().join("engine.wasm.br"), b"brotli").unwrap();
    std::fs::write(page.path().join("sw.js"), "// worker").unwrap();
    let relay = Local::with(|config| config.page = Some(page.path().into())).await;
    let address = relay.running.local();
    let (head, body) = get(address, "/").await;
    assert_eq!(body, "<title>Spinney</title>");
    for header in ["content-type: text/html", "cache-control: no-cache", "x-content-type-options: nosniff"] {
        assert!(head.contains(header), "{header} is not in {head}");
    }
    let (head, body) = get_with(address, "/engine.wasm", "Accept-Encoding: br\r\n").await;
    assert!(head.contains("application/wasm") && head.contains("content-encoding: br"), "{head}");
    assert_eq!(body, b"brotli");
    let (head, body) = get_with(address, "/engine.wasm", "").await;
    assert!(head.contains("application/wasm") && !head.contains("content-encoding"), "{head}");
    assert_eq!(body, b"\0asm plain");
    assert!(get(address, "/sw.js").await.0.contains("text/javascript"));
    for path in ["/nothing", "/../relay.sqlite", "/%2e%2e/key"] {
        let (head, _) = get(address, path).await;
        assert!(head.starts_with("http/1.1 404") || head.starts_with("http/1.1 400"), "{path}: {head}");
    }
    Client::connect(relay.address(), 1).await;
}

/// The value of a line in a head.
fn line<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn each_form_of_a_file_has_its_own_tag_and_names_with_a_hash_are_for_ever() {
    let page = tempfile::tempdir().unwrap();
    std::fs::create_dir(page.path().join("assets")).unwrap();
    for (name, text) in [
        ("index.html", "plain"),
        ("index.html.br", "br"),
        ("index.html.gz", "gzip"),
        ("assets/index-CWfxpd_1.js", "0123456789"),
        ("assets/index-CWfxpd_1.js.br", "brotli"),
    ] {
        std::fs::write(page.path().join(name), text).unwrap();
    }
    let relay = Local::with(|config| config.page = Some(page.path().into())).await;
    let address = relay.running.local();
    let mut tags = std::collections::BTreeSet::new();
    for (accepts, text) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", "plain")] {
        let accepts = format!("Accept-Encoding: {accepts}\r\n");
        let (head, body) = get_with(address, "/", &accepts).await;
        assert_eq!(body, text.as_bytes());
        assert_eq!(line(&head, "vary"), Some("accept-encoding"), "{head}");
        assert_eq!(line(&head, "cache-control"), Some("no-cache"), "{head}");
        assert!(line(&head, "content-type").is_some_and(|kind| kind.starts_with("text/html")), "{head}");
        let tag = line(&head, "etag").expect("it has a tag").to_owned();
        let (head, body) = get_with(address, "/", &format!("{accepts}If-None-Match: {tag}\r\n")).await;
        assert!(head.starts_with("http/1.1 304") && body.is_empty(), "{head}");
        assert_eq!(line(&head, "vary"), Some("accept-encoding"), "{head}");
        assert!(tags.insert(tag), "two forms have one tag");
    }
    let others = tags.iter().filter(|tag| !tag.contains("plain")).cloned().collect::<Vec<_>>().join(", ");
    let (head, _) =
        get_with(address, "/", &format!("Accept-Encoding: identity\r\nIf-None-Match: {others}\r\n")).await;
    assert!(head.starts_with("http/1.1 200"), "another form is no reason not to send this one: {head}");
    // A page that is put back to an older build is older, and another one.
    let old = std::fs::File::options().write(true).open(page.path().join("index.html")).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000))
        .unwrap();
    let known = tags.iter().find(|tag| tag.contains("plain")).unwrap();
    let since = "If-Modified-Since: Mon, 01 Jan 2035 00:00:00 GMT";
    let (head, _) = get_with(address, "/", &format!("If-None-Match: {known}\r\n{since}\r\n")).await;
    assert!(head.starts_with("http/1.1 200"), "{head}");

    let script = "/assets/index-CWfxpd_1.js";
    let (head, body) = get_with(address, script, "Accept-Encoding: gzip, br\r\n").await;
    assert_eq!((line(&head, "content-encoding"), &body[..]), (Some("br"), &b"brotli"[..]));
    assert_eq!(line(&head, "cache-control"), Some("public, max-age=31536000, immutable"), "{head}");
    let (head, body) = get_with(address, script, "Range: bytes=2-4\r\n").await;
    assert!(head.starts_with("http/1.1 206"), "{head}");
    assert_eq!(body, b"234");
    let (head, _) = get(address, "/assets/index-AAAAAAAA.js").await;
    assert!(head.starts_with("http/1.1 404") && !head.contains("immutable"), "{head}");
}

#[tokio::test]
async fn the_program_says_where_it_listens_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let (first, _ann) = (program.address.clone(), Client::connect(&program.address, 1).await);
    program.terminate();
    let again = Program::start(folder.path());
    assert_eq!(again.address.iter().last(), first.iter().last(), "it has another id");
}
