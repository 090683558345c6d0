//! Web Push: a device that is closed is told that mail came, by a push service that is played here.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::http::{HeaderMap, Method, Request, Response, Uri};
use data_encoding::BASE64URL_NOPAD;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use spinney::{
    format::limits::SUBSCRIPTIONS,
    keys::Id,
    net::{
        keep::{self, Refusal, Removed, Session, VapidKey},
        mailbox::{self, MAIL, Mail, Pass, deposit, price, work::Search},
    },
    platform,
};
use spinney_relay::{Config, config::Contact};
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle, time::timeout};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

use crate::{
    client::{Client, refused},
    database::number,
    relay::Local,
    sample::Seeded,
};

/// Longer than any push takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(30);

/// Long enough that a push which should not come would have come.
const QUIET: Duration = Duration::from_millis(700);

/// A push as the service gets it.
#[derive(Debug)]
struct Pushed {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: usize,
}

impl Pushed {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no header {name}")).to_str().unwrap()
    }
}

/// A push service on this machine, with a certificate for `localhost`.
struct PushService {
    address: SocketAddr,
    pushed: mpsc::Receiver<Pushed>,
    task: JoinHandle<()>,
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/relay")).join(name)
}

impl PushService {
    /// Answers each path with the status in it: `/410/…`. A redirect leads to itself. `/slow` gets no answer.
    async fn start() -> Self {
        let certificate: CertificateDer<'static> = std::fs::read(file("push-service.der")).unwrap().into();
        let key = PrivateKeyDer::try_from(std::fs::read(file("push-service.pk8")).unwrap()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let tls = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (told, pushed) = mpsc::channel(16);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (tls, told) = (tls.clone(), told.clone());
                tokio::spawn(async move {
                    let Ok(stream) = tls.accept(stream).await else { return };
                    let answer = service_fn(move |request: Request<Incoming>| answer(request, told.clone()));
                    http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await.ok();
                });
            }
        });
        Self { address, pushed, task }
    }

    fn endpoint(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }

    async fn next(&mut self) -> Pushed {
        timeout(PATIENCE, self.pushed.recv()).await.expect("a push comes").unwrap()
    }

    async fn is_quiet(&mut self) -> bool {
        timeout(QUIET, self.pushed.recv()).await.is_err()
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    request: Request<Incoming>,
    told: mpsc::Sender<Pushed>,
) -> Result<Response<axum::body::Body>, axum::Error> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(axum::body::Body::new(body), 1 << 20).await?.len();
    let status = head.uri.path().split('/').nth(1).unwrap().to_owned();
    told.send(Pushed { method: head.method, uri: head.uri.clone(), headers: head.headers, body }).await.ok();
    if status == "slow" {
        std::future::pending::<()>().await;
    }
    // An answer that never ends: nobody should read it.
    let endless =
        axum::body::Body::from_stream(futures::stream::repeat_with(|| Ok::<_, axum::Error>(vec![0; 4096])));
    let answer =
        Response::builder().status(status.parse::<u16>().unwrap()).header("Location", head.uri.to_string());
    Ok(answer.body(endless).unwrap())
}

async fn relay_with_push() -> Local {
    Local::with(with_push).await
}

fn with_push(config: &mut Config) {
    config.push_service = Some(file("push-service.der"));
    config.work = 0;
    config.external = vec!["/dns4/relay.example/tcp/443/wss".parse().unwrap()];
    config.admission = Some(spinney_relay::config::Admission::Open);
}

/// A device that keeps a root, as every page does, and has subscribed.
async fn subscribed(relay: &Local, seed: u8, endpoint: &str) -> (Client, VapidKey) {
    let device = Client::connect(relay.address(), seed).await;
    device.publish(u64::from(seed), 1).await;
    drop(device.mailbox().await);
    let mut session = device.keep().await;
    let key = session.allowance().vapid.expect("the relay sends pushes");
    session.subscribe(endpoint).await.unwrap();
    (device, key)
}

async fn leave(relay: &Local, to: Id, seed: u64) {
    let stranger = Client::connect(relay.address(), 99).await;
    let mail = Mail::new(Seeded(seed).raw(MAIL).1).unwrap();
    let mut stream = stranger.open(mailbox::PROTOCOL).await;
    let price = price(&mut stream, to).await.unwrap();
    let work = Search::new(price, to, mail.digest()).step(1 << 20).unwrap();
    deposit(&mut stream, to, &mail, Pass::Work(work)).await.unwrap();
}

