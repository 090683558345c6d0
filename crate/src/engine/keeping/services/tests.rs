//! A profile beside services: one that works, one that fails in every way, and two devices at one.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::stream;
use serde_json::{Value, json};

use super::pace::{Pace, REQUESTS};
use crate::engine::Error;
use crate::engine::api::ServiceKeeping;
use crate::engine::mocked::{MockedProfile, Neighbours, relay, until, with_seeds};
use crate::engine::publish::MockedKeeper;
use crate::net::http::{Host, Http, Method, NoAnswer, Request, Response};
use crate::net::pinning::Trouble;
use crate::platform;
use crate::social::pinning::Name;
use crate::store::memory::Disk;

const TOKEN: &str = "Aunt-Ann's-token";
const PLACE: &str = "https://pins.example/psa";
const SIZE: usize = 100 << 10;

/// What a service does with a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    Pins,
    Queues,
    GivesUp,
    Says(u16, &'static str, &'static str),
    NothingAtAll,
    AnswersAboutOthers,
}

/// A service in memory, which says of each request that it is as it does now.
#[derive(Clone)]
struct Service(Rc<Inner>);

struct Inner {
    does: Cell<Does>,
    pins: RefCell<BTreeMap<String, Cid>>,
    asked: RefCell<Vec<(Method, String, Option<String>)>>,
}

impl Service {
    fn new(does: Does) -> Self {
        let (pins, asked) = Default::default();
        Self(Rc::new(Inner { does: Cell::new(does), pins, asked }))
    }

    fn does(&self, does: Does) {
        self.0.does.set(does);
    }

    fn asked(&self) -> usize {
        self.0.asked.borrow().len()
    }

    fn holds(&self) -> Vec<Cid> {
        let mut cids: Vec<_> = self.0.pins.borrow().values().copied().collect();
        cids.sort_unstable();
        cids
    }

    fn status(&self, id: &str) -> Value {
        let cid = self.0.pins.borrow()[id];
        let other = crate::format::cid_of(crate::format::RAW, b"another");
        let does = self.0.does.get();
        let cid = if does == Does::AnswersAboutOthers { other } else { cid };
        let status = match does {
            Does::Queues => "queued",
            Does::GivesUp => "failed",
            _ => "pinned",
        };
        let info = json!({ "status_details": "too heavy" });
        json!({ "requestid": id, "status": status, "pin": { "cid": cid.to_string() }, "info": info })
    }

    fn answer(&self, method: Method, path: &str, body: Option<&str>) -> (u16, Value) {
        let wanted = body.map(|body| {
            let body: Value = serde_json::from_str(body).unwrap();
            assert!(body["origins"].as_array().is_some_and(|it| it.len() == 1), "{body}");
            assert_eq!(body.as_object().unwrap().len(), 2, "it says nothing else: {body}");
            body["cid"].as_str().unwrap().parse::<Cid>().unwrap()
        });
        let id = path.strip_prefix("/pins/").map(str::to_owned);
        let mut pins = self.0.pins.borrow_mut();
        if id.as_ref().is_some_and(|id| pins.remove(id).is_none()) {
            return (404, json!({ "error": { "reason": "NOT_FOUND" } }));
        }
        match (method, wanted) {
            (Method::Get, _) => {
                let asked_for = |cid: &Cid| path.contains(&cid.to_string());
                let ids: Vec<_> =
                    pins.iter().filter(|(_, cid)| asked_for(cid)).map(|it| it.0.clone()).collect();
                drop(pins);
                let results: Vec<_> = ids.iter().map(|id| self.status(id)).collect();
                (200, json!({ "count": results.len(), "results": results }))
            }
            (_, Some(cid)) => {
                let id = format!("r{}", self.asked());
                pins.insert(id.clone(), cid);
                drop(pins);
                (202, self.status(&id))
            }
            _ => (202, Value::Null),
        }
    }
}

#[async_trait(?Send)]
impl Host for Service {
    async fn ask(&self, request: Request) -> Result<Response, NoAnswer> {
        let Request { method, url, authorization, body } = request;
        assert_eq!(*authorization, format!("Bearer {TOKEN}"));
        let path = url.strip_prefix(PLACE).expect("it is asked where it is").to_owned();
        self.0.asked.borrow_mut().push((method, path.clone(), body.clone()));
        let (status, kind, body) = match self.0.does.get() {
            Does::NothingAtAll => return Err(NoAnswer),
            Does::Says(status, kind, body) => (status, kind, body.to_owned()),
            _ => {
                let (status, body) = self.answer(method, &path, body.as_deref());
                (status, "application/json", body.to_string())
            }
        };
        let body = stream::iter([Ok(Bytes::from(body))]).boxed_local();
        Ok(Response { status, content_type: Some(kind.to_owned()), retry_after: None, body })
    }
}

/// Ann, her relay, and a service.
struct Ann {
    profile: MockedProfile,
    service: Service,
}

