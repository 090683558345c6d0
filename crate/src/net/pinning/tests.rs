//! A service that is asked over real sockets, and answers what it likes.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

use self::plain::Plain;
use super::*;
use crate::format::{DAG_CBOR, cid_of};
use crate::net::http::Host;

#[path = "../../../tests/net_support/plain_http.rs"]
mod plain;

const TOKEN: &str = "aVeryLongToken-1234";

/// What a server does after what it says.
#[derive(Clone, Copy)]
enum Then {
    Ends,
    SaysNothingMore,
    GoesOn,
}

/// A server that gives each request the same answer, and remembers what it was asked.
struct Server {
    endpoint: Endpoint,
    asked: Rc<RefCell<Vec<String>>>,
}

impl Server {
    async fn new(answer: impl Into<String>, then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, answer) = (Rc::<RefCell<Vec<String>>>::default(), answer.into());
        let all = asked.clone();
        platform::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                platform::spawn(serve(stream, all.clone(), answer.clone(), then));
            }
        });
        Self { endpoint: Endpoint::parse(&url, true).unwrap(), asked }
    }

    async fn json(status: u16, body: &str) -> Self {
        Self::new(reply(status, "application/json", body), Then::Ends).await
    }

    async fn ask<T>(&self, what: impl AsyncFnOnce(Client<'_>) -> T) -> T {
        let http = Http::new(Plain);
        what(Client { http: &http, endpoint: &self.endpoint, token: TOKEN }).await
    }

    async fn trouble(&self) -> Trouble {
        self.ask(async |client| client.check().await).await.unwrap_err().trouble
    }
}

