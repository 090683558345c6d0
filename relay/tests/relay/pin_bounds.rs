//! What the pinning service refuses, and to whom.

use serde_json::{Value, json};

use crate::{
    pinning::{Api, code, path, pins},
    relay::{Local, ask},
    sample::Seeded,
};

#[tokio::test]
async fn nobody_without_the_token_gets_anything_and_others_do_not_see_each_other() {
    let relay = Local::start().await;
    let (ann, ben) = (Api::of(&relay, 1).await, Api::of(&relay, 2).await);
    let wanted = pins(&Seeded(7).raw(10).0);
    let of_ann = ann.pin(&wanted).await;
    assert_eq!(ben.get("/pins?status=queued").await.1["count"], 0);
    assert_eq!(ben.get(&path(&of_ann)).await.0, 404);
    assert_eq!(ben.post(&path(&of_ann), &wanted).await.0, 404);
    assert_eq!(ben.delete(&of_ann).await, 404);
    assert_eq!(ben.get("/pins?status=queued").await.1["count"], 0, "a replacement of nothing adds nothing");
    assert_eq!(ann.get(&path(&of_ann)).await.0, 200);

    let address = relay.running.local();
    let path = path(&of_ann);
    for token in ["", "purposefullyInvalid", &ann.token[1..], &"A".repeat(43)] {
        let wrong = Api::new(address, token);
        for what in ["GET /pins", "POST /pins", &format!("GET {path}"), &format!("DELETE {path}")] {
            let (status, answer) = wrong.call(what, wanted.to_string().as_bytes()).await;
            assert_eq!((status, &answer["error"]["reason"]), (401, &json!("UNAUTHORIZED")), "{what}");
        }
    }
    for head in ["".into(), format!("Authorization: Basic {}\r\n", ann.token)] {
        let (answer, _) = ask(address, "GET /pins", &head, b"").await;
        assert!(
            answer.starts_with("http/1.1 401") && answer.contains("www-authenticate: bearer"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_request_that_is_wrong_is_answered_with_what_to_mend() {
    let relay = Local::start().await;
    let api = Api::of(&relay, 1).await;
    let cid = Seeded(8).raw(10).0;
    let with = |field: &str, value: Value| {
        let mut wanted = pins(&cid);
        wanted[field] = value;
        wanted
    };
    let sha512 = "bafkrgqfqb3yyq5pxbrq5bwgjmbcsvfwq5gvwbhsyyzfwd3s5oj3jv4bbvpcz6cd3cb2hsffjtgmckqmzvvz6xcbnaqsyenydjuyzc2ljnnk7o";
    for (wanted, status) in [
        (json!({}), 400),
        (json!({ "cid": "nonsense" }), 400),
        (json!({ "cid": format!("/ipfs/{cid}") }), 400),
        (json!({ "cid": sha512 }), 400),
        (with("name", json!("n".repeat(256))), 400),
        (with("name", json!("ß".repeat(255))), 202),
        (with("name", Value::Null), 202),
        (with("origins", json!(vec!["/ip4/192.0.2.1/tcp/1"; 21])), 400),
        (with("origins", json!(vec!["/ip4/192.0.2.1/tcp/1"; 20])), 202),
        (with("origins", json!("/ip4/192.0.2.1/tcp/1")), 400),
        (with("meta", json!({ "number": 7 })), 400),
        (with("meta", json!({ "long": "m".repeat(8 << 10) })), 413),
    ] {
        let (answered, answer) = api.post("/pins", &wanted).await;
        assert_eq!(answered, status, "{wanted}: {answer}");
        let failure = &answer["error"];
        assert!(
            status == 202 || (failure["reason"].is_string() && failure["details"].is_string()),
            "{answer}"
        );
    }
    assert_eq!(api.call("POST /pins", b"no json").await.0, 400);
    for query in [
        "status=lost",
        "match=fuzzy",
        "limit=0",
        "limit=1001",
        "limit=ten",
        "before=yesterday",
        "after=",
        "cid=x",
        "meta=%5B%5D",
    ] {
        assert_eq!(api.get(&format!("/pins?{query}")).await.0, 400, "{query}");
    }
    let eleven = vec![cid.to_string(); 11].join(",");
    assert_eq!(api.get(&format!("/pins?cid={eleven}")).await.0, 400);
    for request in ["nothing", &"a".repeat(32), &"A".repeat(32), "%00"] {
        assert_eq!(api.get(&format!("/pins/{request}")).await.0, 404, "{request}");
    }
    assert_eq!(code(&api, "PUT", "/pins", &pins(&cid)).await, 405);
}

#[tokio::test]
async fn a_page_of_another_origin_may_call_with_its_token() {
    let relay = Local::start().await;
    let address = relay.running.local();
    for (path, method) in [("/pins", "POST"), ("/pins/ab", "DELETE")] {
        let asks = format!(
            "Origin: https://page.example\r\nAccess-Control-Request-Method: {method}\r\n\
             Access-Control-Request-Headers: authorization,content-type\r\n"
        );
        let (head, _) = ask(address, &format!("OPTIONS {path}"), &asks, b"").await;
        assert!(head.starts_with("http/1.1 200"), "{head}");
        for line in [
            "access-control-allow-origin: *",
            "access-control-allow-methods: get,post,delete",
            "access-control-allow-headers: authorization,content-type",
        ] {
            assert!(head.contains(line), "{line} is not in {head}");
        }
    }
    // A page must be able to read why it was refused.
    let (head, body) = ask(address, "GET /pins", "Origin: https://page.example\r\n", b"").await;
    assert!(head.starts_with("http/1.1 401"), "{head}");
    for line in
        ["access-control-allow-origin: *", "content-type: application/json", "cache-control: no-store"]
    {
        assert!(head.contains(line), "{line} is not in {head}");
    }
    assert!(serde_json::from_slice::<Value>(&body).unwrap()["error"]["reason"].is_string());
}

#[tokio::test]
async fn one_token_cannot_keep_the_relay_busy() {
    let relay = Local::start().await;
    let (busy, calm) = (Api::of(&relay, 1).await, Api::of(&relay, 1).await);
    let mut statuses = Vec::new();
    for _ in 0..121 {
        statuses.push(busy.get("/pins").await.0);
    }
    assert!(statuses[..120].iter().all(|status| *status == 200) && statuses[120] == 429, "{statuses:?}");
    assert_eq!(calm.get("/pins").await.0, 200);
}
