//! Reads of single blocks. Requests that arrive while a transaction reads share the next one.

use std::{cell::RefCell, rc::Rc};

use bytes::Bytes;
use futures::{channel::oneshot, future::join_all};
use wasm_bindgen::JsValue;

use super::{StoreError, connection::Connection, schema::BLOCKS, value};
use crate::platform;

type Answer = Result<Option<Bytes>, StoreError>;
/// A key, and where to send its block.
type ReadRequest = (JsValue, oneshot::Sender<Answer>);

/// Requests for blocks of one database.
#[derive(Debug)]
pub(super) struct Reads {
    connection: Rc<Connection>,
    /// `None` if nothing is being read.
    waiting: RefCell<Option<Vec<ReadRequest>>>,
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
        // There is no answer only if no transaction could start.
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn read_all(self: Rc<Self>) {
        while let Some(wanted) = self.next() {
            let read = async move |blocks: rexie::Store| {
                let answer = async |(key, reply): ReadRequest| {
                    let got = blocks.get(key).await;
                    // The caller may be gone.
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

    /// Takes the requests that the next transaction reads.
    fn next(&self) -> Option<Vec<ReadRequest>> {
        let mut waiting = self.waiting.borrow_mut();
        let next = waiting.as_mut().map(std::mem::take).filter(|next| !next.is_empty());
        if next.is_none() {
            *waiting = None;
        }
        next
    }
}
