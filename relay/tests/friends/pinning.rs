//! A pinning service: the API of a real relay, and one that is none.

use std::process::Command;

use spinney::engine::Error;
use spinney::engine::api::{Config, Event, ServiceKeeping, ServiceTrouble};
use spinney::net::http::{Host, Http, NoAnswer, Request, Response};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::person::{Person, config, noise, relay, tell};

#[path = "../../../crate/tests/net_support/plain_http.rs"]
mod plain;

fn with_services(config: Config) -> Config {
    Config { http: Http::new(plain::Plain), ..config }
}

/// Makes a token as the operator of a relay does.
fn token(folder: &std::path::Path, id: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spinney-relay"));
    let made = command.args(["token", id]).arg("--data").arg(folder).output().expect("the program was built");
    let said = String::from_utf8(made.stdout).unwrap();
    said.lines().next().and_then(|line| line.rsplit(' ').next()).expect("it says a token").to_owned()
}

impl Person {
    /// Waits until what a service holds is so.
    async fn is_held(&mut self, what: &str, is_so: impl Fn(&ServiceKeeping) -> bool) -> ServiceKeeping {
        loop {
            match self.engine.keeping_status().await.expect("unlocked").services.pop() {
                Some(service) if is_so(&service) => return service,
                _ => self.something_happens(what).await,
            }
        }
    }
}

/// A server that answers everybody the same.
async fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_share_is_held_by_a_pinning_service_until_it_goes_and_by_both_devices_of_one_person() {
    let folder = tempfile::tempdir().unwrap();
    let running = relay(folder.path(), 0).await;
    tell(async {
        let with = || with_services(config(&[&running]));
        let mut ann = Person::with("Ann", with()).await;
        let (place, token) = (format!("http://{}/pins", running.local()), token(folder.path(), &ann.id()));
        ann.engine.add_service("Mine", &place, &token).await.unwrap();
        let film = ann.share("Film", &[("film.mp4", &noise(1 << 20, 1))], &[]).await;
        ann.delivered(&film).await;
        let service = ann.is_held("film that is held", |service| service.shares == [film.id.clone()]).await;
        assert_eq!((service.name.as_str(), service.host.as_str()), ("Mine", "127.0.0.1"));
        assert_eq!((service.waiting, service.failed, service.trouble), (0, 0, None));
        assert!(!format!("{service:?}").contains(&token), "the token is told to nobody");

        // With the words the service is there too, and knows what it holds.
        ann.published().await;
        let words = ann.engine.recovery_phrase(crate::person::PASSPHRASE).await.unwrap();
        ann.leave().await;
        let mut ann = crate::person::recovered_with(&words, with()).await;
        ann.is_held("film that is still held", |service| service.shares == [film.id.clone()]).await;
        ann.engine.remove_share(&film.id).await.unwrap();
        ann.is_held("end of it", |service| service.shares.is_empty() && service.waiting == 0).await;

        // A token that was ended is told as such.
        let ended = Command::new(env!("CARGO_BIN_EXE_spinney-relay"))
            .args(["token", "end", "1", "--data"])
            .arg(folder.path())
            .output();
        assert!(ended.unwrap().status.success());
        let other = ann.share("Other", &[("a", b"a")], &[]).await;
        ann.delivered(&other).await;
        let service = ann.is_held("refusal", |service| service.trouble.is_some()).await;
        assert_eq!((service.trouble, service.shares.len()), (Some(ServiceTrouble::Token), 0));
        ann.engine.remove_service("Mine").await.unwrap();
        assert_eq!(ann.engine.keeping_status().await.unwrap().services, []);
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_pinning_service_is_refused_and_one_that_breaks_later_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let running = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::with("Ann", with_services(config(&[&running]))).await;
        let add = async |place: &str| ann.engine.add_service("Theirs", place, "token").await;
        let html =
            server("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nHello").await;
        assert_eq!(add(&html).await, Err(Error::Service(ServiceTrouble::Strange)));
        let elsewhere = server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/pins\r\n\r\n").await;
        assert_eq!(add(&elsewhere).await, Err(Error::Service(ServiceTrouble::Unreachable)));
        assert_eq!(add("http://pins.example").await, Err(Error::ServiceAddress));
        let place = format!("http://{}", running.local());
        assert_eq!(
            add(&place).await,
            Err(Error::Service(ServiceTrouble::Token)),
            "the relay knows no such token"
        );

        // It knows the API, and then answers about nothing that it was asked.
        let list = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n\
                    {\"count\":0,\"results\":[]}";
        add(&server(list).await).await.unwrap();
        let share = ann.share("Film", &[("film.mp4", &noise(1 << 20, 2))], &[]).await;
        ann.delivered(&share).await;
        let service = ann.is_held("trouble", |service| service.trouble.is_some()).await;
        assert_eq!((service.trouble, service.shares.len()), (Some(ServiceTrouble::Strange), 0));
        let is_kept = |event: &Event| match event {
            Event::Share { share: told, .. } => (told.id == share.id && told.kept).then_some(()),
            _ => None,
        };
        ann.wait("share that the relay has all the same", is_kept).await;
        running.stop().await;
    })
    .await;
}