async fn serve(mut stream: TcpStream, asked: Rc<RefCell<Vec<String>>>, answer: String, then: Then) {
    let mut request = Vec::new();
    let is_whole = |request: &[u8]| {
        let text = String::from_utf8_lossy(request).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let len: usize = head.split("Content-Length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
        (body.len() >= len).then_some(text.clone())
    };
    let text = loop {
        if let Some(text) = is_whole(&request) {
            break text;
        }
        request.push(stream.read_u8().await.unwrap());
    };
    asked.borrow_mut().push(text);
    stream.write_all(answer.as_bytes()).await.unwrap();
    match then {
        Then::Ends => {}
        Then::SaysNothingMore => std::future::pending().await,
        Then::GoesOn => while stream.write_all(&[b' '; 4096]).await.is_ok() {},
    }
}

fn reply(status: u16, kind: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn block(text: &str) -> Cid {
    cid_of(DAG_CBOR, text.as_bytes())
}

fn result(id: &str, status: &str, cid: &Cid) -> String {
    format!(
        r#"{{"requestid":"{id}","status":"{status}","created":"2026-12-01T12:00:00Z","pin":{{"cid":"{cid}"}},"delegates":["/dns4/x"],"info":{{"status_details":"no\nroom"}}}}"#
    )
}

fn results(all: &[String]) -> String {
    format!(r#"{{"count":{},"results":[{}]}}"#, all.len(), all.join(","))
}

async fn tell(story: impl AsyncFnOnce()) {
    LocalSet::new().run_until(story()).await;
}

#[tokio::test]
async fn a_pin_is_asked_for_with_nothing_but_its_cid_and_where_it_is() {
    tell(async || {
        let cid = block("share");
        let server = Server::json(202, &result("r/1?", "queued", &cid)).await;
        let origins = ["/dns4/relay.example/tcp/443/wss".to_owned()];
        let added = server.ask(async |client| client.add(&cid, &origins).await).await.unwrap();
        assert_eq!(added, PinRequest { id: "r/1?".into(), cid, status: Status::Queued, said: None });
        server.ask(async |client| client.replace("r/1?", &cid, &origins).await).await.unwrap().unwrap();
        server.ask(async |client| client.remove("r/1?").await).await.unwrap();
        let asked = server.asked.borrow();
        let body = format!(r#"{{"cid":"{cid}","origins":["{}"]}}"#, origins[0]);
        assert!(asked[0].starts_with("POST /pins HTTP/1.1\r\n") && asked[0].ends_with(&body), "{}", asked[0]);
        assert!(asked[0].contains(&format!("Authorization: Bearer {TOKEN}\r\n")));
        assert!(asked[1].starts_with("POST /pins/r%2F1%3F HTTP/1.1\r\n") && asked[1].ends_with(&body));
        assert!(asked[2].starts_with("DELETE /pins/r%2F1%3F HTTP/1.1\r\n"));
    })
    .await;
}

#[tokio::test]
async fn of_several_requests_for_one_block_the_one_that_has_come_furthest_counts() {
    tell(async || {
        let (one, other) = (block("one"), block("other"));
        let all = [
            result("a", "queued", &one),
            result("b", "pinned", &one),
            result("c", "failed", &other),
            result("d", "failed", &one),
        ];
        let server = Server::json(200, &results(&all)).await;
        let mut found = server.ask(async |client| client.find(&[one, other]).await).await.unwrap();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        let found: Vec<_> = found.into_iter().map(|it| (it.id, it.cid, it.status, it.said)).collect();
        assert_eq!(
            found,
            [
                ("b".into(), one, Status::Pinned, None),
                ("c".into(), other, Status::Failed, Some("no room".into()))
            ]
        );
        let asked = server.asked.borrow()[0].clone();
        let wanted = format!("GET /pins?cid={one},{other}&status=queued,pinning,pinned,failed&limit=100 ");
        assert!(asked.starts_with(&wanted), "{asked}");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_answer_of_the_api_is_strange() {
    tell(async || {
        let (one, other) = (block("one"), block("other"));
        let html = "<html>Log in</html>";
        let many: Vec<_> = (0..=MAX_REQUESTS).map(|n| result(&n.to_string(), "queued", &one)).collect();
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        for (what, answer) in [
            ("a page", reply(200, "text/html", html)),
            ("a page that says that it is JSON", reply(200, "application/json", html)),
            ("JSON that says that it is a page", reply(200, "text/html", &results(&[]))),
            ("another object", reply(200, "application/json", r#"{"pins":[]}"#)),
            ("a list that is none", reply(200, "application/json", r#"{"count":1,"results":{}}"#)),
            ("an unknown status", reply(200, "application/json", &results(&[result("a", "frozen", &one)]))),
            ("another block", reply(200, "application/json", &results(&[result("a", "pinned", &other)]))),
            ("no name", reply(200, "application/json", &results(&[result("", "pinned", &one)]))),
            (
                "a name that leads up",
                reply(200, "application/json", &results(&[result("..", "pinned", &one)])),
            ),
            (
                "a long name",
                reply(200, "application/json", &results(&[result(&"a".repeat(257), "pinned", &one)])),
            ),
            ("a CID that is none", {
                let text = results(&[result("a", "pinned", &one)]).replace(&one.to_string(), "bafybogus");
                reply(200, "application/json", &text)
            }),
            ("more than was asked for", reply(200, "application/json", &results(&many))),
            ("depth", reply(200, "application/json", &deep)),
            ("a missing page", reply(404, "text/html", html)),
        ] {
            let server = Server::new(answer, Then::Ends).await;
            let found = server.ask(async |client| client.find(&[one]).await).await;
            assert_eq!(found, Err(Trouble::Strange.into()), "{what}");
        }
        let server = Server::json(202, &result("a", "queued", &other)).await;
        let added = server.ask(async |client| client.add(&one, &[]).await).await;
        assert_eq!(added, Err(Trouble::Strange.into()), "another block than was to be pinned");
    })
    .await;
}

#[tokio::test]
async fn refusals_are_told_apart_with_what_the_service_says_and_never_with_the_token() {
    tell(async || {
        for (status, trouble) in [
            (400, Trouble::Refused),
            (401, Trouble::Token),
            (403, Trouble::Token),
            (409, Trouble::Full),
            (429, Trouble::Busy),
            (500, Trouble::Failing),
            (503, Trouble::Busy),
            (507, Trouble::Full),
        ] {
            let server = Server::json(status, r#"{"error":{"reason":"NO","details":"because\u202e"}}"#).await;
            let failure = server.ask(async |client| client.check().await).await.unwrap_err();
            assert_eq!((failure.trouble, failure.said.as_deref()), (trouble, Some("because")), "{status}");
            let server = Server::new(reply(status, "text/html", "<b>no</b>"), Then::Ends).await;
            assert_eq!(server.trouble().await, trouble, "{status} without JSON");
        }
        let echo = format!(r#"{{"error":{{"reason":"bad token {}"}}}}"#, TOKEN.to_uppercase());
        let server = Server::json(401, &echo).await;
        let failure = server.ask(async |client| client.check().await).await.unwrap_err();
        assert_eq!(failure, Trouble::Token.into());
        let long = format!(r#"{{"error":{{"reason":"{}"}}}}"#, "x".repeat(100_000));
        let server = Server::json(500, &long).await;
        let failure = server.ask(async |client| client.check().await).await.unwrap_err();
        assert_eq!(failure.said.map(|said| said.len()), Some(MAX_SAID));
        let busy = "HTTP/1.1 429 -\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
        let server = Server::new(busy, Then::Ends).await;
        let failure = server.ask(async |client| client.check().await).await.unwrap_err();
        assert_eq!(failure.retry_after, Some(Duration::from_secs(7)));
    })
    .await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_body_that_is_too_large_is_not_read() {
    tell(async || {
        let inside = Server::json(200, &results(&[])).await;
        let to = format!("HTTP/1.1 302 -\r\nLocation: {}/pins\r\n\r\n", inside.endpoint.as_str());
        let server = Server::new(to, Then::Ends).await;
        assert_eq!(server.trouble().await, Trouble::Unreachable);
        assert!(inside.asked.borrow().is_empty(), "nobody goes where it points");

        let endless = "HTTP/1.1 200 -\r\nContent-Type: application/json\r\n\r\n{\"count\":0,";
        for status in ["200", "500"] {
            let server = Server::new(endless.replace("200", status), Then::GoesOn).await;
            assert_eq!(server.trouble().await, Trouble::Strange);
        }
        let gone =
            Server { endpoint: Endpoint::parse("http://127.0.0.1:1", true).unwrap(), asked: Rc::default() };
        assert_eq!(gone.trouble().await, Trouble::Unreachable);
    })
    .await;
}

#[tokio::test]
async fn a_body_that_never_ends_is_waited_for_no_longer_than_half_a_minute() {
    tell(async || {
        let silent = "HTTP/1.1 200 -\r\nContent-Type: application/json\r\n\r\n{\"count\":0,";
        for answer in [silent, ""] {
            let server = Server::new(answer, Then::SaysNothingMore).await;
            let asking = async {
                let started = platform::Instant::now();
                assert_eq!(server.trouble().await, Trouble::Unreachable);
                started.elapsed()
            };
            let hurrying = async {
                // Once it has been asked, nothing but time goes on.
                while server.asked.borrow().is_empty() {
                    tokio::task::yield_now().await;
                }
                tokio::time::pause();
            };
            let (took, ()) = futures::join!(asking, hurrying);
            tokio::time::resume();
            assert!(took >= PATIENCE && took < 2 * PATIENCE, "{took:?}");
        }
    })
    .await;
}
