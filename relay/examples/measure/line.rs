//! A line between a device and a relay: as slow as it is told to be, and counting what it carries.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;

/// Pieces on the way in one direction: more than any window of ours.
const ON_THE_WAY: usize = 1 << 10;

pub(crate) struct Line {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    bytes: AtomicU64,
    /// Microseconds that each byte takes from one end to the other.
    delay: AtomicU64,
    /// Bytes a second that it carries each way; any number if this is 0.
    rate: AtomicU64,
}

impl Line {
    /// A line to the listener at `to`, for everybody who calls.
    pub(crate) async fn to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        tokio::spawn({
            let shared = shared.clone();
            async move {
                while let Ok((near, _)) = listener.accept().await {
                    let Ok(far) = TcpStream::connect(to).await else { continue };
                    near.set_nodelay(true).unwrap();
                    far.set_nodelay(true).unwrap();
                    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                    tokio::spawn(carry(near_in, far_out, shared.clone()));
                    tokio::spawn(carry(far_in, near_out, shared.clone()));
                }
            }
        });
        Self { address, shared }
    }

    /// Bytes that it has carried, both ways.
    pub(crate) fn bytes(&self) -> u64 {
        self.shared.bytes.load(Relaxed)
    }

    /// How long the way there and back takes from now on.
    pub(crate) fn set_round_trip(&self, time: Duration) {
        self.shared.delay.store(time.as_micros() as u64 / 2, Relaxed);
    }

    /// How many bytes a second it carries each way from now on.
    pub(crate) fn set_rate(&self, rate: u64) {
        self.shared.rate.store(rate, Relaxed);
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: Arc<Shared>) {
    let (pieces, mut arriving) = mpsc::channel::<(Instant, Vec<u8>)>(ON_THE_WAY);
    tokio::spawn(async move {
        while let Some((at, piece)) = arriving.recv().await {
            sleep_until(at).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    });
    let mut buffer = vec![0; PIECE];
    let mut is_free = Instant::now();
    while let Ok(len @ 1..) = from.read(&mut buffer).await {
        shared.bytes.fetch_add(len as u64, Relaxed);
        let rate = shared.rate.load(Relaxed);
        if rate > 0 {
            is_free = is_free.max(Instant::now()) + Duration::from_secs_f64(len as f64 / rate as f64);
            // Nothing is read ahead, so that the sender notices how slow it is.
            sleep_until(is_free).await;
        }
        let at = Instant::now() + Duration::from_micros(shared.delay.load(Relaxed));
        if pieces.send((at, buffer[..len].to_vec())).await.is_err() {
            return;
        }
    }
}
