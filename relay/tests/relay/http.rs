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

#[tokio::test]
async fn the_program_says_where_it_listens_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let (first, _ann) = (program.address.clone(), Client::connect(&program.address, 1).await);
    program.terminate();
    let again = Program::start(folder.path());
    assert_eq!(again.address.iter().last(), first.iter().last(), "it has another id");
}
