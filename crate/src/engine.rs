//! The engine: composes everything else; commands in, events out.
//!
//! An [`Engine`] has at most one unlocked profile, whose keys, state and tasks are a session: it begins with the
//! passphrase, or by itself where the profile stays signed in, and ends when the profile is locked. What must survive that is in rows ([`rows`]), sealed, and is
//! taken up again at the next unlock. Whoever opens a link without a profile is a [`guest`]. Two ways lead through the house: [`publish`] pushes what is new to the own
//! relays, [`follow`] takes in what contacts published.
//!
//! Single-threaded: natively it runs on a `tokio::task::LocalSet`.
#![forbid(unsafe_code)]

mod add;
pub mod api;
mod archive;
mod ask;
mod audience;
mod commands;
mod contacts;
mod download;
mod draft;
mod events;
mod follow;
mod getter;
mod guest;
mod heard;
mod intake;
mod kept;
mod links;
mod mailbox;
mod more_files;
mod neighbours;
mod network;
mod open_link;
mod pass_on;
mod people;
mod profiles;
mod public;
mod publish;
mod published;
mod receipts;
mod receive;
mod relations;
mod relays;
mod relist;
mod requests;
mod restore;
mod rows;
mod serve;
mod session;
mod shares;
mod signed_in;
mod storage;
mod transfers;
mod turns;
mod verify;
mod wake;

use std::cell::RefCell;
use std::rc::Rc;

use crate::store::{Databases, PROFILES, Store};

pub use api::{Error, Fault};
pub use events::Events;

use api::Config;
use events::Hub;
use session::Session;

/// Handle to an engine. Every method is one call of `spinney.d.ts`; dropping its future cancels it.
#[derive(Clone)]
pub struct Engine(Rc<Inner>);

struct Inner {
    config: Config,
    databases: Rc<dyn Databases>,
    /// The database of the profile list.
    profiles: Rc<dyn Store>,
    hub: Rc<Hub>,
    session: RefCell<Option<Rc<Session>>>,
    /// Reads what links lead to while there is no session.
    guest: RefCell<Option<Rc<Session>>>,
}

impl Engine {
    /// Opens the profile list, and the profile that stays signed in, if there is one.
    pub async fn open(config: Config, databases: Rc<dyn Databases>) -> Result<Self, Error> {
        let profiles = databases.open(PROFILES).await?;
        let (session, guest) = Default::default();
        let inner = Inner { config, databases, profiles, hub: Rc::default(), session, guest };
        let engine = Self(Rc::new(inner));
        engine.open_signed_in().await;
        Ok(engine)
    }

    /// Every event from now on; dropping the stream unsubscribes.
    pub fn events(&self) -> Events {
        self.0.hub.listen()
    }

    /// Ends as a tab does that is closed. What was not finished goes on with the next engine.
    pub async fn shutdown(&self) {
        self.end().await;
    }
}
