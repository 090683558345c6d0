//! What a person asks of pinning services: to add one, to remove it, and to see what each holds.

use crate::engine::Error;
use crate::engine::api::ServiceKeeping;
use crate::engine::state::{Held, Tables};
use crate::format::text;
use crate::net::pinning::{Client, Endpoint, Status, Trouble};
use crate::social::pinning::{Name, PinningService, Token};

use super::super::handle::{Args, Keeping};

/// Services of one person. Each is asked for every share.
const MAX_SERVICES: usize = 8;

impl Keeping {
    /// Adds a service, if it answers and accepts the token.
    ///
    /// # Errors
    ///
    /// `invalid-name` for a name or address that cannot be taken, `already-exists` if the name is used, and `unreachable` or
    /// `refused` as the service answers.
    pub(in crate::engine) async fn add_service(
        &self,
        name: &str,
        endpoint: &str,
        token: &str,
    ) -> Result<(), Error> {
        let Args { state, directory, http, .. } = &self.0.args;
        let name = text::name(name).map_err(Error::invalid)?;
        let endpoint = Endpoint::parse(endpoint, directory.on_loopback).ok_or(Error::ServiceAddress)?;
        let token = Token::typed(token).ok_or(Error::Service(Trouble::Token))?;
        state.read(|tables| has_place(tables, &name))?;
        let client = Client { http, endpoint: &endpoint, token: token.as_str() };
        client.check().await.map_err(|failure| Error::Service(failure.trouble))?;
        let service = PinningService { name, endpoint: endpoint.as_str().to_owned(), token };
        let added = state.update(move |tx| {
            has_place(tx, &service.name)?;
            tx.services.insert(Name::random(), service);
            Ok(())
        });
        added.await
    }

    /// Removes a service with its token. What it holds stays there. Idempotent.
    pub(in crate::engine) async fn remove_service(&self, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        let removed = self.0.args.state.remove(move |tx| {
            tx.services.remove_where(|_, service| service.name == name);
            Ok(())
        });
        removed.await
    }

    /// What each service holds.
    pub(in crate::engine) fn services(&self) -> Vec<ServiceKeeping> {
        let Args { state, directory, .. } = &self.0.args;
        state.read(|tables| {
            let nothing = Held::default();
            let all = tables.services.iter().map(|(name, service)| {
                let held = tables.held.get(name).unwrap_or(&nothing);
                let host = Endpoint::parse(&service.endpoint, true).map(|it| it.host().to_owned());
                // As each share is now: of a revision before it is there, the one before does not count.
                let of = |wanted: fn(Status) -> bool| {
                    let pins = held.pins.iter().filter(move |pin| wanted(pin.status));
                    let shares = pins.filter_map(|pin| Some((pin.cid, tables.shares.get(&pin.of()?)?)));
                    let mine =
                        shares.filter(|(cid, share)| share.author == directory.id && share.block() == *cid);
                    mine.map(|(_, share)| share.id().to_string())
                };
                let failed = held.pins.iter().find(|pin| pin.status == Status::Failed);
                let said = match &held.trouble {
                    Some(failed) => failed.said.clone(),
                    None => failed.and_then(|pin| pin.said.clone()),
                };
                ServiceKeeping {
                    name: service.name.clone(),
                    host: host.unwrap_or_default(),
                    shares: of(|it| it == Status::Pinned).collect(),
                    waiting: of(|it| matches!(it, Status::Queued | Status::Pinning)).count() as u64,
                    failed: of(|it| it == Status::Failed).count() as u64,
                    checked: held.at,
                    trouble: held.trouble.as_ref().map(|failed| failed.trouble),
                    said,
                }
            });
            all.collect()
        })
    }
}

/// Whether one more service of this name may be added.
fn has_place(tables: &Tables, name: &str) -> Result<(), Error> {
    if tables.services.values().any(|service| service.name == name) {
        return Err(Error::ServiceKnown);
    }
    if tables.services.len() >= MAX_SERVICES {
        return Err(Error::invalid(format!("there are {MAX_SERVICES} services: remove one first")));
    }
    Ok(())
}
