//! A door before a relay, which counts who comes through it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use spinney::engine::api::Config;
use spinney_relay::Server;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A port that leads to a relay. Dropping it closes every connection.
pub(crate) struct Door {
    address: String,
    came: Arc<AtomicUsize>,
    inside: watch::Receiver<usize>,
    _task: JoinSet<()>,
}

impl Door {
    /// Opens a door before this relay.
    pub(crate) async fn before(relay: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let direct = relay.addresses()[0].to_string();
        let address = direct.replace(&format!("/tcp/{}/", relay.local().port()), &format!("/tcp/{port}/"));
        assert_ne!(address, direct);
        let (came, to) = (Arc::new(AtomicUsize::new(0)), relay.local());
        let (count, inside) = watch::channel(0);
        let (counted, count) = (came.clone(), Arc::new(count));
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut through = JoinSet::new();
            loop {
                let (mut outer, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                count.send_modify(|inside| *inside += 1);
                let count = count.clone();
                through.spawn(async move {
                    if let Ok(mut inner) = TcpStream::connect(to).await {
                        // It ends with the first of both that goes.
                        let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
                    }
                    count.send_modify(|inside| *inside -= 1);
                });
            }
        });
        Self { address, came, inside, _task: task }
    }

    /// The address of the relay, through the door.
    pub(crate) fn address(&self) -> String {
        self.address.clone()
    }

    /// How a page is set up whose one relay is behind the door.
    pub(crate) fn config(&self) -> Config {
        Config { relays: vec![self.address()], on_loopback: true, ..Config::default() }
    }

    /// How many connections have come so far.
    pub(crate) fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }

    /// Waits until so many connections are open.
    pub(crate) async fn until_inside(&mut self, many: usize) {
        self.inside.wait_for(|inside| *inside == many).await.unwrap();
    }
}
