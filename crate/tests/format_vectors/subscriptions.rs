//! Transcripts of subscriptions: a keeper tells a device by Web Push that something was left.

use data_encoding::BASE64URL_NOPAD;
use ipld_core::ipld::Ipld;

use crate::case::Case;
use crate::wire::Sender::{Client, Server};
use crate::wire::{KEEP, bytes, certificate, int, opened, refused, says, transcript, word};

/// The key of the example in RFC 8292, section 2.4.
const VAPID: &[u8] =
    b"BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";

pub(crate) fn cases() -> Vec<Case> {
    let open = (Client, says("open", [("certificate", certificate())]));
    let vapid = BASE64URL_NOPAD.decode(VAPID).unwrap();
    let tells = says("opened", [("used", int(1000)), ("quota", int(5000)), ("vapid", bytes(&vapid))]);
    let subscribe =
        |endpoint: &str| (Client, says("subscribe", [("endpoint", Ipld::String(endpoint.to_owned()))]));
    let good = subscribe("https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV");
    let done = (Server, word("done"));
    let unsubscribe = (Client, word("unsubscribe"));
    let steps = [
        open.clone(),
        (Server, tells),
        good.clone(),
        done.clone(),
        subscribe("http://push.example.net/"),
        (Server, refused("bad-endpoint")),
        good.clone(),
        (Server, refused("too-many-subscriptions")),
        unsubscribe.clone(),
        done.clone(),
        unsubscribe,
        done,
    ];
    let silent = [open, opened(1000, 5000), good, (Server, refused("no-push"))];
    vec![
        transcript(
            "keep-subscribe",
            "A device says where a Web Push reaches it, and takes it back",
            KEEP,
            &steps,
        ),
        transcript("keep-no-push", "A keeper that sends no Web Push names no key", KEEP, &silent),
    ]
}
