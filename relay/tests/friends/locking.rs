//! Locking: what runs ends at once, and nobody is connected afterwards.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use spinney::dag::Source;
use spinney::engine::Error;
use spinney::engine::api::{Event, FileWriter, Folder, Refusal, TransferState};

use crate::door::Door;
use crate::person::{Person, noise, relay, tell};

#[tokio::test]
async fn what_is_read_or_saved_ends_as_locked_and_no_connection_stays() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut door = Door::before(&relay).await;
        let mut ann = Person::with("Ann", door.config()).await;
        let film = noise(5 << 20, 1);
        let share = ann.share("Film", &[("a.mp4", &film)], &[]).await;
        ann.published().await;
        let mut reading = ann.engine.read(&share.id, "a.mp4", None).await.unwrap();
        let mut archive = ann.engine.archive(&share.id, None, 0).await.unwrap();
        assert!(reading.next().await.unwrap().is_ok());
        assert!(archive.next().await.unwrap().is_ok());
        let saving = ann.engine.save(&share.id, Rc::new(FullFolder), None).await.unwrap();
        ann.ended(&saving, TransferState::Active).await;

        ann.engine.lock().await.unwrap();
        assert_eq!(reading.next().await, Some(Err(Error::Locked)));
        assert_eq!(archive.next().await, Some(Err(Error::Locked)));
        let code = ann.wait("end of saving", |event| match event {
            Event::Transfer(it) if it.id == saving && it.state == TransferState::Failed => it.error.clone(),
            _ => None,
        });
        assert_eq!(code.await.code, "locked");
        // Nothing is left that could say to the relay that this device is here.
        door.until_inside(0).await;
        assert_eq!(ann.engine.read(&share.id, "a.mp4", None).await.map(drop), Err(Error::Locked));
    })
    .await;
    relay.stop().await;
}

/// A folder into which nothing can be written for ever.
struct FullFolder;

#[async_trait(?Send)]
impl Folder for FullFolder {
    async fn is_empty(&self) -> Result<bool, Error> {
        Ok(true)
    }

    async fn folder(&self, _: &str) -> Result<Option<Rc<dyn Folder>>, Error> {
        Ok(None)
    }

    async fn file(&self, _: &str) -> Result<Option<Box<dyn Source>>, Error> {
        Ok(None)
    }

    async fn make_folder(&self, _: &str) -> Result<Rc<dyn Folder>, Refusal> {
        Ok(Rc::new(FullFolder))
    }

    async fn make_file(&self, _: &str) -> Result<Box<dyn FileWriter>, Refusal> {
        Ok(Box::new(FullFolder))
    }
}

#[async_trait(?Send)]
impl FileWriter for FullFolder {
    async fn write(&mut self, _: Bytes) -> Result<(), Error> {
        std::future::pending().await
    }

    async fn close(self: Box<Self>) -> Result<(), Refusal> {
        Ok(())
    }
}