#[tokio::test]
async fn a_push_has_no_body_and_is_signed_by_the_relay_for_its_service() {
    let (relay, mut service) = (relay_with_push().await, PushService::start().await);
    let (device, key) = subscribed(&relay, 1, &service.endpoint("/201/abc?d=e")).await;
    leave(&relay, device.id(), 1).await;

    let pushed = service.next().await;
    assert_eq!((pushed.method.clone(), pushed.body), (Method::POST, 0));
    assert_eq!(pushed.uri.to_string(), "/201/abc?d=e");
    assert_eq!(pushed.header("ttl").parse::<u64>().unwrap(), 7 * 24 * 60 * 60);
    assert_eq!((pushed.header("urgency"), pushed.header("topic")), ("normal", "spinney"));
    assert_eq!(pushed.header("content-length"), "0");
    assert_eq!(pushed.header("host"), format!("localhost:{}", service.address.port()));
    let mut names: Vec<_> = pushed.headers.keys().map(ToString::to_string).collect();
    names.sort();
    assert_eq!(
        names,
        ["authorization", "content-length", "host", "topic", "ttl", "urgency"],
        "and nothing else"
    );

    // `vapid t=…, k=…`, RFC 8292, section 3.
    let authorization = pushed.header("authorization");
    let (token, shown) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(BASE64URL_NOPAD.decode(shown.as_bytes()).unwrap(), key);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
    assert_eq!(signature.len(), 64);
    let verify = ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, key);
    verify.verify(signed.as_bytes(), &signature).expect("the signature is that of the key");
    let (header, claims) = signed.split_once('.').unwrap();
    let json = |part: &str| -> Value {
        serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
    };
    assert_eq!(json(header), serde_json::json!({ "typ": "JWT", "alg": "ES256" }));
    let claims = json(claims);
    assert_eq!(claims["aud"], format!("https://localhost:{}", service.address.port()));
    assert_eq!(claims["sub"], "https://relay.example");
    let (now, ends) = (platform::now_ms() / 1000, claims["exp"].as_u64().unwrap());
    assert!(ends > now && ends <= now + 24 * 60 * 60, "{ends}");
    assert_eq!(claims.as_object().unwrap().len(), 3, "and nothing else");

    assert!(service.is_quiet().await);
    assert_eq!(relay.counter("webPushes").await, 1);
    leave(&relay, device.id(), 2).await;
    assert!(service.is_quiet().await, "not twice in ten minutes");
}

#[tokio::test]
async fn nothing_is_pushed_while_a_device_watches_its_mailbox_and_to_nobody_who_took_it_back() {
    let (relay, mut service) = (relay_with_push().await, PushService::start().await);
    let (device, _) = subscribed(&relay, 1, &service.endpoint("/201/a")).await;
    let mailbox = device.mailbox().await;
    let mut watch = std::pin::pin!(mailbox.watch().await.unwrap());
    assert_eq!(futures::StreamExt::next(&mut watch).await.unwrap().unwrap(), mailbox::Update::Current);
    leave(&relay, device.id(), 1).await;
    assert!(matches!(futures::StreamExt::next(&mut watch).await.unwrap().unwrap(), mailbox::Update::Mail(_)));
    assert!(service.is_quiet().await);

    let (other, _) = subscribed(&relay, 2, &service.endpoint("/201/b")).await;
    other.keep().await.unsubscribe().await.unwrap();
    other.keep().await.unsubscribe().await.unwrap();
    leave(&relay, other.id(), 2).await;
    assert!(service.is_quiet().await);
}

