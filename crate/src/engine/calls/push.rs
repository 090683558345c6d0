//! `push` of the API.

use std::pin::pin;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use futures::future::{Either, join_all, select};

use crate::engine::api::PushRelay;
use crate::engine::{Engine, Error};
use crate::net::{CallError, exchange, keep};
use crate::platform;

/// How long a relay that does not answer is waited for, beside those that do.
const ASKING: Duration = Duration::from_secs(5);

impl Engine {
    /// My relays that send Web Pushes, in the order of the page's settings. A browser subscribes for one of them: the
    /// first, unless it has a subscription of another one.
    ///
    /// # Errors
    ///
    /// `unreachable` if no relay answers.
    pub async fn push_relays(&self) -> Result<Vec<PushRelay>, Error> {
        self.while_unlocked(async |open| {
            let relays = &open.directory.relays;
            let asked = relays.iter().map(async |relay| {
                match select(pin!(open.net.vapid_key(relay)), pin!(platform::sleep(ASKING))).await {
                    Either::Left((key, _)) => key.map_err(refusal),
                    Either::Right(_) => Err(Error::Unreachable(format!("{relay} does not answer"))),
                }
            });
            let answers = join_all(asked).await;
            if let Some(Err(why)) = answers.first()
                && answers.iter().all(Result::is_err)
            {
                return Err(why.clone());
            }
            let keys = relays.iter().zip(answers).filter_map(|(relay, key)| Some((relay, key.ok()??)));
            let shown = keys.map(|(relay, key)| PushRelay {
                relay: relay.to_string(),
                key: BASE64URL_NOPAD.encode(&key),
            });
            Ok(shown.collect())
        })
        .await
    }

    /// Has a relay of mine send a Web Push to this endpoint when something is left for me and no device of mine is there.
    /// It replaces the endpoint that this device had there. To be called again at times: it ends with the certificate of
    /// this device, which is for 60 days.
    ///
    /// # Errors
    ///
    /// `not-found` if it is no relay of mine, `refused` if it does not, `unreachable`.
    pub async fn subscribe_push(&self, relay: &str, endpoint: &str) -> Result<(), Error> {
        self.while_unlocked(async |open| {
            let relay = open.directory.own(relay).ok_or(Error::NotFound("relay"))?;
            open.net.subscribe(&relay, endpoint).await.map_err(refusal)
        })
        .await
    }

    /// Has none of my relays send Web Pushes to this device any more. A relay that is away learns from the push service
    /// that the endpoint is gone, if the browser has ended it.
    ///
    /// # Errors
    ///
    /// `unreachable` or `refused` if a relay did not take it; the others have.
    pub async fn unsubscribe_push(&self) -> Result<(), Error> {
        self.while_unlocked(async |open| {
            let asked = open.directory.relays.iter().map(|relay| open.net.unsubscribe(relay));
            join_all(asked).await.into_iter().collect::<Result<(), _>>().map_err(refusal)
        })
        .await
    }
}

fn refusal(why: CallError<keep::Refusal>) -> Error {
    match why {
        CallError::Exchange(exchange::Error::Refused(keep::Refusal::NotAdmitted)) => Error::NotInvited,
        CallError::Exchange(exchange::Error::Refused(why)) => Error::Refused(why.to_string()),
        why => Error::Unreachable(why.to_string()),
    }
}
