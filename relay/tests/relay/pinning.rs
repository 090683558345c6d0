//! The IPFS Pinning Service API, as its clients call it.

use std::{collections::BTreeSet, net::SocketAddr, time::Duration};

use bytes::Bytes;
use cid::Cid;
use serde_json::{Value, json};
use spinney::net::keep::{BLOCK_COST, PinOutcome, Refusal};

use crate::{
    client::{Client, push, refused, ring},
    database,
    pin_tokens::token,
    relay::{Local, ask},
    sample::Seeded,
};

/// Longer than anything here takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client with a token.
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
}

impl Api {
    pub(crate) fn new(address: SocketAddr, token: &str) -> Self {
        Self { address, token: token.to_owned() }
    }

    /// One for the person that grows from `seed`.
    pub(crate) async fn of(relay: &Local, seed: u8) -> Self {
        Self::new(relay.running.local(), &token(relay.folder.path(), &ring(seed).id()))
    }

    /// Status and JSON of an answer; `null` if it has no body.
    pub(crate) async fn call(&self, what: &str, body: &[u8]) -> (u16, Value) {
        let head = format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", self.token);
        let (head, body) = ask(self.address, what, &head, body).await;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let json = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        (status, json)
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.call(&format!("GET {path}"), b"").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call(&format!("POST {path}"), body.to_string().as_bytes()).await
    }

    /// Asks to pin, which must be taken.
    pub(crate) async fn pin(&self, body: &Value) -> Value {
        let (status, answer) = self.post("/pins", body).await;
        assert_eq!(status, 202, "{answer}");
        answer
    }

    pub(crate) async fn delete(&self, request: &Value) -> u16 {
        self.call(&format!("DELETE {}", path(request)), b"").await.0
    }

