//! What somebody who watches closely sees when they are removed or blocked: no end of a connection, and no silence.

use spinney::engine::api::{Config, Event, ProfileUpdate};

use crate::person::{Person, config, relay, tell};
use crate::window::Air;

impl Person {
    /// Waits until a device of this contact is connected directly.
    async fn sees_directly(&mut self, id: &str) {
        while self.path_to(id).await != Some("direct") {
            tokio::task::yield_now().await;
        }
    }

    async fn path_to(&self, id: &str) -> Option<&'static str> {
        let peers = self.engine.network_status().await.unwrap().peers;
        peers.into_iter().find(|peer| peer.contact.as_deref() == Some(id)).map(|peer| peer.via)
    }
}

/// How often the one who blocks publishes something while the blocked one watches.
const NEWS: usize = 5;

#[tokio::test]
async fn who_is_removed_or_blocked_sees_no_connection_end_and_hears_of_what_is_public() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        for removes in [false, true] {
            let air = Air::default();
            let direct = || Config { rtc: Some(air.window().host), ..config(&[&relay]) };
            let mut ann = Person::with("Ann", direct()).await;
            let mut ben = Person::with("Ben", direct()).await;
            meet(&mut ann, &mut ben).await;
            let (anns, bens) = (ann.id(), ben.id());
            ben.sees_directly(&anns).await;
            ann.sees_directly(&bens).await;

            match removes {
                true => ann.engine.remove_contact(&bens).await.unwrap(),
                false => ann.engine.block(&bens).await.unwrap(),
            }
            for news in 0..NEWS {
                let name = format!("Ann {news}");
                let update = ProfileUpdate { name: Some(name.clone()), ..Default::default() };
                ann.engine.update_profile(update).await.unwrap();
                ben.wait("news", |event| match event {
                    Event::Contact { contact } if contact.name == name => Some(()),
                    _ => None,
                })
                .await;
                assert_eq!(ben.path_to(&anns).await, Some("direct"), "removed: {removes}");
                assert!(ben.engine.contact(&anns).await.unwrap().online);
            }
            // She turns direct connections off: that ends them at once, those with all peers.
            let update = ProfileUpdate { relay_only: Some(true), ..Default::default() };
            ann.engine.update_profile(update).await.unwrap();
            while ben.path_to(&anns).await == Some("direct") {
                tokio::task::yield_now().await;
            }
        }
    })
    .await;
    relay.stop().await;
}

async fn meet(one: &mut Person, other: &mut Person) {
    one.add(&other.me.invite).await;
    other.add(&one.me.invite).await;
}