impl Ann {
    async fn new(seed: u64) -> Self {
        let service = Service::new(Does::Pins);
        let keeper = MockedKeeper::new(relay().rsplit('/').next().unwrap());
        let http = Http::new(service.clone());
        let neighbours = Neighbours { keepers: vec![keeper], http, ..Neighbours::default() };
        let profile = MockedProfile::open(&Disk::with_latency(seed), 1, neighbours).await;
        profile.publisher.start();
        let ann = Self { profile, service };
        ann.adds("Aunt").await.unwrap();
        ann
    }

    async fn adds(&self, name: &str) -> Result<(), Error> {
        self.profile.keeping.add_service(name, PLACE, &format!(" {TOKEN} ")).await
    }

    /// Shares something, and waits until the relay has all of it.
    async fn shares(&self, byte: u8) -> String {
        let id = self.profile.share_own(byte, SIZE).await.id().to_string();
        self.is_at_the_relay(&id).await;
        id
    }

    async fn is_at_the_relay(&self, id: &str) {
        until("the relay has it", || {
            let share = self.profile.record(id).unwrap();
            let is_current = |relay: &str| self.profile.state.read(|tables| tables.is_current_at(relay));
            share.kept_by.iter().any(|relay| is_current(relay))
        })
        .await;
    }

    fn name(&self) -> Name {
        self.profile.state.read(|tables| *tables.services.keys().next().unwrap())
    }

    async fn looks(&self) -> Pace {
        let mut pace = Pace::default();
        self.looks_again(&mut pace).await;
        pace
    }

    async fn looks_again(&self, pace: &mut Pace) {
        self.profile.keeping.look_at_service(self.name(), pace).await.unwrap();
    }

    /// Ages what is known of the service by a day.
    async fn waits_a_day(&self) {
        let name = self.name();
        let aged = self.profile.state.update(move |tx| {
            let held = tx.held.get_mut(&name).unwrap();
            for pin in &mut held.pins {
                (pin.looked, pin.asked) = (0, 0);
            }
            Ok(())
        });
        aged.await.unwrap();
    }

    fn status(&self) -> ServiceKeeping {
        self.profile.keeping.status().services.remove(0)
    }

    /// The root, and the blocks of these shares.
    fn blocks(&self, shares: &[&String]) -> Vec<Cid> {
        let root = self.profile.state.read(|tables| tables.publication.newest.clone()).unwrap().root;
        let mut blocks = vec![root];
        blocks.extend(shares.iter().map(|id| self.profile.record(id).unwrap().block()));
        blocks.sort_unstable();
        blocks
    }
}

#[tokio::test]
async fn a_service_holds_each_share_and_the_root_and_lets_go_of_what_goes() {
    with_seeds(async |seed| {
        let ann = Ann::new(seed).await;
        let (one, other) = (ann.shares(1).await, ann.shares(2).await);
        ann.looks().await;
        assert_eq!(ann.service.holds(), ann.blocks(&[&one, &other]));
        let ServiceKeeping { mut shares, waiting, failed, checked, trouble, name, host, .. } = ann.status();
        shares.sort_unstable();
        let mut both = [one.clone(), other.clone()];
        both.sort_unstable();
        assert_eq!((shares, waiting, failed, trouble), (both.to_vec(), 0, 0, None));
        assert_eq!((name.as_str(), host.as_str(), checked.is_some()), ("Aunt", "pins.example", true));

        let asked = ann.service.asked();
        ann.looks().await;
        assert_eq!(ann.service.asked(), asked, "nobody is asked for what is there");

        // A revision takes the place of the one before; the next root does once that one was there for a while.
        ann.profile.shares.set_order(&other, "size").await.unwrap();
        ann.is_at_the_relay(&other).await;
        let newest = ann.blocks(&[&one, &other]);
        ann.looks().await;
        let holds = ann.service.holds();
        assert!(holds.contains(&ann.profile.record(&other).unwrap().block()) && holds.len() == 3);
        assert_ne!(holds, newest, "roots follow each other fast");
        ann.waits_a_day().await;
        ann.looks().await;
        assert_eq!(ann.service.holds(), newest);

        ann.profile.shares.remove(&one).await.unwrap();
        ann.looks().await;
        assert!(ann.service.holds().len() == 2, "{:?}", ann.service.holds());
        assert_eq!(ann.status().shares, [other]);
    })
    .await;
}

#[tokio::test]
async fn what_a_service_lost_or_gave_up_is_asked_for_anew_after_a_day() {
    with_seeds(async |seed| {
        let ann = Ann::new(seed).await;
        let share = ann.shares(1).await;
        ann.service.does(Does::Queues);
        let mut pace = ann.looks().await;
        assert_eq!((ann.status().waiting, ann.status().shares.len()), (1, 0));
        let asked = ann.service.asked();
        (0..10).for_each(|_| assert!(pace.left(platform::Instant::now()).is_none()));
        ann.looks_again(&mut pace).await;
        assert_eq!(ann.service.asked(), asked, "it is given time");

        ann.service.does(Does::GivesUp);
        ann.looks().await;
        let status = ann.status();
        assert_eq!((status.failed, status.said.as_deref()), (1, Some("too heavy")));
        let asked = ann.service.asked();
        ann.looks().await;
        assert_eq!(ann.service.asked(), asked, "it is not asked again at once");
        ann.waits_a_day().await;
        ann.service.does(Does::Pins);
        ann.looks().await;
        assert_eq!(ann.status().shares, std::slice::from_ref(&share));

        ann.service.0.pins.borrow_mut().clear();
        ann.waits_a_day().await;
        ann.looks().await;
        assert_eq!(ann.service.holds(), ann.blocks(&[&share]));
    })
    .await;
}

