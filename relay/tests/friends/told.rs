//! How a browser is told while it is closed: which relay of its own sends Web Pushes, and where to.

use spinney::engine::Error;

use crate::person::{Person, relay, relay_with, tell};

const ENDPOINT: &str = "https://push.example.net/a";

#[tokio::test]
async fn a_browser_says_to_a_relay_of_its_own_where_it_is_told_and_takes_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let anna = Person::new("Anna", &[&relay]).await;
        let relays = anna.engine.push_relays().await.unwrap();
        assert_eq!(relays.len(), 1);
        assert_eq!(relays[0].relay, relay.addresses()[0].to_string());
        // 65 bytes of an uncompressed point, which begin with 4.
        assert!(relays[0].key.len() == 87 && relays[0].key.starts_with('B'), "{}", relays[0].key);
        let address = &relays[0].relay;
        anna.engine.subscribe_push(address, ENDPOINT).await.unwrap();
        anna.engine.subscribe_push(address, ENDPOINT).await.unwrap();
        let refused = anna.engine.subscribe_push(address, "http://push.example.net/a").await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        let others = address.replace("127.0.0.1", "127.0.0.2");
        assert_eq!(anna.engine.subscribe_push(&others, ENDPOINT).await, Err(Error::NotFound("relay")));
        anna.engine.unsubscribe_push().await.unwrap();
        anna.engine.unsubscribe_push().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_sends_none_is_no_choice_and_one_that_is_away_is_said() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let silent = relay_with(folders[0].path(), 0, |config| config.web_push = false).await;
    let other = relay(folders[1].path(), 0).await;
    tell(async {
        let anna = Person::new("Anna", &[&silent, &other]).await;
        let relays = anna.engine.push_relays().await.unwrap();
        let addresses: Vec<_> = relays.into_iter().map(|relay| relay.relay).collect();
        assert_eq!(addresses, [other.addresses()[0].to_string()]);
        let refused = anna.engine.subscribe_push(&silent.addresses()[0].to_string(), ENDPOINT).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");

        let ben = Person::new("Ben", &[&silent]).await;
        assert_eq!(ben.engine.push_relays().await, Ok(vec![]));
        silent.stop().await;
        assert!(matches!(ben.engine.push_relays().await, Err(Error::Unreachable(_))));
    })
    .await;
}