    /// The names in a list.
    async fn names(&self, query: &str) -> Vec<String> {
        let (status, list) = self.get(&format!("/pins?{query}")).await;
        assert_eq!(status, 200, "{list}");
        let results = list["results"].as_array().unwrap();
        results.iter().map(|result| result["pin"]["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until a list has something in it.
    async fn first(&self, query: &str) -> Value {
        let waiting = async {
            loop {
                let (_, list) = self.get(&format!("/pins?{query}")).await;
                match list["results"].get(0) {
                    Some(first) => return first.clone(),
                    None => tokio::time::sleep(Duration::from_millis(600)).await,
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("it comes")
    }
}

/// The status of a call.
pub(crate) async fn code(api: &Api, method: &str, path: &str, body: &Value) -> u16 {
    api.call(&format!("{method} {path}"), body.to_string().as_bytes()).await.0
}

/// A body that asks for a pin.
pub(crate) fn pins(cid: &Cid) -> Value {
    json!({ "cid": cid.to_string() })
}

/// Where a request is found again.
pub(crate) fn path(answer: &Value) -> String {
    format!("/pins/{}", answer["requestid"].as_str().unwrap())
}

fn root(tree: &[(Cid, Bytes)]) -> Cid {
    tree.last().unwrap().0
}

fn charged(blocks: &[(Cid, Bytes)]) -> u64 {
    blocks.iter().map(|(_, bytes)| bytes.len() as u64 + BLOCK_COST).sum()
}

async fn has(client: &Client, tree: &[(Cid, Bytes)]) -> Vec<bool> {
    let cids: Vec<Cid> = tree.iter().map(|(cid, _)| *cid).collect();
    client.keep().await.have(&cids).await.unwrap()
}

#[tokio::test]
async fn a_pin_is_made_found_after_a_restart_replaced_and_removed() {
    let relay = Local::start().await;
    let (ann, api) = (Client::connect(relay.address(), 1).await, Api::of(&relay, 1).await);
    let mut seeded = Seeded(1);
    let (first, second) = (seeded.tree(3, 50_000), seeded.tree(3, 50_000));
    push(&ann, &first).await.unwrap();
    let wanted = json!({
        "cid": root(&first).to_string(),
        "name": "Garden",
        "origins": ["/dns4/home.example/tcp/4001"],
        "meta": { "app": "test" },
    });
    let pinned = api.pin(&wanted).await;
    assert_eq!(
        (&pinned["status"], &pinned["pin"], &pinned["delegates"]),
        (&json!("pinned"), &wanted, &json!([relay.address().to_string()]))
    );
    assert_eq!(relay.counter("pins").await, 1);
    assert_eq!(api.get(&path(&pinned)).await, (200, pinned.clone()));
    assert_eq!(api.get("/pins").await, (200, json!({ "count": 1, "results": [pinned] })));
    // It is no pin of a device: these let go of what they do not know.
    assert_eq!(ann.keep().await.pins(None).await.unwrap(), []);

    let relay = relay.restart().await;
    let api = Api { address: relay.running.local(), ..api };
    let ann = Client::connect(relay.address(), 1).await;
    push(&ann, &second).await.unwrap();
    let (status, replaced) = api.post(&path(&pinned), &pins(&root(&second))).await;
    assert_eq!((status, &replaced["status"]), (202, &json!("pinned")));
    assert_eq!(replaced["pin"], pins(&root(&second)));
    assert_ne!(replaced["requestid"], pinned["requestid"]);
    assert_eq!(api.get(&path(&pinned)).await.0, 404);
    assert_eq!(api.post(&path(&pinned), &wanted).await.0, 404);
    assert_eq!(api.get("/pins").await.1["count"], 1);
    assert_eq!(api.delete(&replaced).await, 202);
    assert_eq!(api.delete(&replaced).await, 404);
    assert_eq!(api.get("/pins").await.1, json!({ "count": 0, "results": [] }));
}

#[tokio::test]
async fn what_lacks_room_fails_and_removing_a_pin_frees_its_bytes() {
    let relay = Local::with(|config| config.quota = 1_000_000).await;
    let (ann, ben) = (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 2).await);
    let api = Api::of(&relay, 1).await;
    let mut seeded = Seeded(2);
    let (first, second) = (seeded.tree(6, 100_000), seeded.tree(6, 100_000));
    push(&ann, &first).await.unwrap();
    push(&ben, &second).await.unwrap();
    let pinned = api.pin(&pins(&root(&first))).await;
    let failed = api.pin(&pins(&root(&second))).await;
    assert_eq!(failed["status"], "failed");
    assert!(failed["info"]["status_details"].as_str().unwrap().contains("quota"), "{failed}");
    assert_eq!(ann.keep().await.allowance().used, charged(&first));
    assert!(matches!(refused(push(&ann, &second).await), Refusal::Quota { .. }));
    assert_eq!(api.delete(&pinned).await, 202);
    assert_eq!(api.pin(&pins(&root(&second))).await["status"], "pinned");
    assert_eq!(ann.keep().await.allowance().used, charged(&second));
}

#[tokio::test]
async fn what_replaces_a_pin_keeps_what_both_have_where_there_is_no_room_for_two() {
    let relay = Local::with(|config| config.quota = 1_000_000).await;
    let (ann, ben) = (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 2).await);
    let api = Api::of(&relay, 1).await;
    let mut seeded = Seeded(3);
    let chunks: Vec<_> = (0..10).map(|_| seeded.raw(100_000)).collect();
    let version = |seeded: &mut Seeded, chunks: &[(Cid, Bytes)]| {
        let links: Vec<Cid> = chunks.iter().map(|(cid, _)| *cid).collect();
        [chunks, &[seeded.node(&links)]].concat()
    };
    let (old, new) = (version(&mut seeded, &chunks[..9]), version(&mut seeded, &chunks[1..]));
    push(&ann, &old).await.unwrap();
    let pinned = api.pin(&pins(&root(&old))).await;
    // The common blocks are Ann's alone.
    push(&ben, &new[8..]).await.unwrap();
    let (_, replaced) = api.post(&path(&pinned), &pins(&root(&new))).await;
    assert_eq!(replaced["status"], "pinned", "{replaced}");
    assert_eq!(has(&ann, &new).await, [true; 10]);
    assert_eq!(ann.keep().await.allowance().used, charged(&new));
}

#[tokio::test]
async fn pins_of_devices_and_of_the_service_do_not_touch_each_other() {
    let relay = Local::with(|config| (config.grace, config.collect) = (0, 1)).await;
    let (ann, api) = (Client::connect(relay.address(), 1).await, Api::of(&relay, 1).await);
    let mut seeded = Seeded(4);
    let [own, both, asked] = [0; 3].map(|_| seeded.tree(3, 20_000));
    let mut session = ann.keep().await;
    let mut requests = Vec::new();
    for tree in [&own, &both, &asked] {
        // Pushed and pinned again and again, because nothing that is not pinned stays here.
        let pin = async {
            loop {
                push(&ann, tree).await.unwrap();
                if session.pin(&root(tree)).await.unwrap() == PinOutcome::Kept {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, pin).await.expect("it is pinned");
        requests.push(api.pin(&pins(&root(tree))).await);
    }
    assert_eq!(ann.keep().await.allowance().used, charged(&[&own[..], &both, &asked].concat()));
    assert_eq!(api.delete(&requests[0]).await, 202);
    session.unpin(&root(&asked)).await.unwrap();
    // The first block may go with a collection that had begun before, the second goes with one after that.
    for _ in 0..2 {
        let block = [seeded.raw(10)];
        push(&ann, &block).await.unwrap();
        gone(&ann, &block).await;
    }
    for tree in [&own, &both, &asked] {
        assert_eq!(has(&ann, tree).await, [true; 5]);
    }
    session.unpin(&root(&own)).await.unwrap();
    assert_eq!(api.delete(&requests[2]).await, 202);
    gone(&ann, &own).await;
    gone(&ann, &asked).await;
    assert_eq!(ann.keep().await.allowance().used, charged(&both));
}

/// Waits until nothing of a tree is here.
async fn gone(client: &Client, tree: &[(Cid, Bytes)]) {
    let waiting = async {
        while has(client, tree).await.contains(&true) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it goes");
}

#[tokio::test]
async fn a_pin_waits_for_its_blocks_and_fails_after_a_day() {
    let relay = Local::with(|config| config.collect = 1).await;
    let (ann, api) = (Client::connect(relay.address(), 1).await, Api::of(&relay, 1).await);
    let mut seeded = Seeded(5);
    let (asked_for, by_itself, late) = (seeded.tree(3, 20_000), seeded.tree(3, 20_000), seeded.raw(10));
    let queued = api.pin(&pins(&root(&asked_for))).await;
    assert_eq!(queued["status"], "queued");
    assert!(queued["info"]["status_details"].as_str().unwrap().contains("push"), "{queued}");
    push(&ann, &asked_for[1..]).await.unwrap();
    assert_eq!(api.get(&path(&queued)).await.1["status"], "queued", "one block lacks");
    assert_eq!(api.get("/pins").await.1["count"], 0);
    push(&ann, &asked_for[..1]).await.unwrap();
    assert_eq!(api.get(&path(&queued)).await.1["status"], "pinned");
    assert_eq!(api.delete(&queued).await, 202);

    // Nobody asks for this one: a list only says what is known.
    let queued = api.pin(&pins(&root(&by_itself))).await;
    push(&ann, &by_itself).await.unwrap();
    assert_eq!(api.first("status=pinned").await["requestid"], queued["requestid"]);

    let queued = api.pin(&pins(&late.0)).await;
    database::run(
        relay.folder.path(),
        "UPDATE pin_request SET created = created - 86400001 WHERE status = 0",
    )
    .await;
    let failed = api.first("status=failed").await;
    assert_eq!(failed["requestid"], queued["requestid"]);
    assert!(failed["info"]["status_details"].as_str().unwrap().contains("within a day"), "{failed}");
}

#[tokio::test]
async fn a_list_is_filtered_and_read_page_by_page() {
    let relay = Local::start().await;
    let (ann, api) = (Client::connect(relay.address(), 1).await, Api::of(&relay, 1).await);
    let mut seeded = Seeded(6);
    let here = seeded.raw(100);
    push(&ann, std::slice::from_ref(&here)).await.unwrap();
    let mut requests = Vec::new();
    for number in 0..12 {
        let mut wanted = pins(&if number == 3 { here.0 } else { seeded.raw(10).0 });
        wanted["name"] = json!(format!("Größe {number}"));
        wanted["meta"] = json!({ "parity": (number % 2).to_string(), "app": "a\"b" });
        requests.push(api.pin(&wanted).await);
    }
    let cid = |number: usize| requests[number]["pin"]["cid"].as_str().unwrap();
    assert_eq!(api.names("").await, ["Größe 3"], "without a status, what is pinned");
    let all = "status=queued,pinning,pinned,failed";
    assert_eq!(api.names("status=pinning").await, [""; 0]);
    assert_eq!(api.get(&format!("/pins?{all}&limit=3")).await.1["count"], 12);
    assert_eq!(api.names(&format!("{all}&limit=3")).await, ["Größe 11", "Größe 10", "Größe 9"]);
    for (query, fit) in [
        (format!("cid={},{}", cid(5), cid(7)), &[7, 5][..]),
        (format!("cid={}&cid={}", cid(5), cid(7)), &[7, 5]),
        ("name=Gr%C3%B6%C3%9Fe+4".into(), &[4]),
        ("name=gr%C3%B6%C3%9Fe+4".into(), &[]),
        ("name=GR%C3%96%C3%9Fe+4&match=iexact".into(), &[4]),
        ("name=%C3%9Fe+1&match=partial".into(), &[11, 10, 1]),
        ("name=R%C3%96&match=partial".into(), &[]),
        ("name=R%C3%96&match=ipartial&limit=2".into(), &[11, 10]),
        ("meta=%7B%22parity%22%3A%221%22%2C%22app%22%3A%22a%5C%22b%22%7D&limit=2".into(), &[11, 9]),
        ("meta=%7B%22parity%22%3A%222%22%7D".into(), &[]),
        (format!("after={}", requests[9]["created"].as_str().unwrap()), &[11, 10]),
        (format!("before={}", requests[2]["created"].as_str().unwrap()), &[1, 0]),
    ] {
        let fit: Vec<String> = fit.iter().map(|number| format!("Größe {number}")).collect();
        assert_eq!(api.names(&format!("{all}&{query}")).await, fit, "{query}");
    }
    let (mut seen, mut before) = (BTreeSet::new(), String::new());
    for size in [10, 2, 0] {
        let (_, list) = api.get(&format!("/pins?{all}{before}")).await;
        let results = list["results"].as_array().unwrap();
        assert_eq!(results.len(), size);
        seen.extend(results.iter().map(|result| result["requestid"].to_string()));
        let last = results.last().map(|result| result["created"].as_str().unwrap());
        before = last.map_or(before, |last| format!("&before={last}"));
    }
    assert_eq!(seen.len(), 12);
}

#[tokio::test]
async fn the_version_0_name_of_a_block_is_the_same_block() {
    let relay = Local::start().await;
    let (ann, api) = (Client::connect(relay.address(), 1).await, Api::of(&relay, 1).await);
    // An empty UnixFS folder.
    let bytes = Bytes::from_static(&[0x0a, 0x02, 0x08, 0x01]);
    let cid = spinney::format::cid_of(spinney::format::DAG_PB, &bytes);
    let old = Cid::new_v0(*cid.hash()).unwrap();
    push(&ann, &[(cid, bytes)]).await.unwrap();
    let pinned = api.pin(&pins(&old)).await;
    assert_eq!((&pinned["status"], &pinned["pin"]), (&json!("pinned"), &pins(&old)));
    assert_eq!(api.get(&format!("/pins?cid={cid}")).await.1["count"], 1);
}