#[tokio::test]
async fn a_subscription_that_the_service_calls_gone_is_forgotten() {
    let (relay, mut service) = (relay_with_push().await, PushService::start().await);
    for (seed, status) in [(1, "410"), (2, "404")] {
        let (device, _) = subscribed(&relay, seed, &service.endpoint(&format!("/{status}/a"))).await;
        leave(&relay, device.id(), u64::from(seed)).await;
        service.next().await;
        let gone = async {
            while number(relay.folder.path(), "SELECT COUNT(*) FROM subscription").await > 0 {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, gone).await.expect("the row goes");
    }
}

#[tokio::test]
async fn redirects_lead_nowhere_and_a_service_that_hangs_holds_nothing() {
    let (relay, mut service) = (relay_with_push().await, PushService::start().await);
    let (device, _) = subscribed(&relay, 1, &service.endpoint("/307/a")).await;
    leave(&relay, device.id(), 1).await;
    service.next().await;
    assert!(service.is_quiet().await, "the redirect is not followed");

    let (hanging, _) = subscribed(&relay, 2, &service.endpoint("/slow/a")).await;
    leave(&relay, hanging.id(), 2).await;
    service.next().await;
    let (other, _) = subscribed(&relay, 3, &service.endpoint("/201/b")).await;
    leave(&relay, other.id(), 3).await;
    assert_eq!(service.next().await.uri.path(), "/201/b");
    // Neither do pushes hold the relay when it stops.
    timeout(Duration::from_secs(4), relay.running.stop()).await.expect("it stops at once");
}

#[tokio::test]
async fn only_public_services_by_name_are_accepted_and_few_of_them() {
    let relay = Local::start().await;
    let device = Client::connect(relay.address(), 1).await;
    let mut session = device.keep().await;
    let long = format!("https://push.example.net/{}", "a".repeat(1024));
    for endpoint in [
        "http://push.example.net/a",
        "https://127.0.0.1/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://192.168.1.1/a",
        "https://100.64.0.1/a",
        "https://localhost/a",
        "https://push.example.net:22/a",
        "https://router.lan/a",
        "nothing",
        &long,
    ] {
        assert_eq!(refused(session.subscribe(endpoint).await), Refusal::BadEndpoint, "{endpoint}");
    }
    // A refusal leaves the session open.
    session.subscribe("https://push.example.net/a").await.unwrap();
    for more in 1..SUBSCRIPTIONS as u8 {
        let device = Client::connect_as(relay.address(), 1, 100 + more).await;
        device.keep().await.subscribe("https://push.example.net/b").await.unwrap();
    }
    let fifth = Client::connect_as(relay.address(), 1, 200).await;
    assert_eq!(
        refused(fifth.keep().await.subscribe("https://push.example.net/c").await),
        Refusal::TooManySubscriptions
    );
    session.subscribe("https://push.example.net/renewed").await.unwrap();
    session.unsubscribe().await.unwrap();
    fifth.keep().await.subscribe("https://push.example.net/c").await.unwrap();

    // Without a certificate there is neither key nor subscription.
    let mut nobody = Session::open(device.open(keep::PROTOCOL).await, None).await.unwrap();
    assert_eq!(nobody.allowance().vapid, None);
    assert_eq!(refused(nobody.subscribe("https://push.example.net/d").await), Refusal::NeedsCertificate);
}

#[tokio::test]
async fn what_was_accepted_once_is_looked_at_again_before_it_is_connected_to() {
    let (relay, mut service) = (relay_with_push().await, PushService::start().await);
    let (device, _) = subscribed(&relay, 1, &service.endpoint("/201/a")).await;
    relay.running.stop().await;
    // The relay as it is without the setting for tests: only public hosts.
    let relay = Local::at_with(relay.folder, |config| config.work = 0).await;
    leave(&relay, device.id(), 1).await;
    assert!(service.is_quiet().await);
}

#[tokio::test]
async fn a_removed_device_is_told_nothing_more() {
    let (relay, mut service) = (relay_with_push().await, PushService::start().await);
    let (phone, _) = subscribed(&relay, 1, &service.endpoint("/201/phone")).await;
    let laptop = Client::connect_as(relay.address(), 1, 77).await;
    let phone_key = Id::from_bytes(phone.device().to_bytes().last_chunk().unwrap()).unwrap();
    let removed = Some(Removed { devices: vec![phone_key], at: 10 });
    let stream = laptop.open(keep::PROTOCOL).await;
    Session::open_and_tell(stream, Some(laptop.certificate()), removed).await.unwrap();
    leave(&relay, phone.id(), 1).await;
    assert!(service.is_quiet().await);
    assert_eq!(refused(phone.keep_as(Some(phone.certificate())).await), Refusal::Removed);
}

#[tokio::test]
async fn a_relay_whose_operator_turned_it_off_offers_nothing() {
    let relay = Local::with(|config| config.web_push = false).await;
    let device = Client::connect(relay.address(), 1).await;
    let mut session = device.keep().await;
    assert_eq!(session.allowance().vapid, None);
    assert_eq!(refused(session.subscribe("https://push.example.net/a").await), Refusal::NoPush);
    session.unsubscribe().await.unwrap();
    assert!(!relay.folder.path().join("vapid-key").exists());
}

#[tokio::test]
async fn the_key_and_the_subscriptions_outlast_a_restart() {
    let mut service = PushService::start().await;
    let relay = relay_with_push().await;
    let (device, key) = subscribed(&relay, 1, &service.endpoint("/201/a")).await;
    relay.running.stop().await;
    let relay = Local::at_with(relay.folder, |config| {
        with_push(config);
        config.web_push_contact =
            Some(serde_json::from_str::<Contact>("\"mailto:me@relay.example\"").unwrap());
    })
    .await;
    leave(&relay, device.id(), 1).await;
    let pushed = service.next().await;
    assert!(pushed.header("authorization").ends_with(&BASE64URL_NOPAD.encode(&key)));
    let claims = pushed.header("authorization").split('.').nth(1).unwrap().to_owned();
    let claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    assert_eq!(claims["sub"], "mailto:me@relay.example");
}
