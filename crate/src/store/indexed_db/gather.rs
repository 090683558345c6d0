//! Reads of single blocks, gathered: those that are asked for while others are under way share the next transaction.

use std::{cell::RefCell, rc::Rc};

use bytes::Bytes;
use futures::{channel::oneshot, future::join_all};
use wasm_bindgen::JsValue;

use super::{StoreError, connection::Connection, schema::BLOCKS, value};
use crate::platform;

type Answer = Result<Option<Bytes>, StoreError>;
/// A key, and who asked for its block.
type Asked = (JsValue, oneshot::Sender<Answer>);

/// Who waits for blocks of one database.
#[derive(Debug)]
pub(super) struct Reads {
    connection: Rc<Connection>,
    /// `None` while nothing is read.
    waiting: RefCell<Option<Vec<Asked>>>,
}

impl Reads {
    pub(super) fn new(connection: Rc<Connection>) -> Rc<Self> {
        Rc::new(Self { connection, waiting: RefCell::default() })
    }

    /// The block under a key.
    pub(super) async fn block(self: &Rc<Self>, key: JsValue) -> Answer {
        let (reply, answer) = oneshot::channel();
        match &mut *self.waiting.borrow_mut() {
            Some(waiting) => waiting.push((key, reply)),
            idle => {
                *idle = Some(vec![(key, reply)]);
                platform::spawn(Rc::clone(self).read_all());
            }
        }
        // Nobody answers only where no transaction could begin.
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn read_all(self: Rc<Self>) {
        while let Some(wanted) = self.next() {
            let read = async move |blocks: rexie::Store| {
                let answer = async |(key, reply): Asked| {
                    let got = blocks.get(key).await;
                    // Whoever asked may be gone.
                    let _ =
                        reply.send(got.map(|block| value(block).map(Bytes::from)).map_err(StoreError::from));
                };
                join_all(wanted.into_iter().map(answer)).await;
                Ok(())
            };
            if let Err(why) = self.connection.read(BLOCKS, read).await {
                tracing::debug!(%why, "blocks cannot be read");
            }
        }
    }

    /// What the next transaction reads.
    fn next(&self) -> Option<Vec<Asked>> {
        let mut waiting = self.waiting.borrow_mut();
        let next = waiting.as_mut().map(std::mem::take).filter(|next| !next.is_empty());
        if next.is_none() {
            *waiting = None;
        }
        next
    }
}