#[tokio::test]
async fn a_service_that_fails_in_any_way_gets_one_request_and_then_is_left_alone() {
    with_seeds(async |seed| {
        let ann = Ann::new(seed).await;
        ann.shares(1).await;
        let json = "application/json";
        for (does, trouble) in [
            (Does::NothingAtAll, Trouble::Unreachable),
            (Does::Says(500, json, r#"{"error":{"reason":"OH"}}"#), Trouble::Failing),
            (Does::Says(200, "text/html", "<p>Hello</p>"), Trouble::Strange),
            (Does::Says(200, json, "{}"), Trouble::Strange),
            (Does::Says(302, json, ""), Trouble::Strange),
            (Does::Says(401, json, r#"{"error":{"reason":"no Aunt-Ann's-token"}}"#), Trouble::Token),
            (Does::Says(409, json, r#"{"error":{"reason":"INSUFFICIENT_FUNDS"}}"#), Trouble::Full),
        ] {
            ann.service.does(does);
            let asked = ann.service.asked();
            let mut pace = ann.looks().await;
            for _ in 0..10 {
                ann.looks_again(&mut pace).await;
            }
            assert_eq!(ann.service.asked() - asked, 1, "{does:?}");
            let status = ann.status();
            assert_eq!((status.trouble, status.shares.len()), (Some(trouble), 0), "{does:?}");
            assert!(!format!("{status:?}").contains(TOKEN), "{status:?}");
        }
        ann.service.does(Does::AnswersAboutOthers);
        let mut pace = ann.looks().await;
        ann.looks_again(&mut pace).await;
        assert_eq!((ann.status().trouble, ann.status().shares.len()), (Some(Trouble::Strange), 0));

        ann.service.does(Does::Pins);
        ann.looks().await;
        assert_eq!((ann.status().trouble, ann.status().shares.len()), (None, 1), "it is well again");
    })
    .await;
}

#[tokio::test]
async fn another_device_finds_what_the_first_has_asked_for() {
    with_seeds(async |seed| {
        let ann = Ann::new(seed).await;
        let share = ann.shares(1).await;
        ann.looks().await;
        let name = ann.name();
        let forgotten = ann.profile.state.update(move |tx| {
            tx.held.remove(&name);
            Ok(())
        });
        forgotten.await.unwrap();
        let holds = ann.service.0.pins.borrow().clone();
        ann.looks().await;
        assert_eq!(*ann.service.0.pins.borrow(), holds, "nothing is asked for twice");
        assert_eq!(ann.status().shares, [share]);
    })
    .await;
}

#[tokio::test]
async fn services_are_asked_as_long_as_they_are_there_and_only_with_good_input() {
    with_seeds(async |seed| {
        let ann = Ann::new(seed).await;
        let keeping = &ann.profile.keeping;
        ann.profile.tasks.spawn(keeping.clone().ask_services());
        let share = ann.shares(1).await;
        until("it is held", || ann.status().shares == [share.clone()]).await;

        assert_eq!(ann.adds("Aunt").await, Err(Error::ServiceKnown));
        let add = |place: &'static str, token: &'static str| keeping.add_service("Other", place, token);
        assert_eq!(add("http://pins.example", TOKEN).await, Err(Error::ServiceAddress));
        assert_eq!(add(PLACE, "two words").await, Err(Error::Service(Trouble::Token)));
        assert!(matches!(keeping.add_service(" ", PLACE, TOKEN).await, Err(Error::InvalidName(_))));
        ann.service.does(Does::Says(200, "text/html", "<p>Hello</p>"));
        assert_eq!(add(PLACE, TOKEN).await, Err(Error::Service(Trouble::Strange)));
        ann.service.does(Does::Says(403, "application/json", "{}"));
        assert_eq!(add(PLACE, TOKEN).await, Err(Error::Service(Trouble::Token)));
        assert_eq!(keeping.status().services.len(), 1, "nothing of it was added");
        ann.service.does(Does::Pins);
        for n in 1..8 {
            ann.adds(&n.to_string()).await.unwrap();
        }
        assert!(matches!(ann.adds("One too many").await, Err(Error::InvalidName(_))));

        for n in 1..8 {
            keeping.remove_service(&n.to_string()).await.unwrap();
        }
        keeping.remove_service("Aunt").await.unwrap();
        keeping.remove_service("Aunt").await.unwrap();
        until("it is forgotten", || ann.profile.state.read(|tables| tables.held.is_empty())).await;
        let holds = ann.service.holds();
        ann.shares(2).await;
        assert_eq!((ann.service.holds(), keeping.status().services.len()), (holds, 0));
        assert!(ann.service.asked() < REQUESTS);
    })
    .await;
}
