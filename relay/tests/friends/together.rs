//! Friends who are here at the same time.

use crate::person::{Person, relay, tell};

impl Person {
    /// Waits until this contact is shown as being here, or as being away.
    async fn sees(&mut self, id: &str, online: bool) {
        while self.engine.contact(id).await.unwrap().online != online {
            self.next_event().await;
        }
    }
}

#[tokio::test]
async fn friends_see_who_is_here_and_who_left_and_came_back() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        ann.add(&ben.me.invite).await;
        ben.add(&ann.me.invite).await;
        let (anns, bens) = (ann.me.summary.id.clone(), ben.me.summary.id.clone());
        ann.sees(&bens, true).await;
        ben.sees(&anns, true).await;
        let peers = ben.engine.network_status().await.unwrap().peers;
        assert!(peers.iter().any(|peer| peer.contact.as_ref() == Some(&anns) && peer.via == "relay"));

        let ann = ann.leave().await;
        ben.sees(&anns, false).await;
        let mut ann = ann.back(&[&relay]).await;
        ben.sees(&anns, true).await;
        ann.sees(&bens, true).await;
    })
    .await;
    relay.stop().await;
}
