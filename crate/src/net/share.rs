//! `/spinney/share/1`: a reader of a share shows a device that keeps it that they are one.
//!
//! The asker sends `open {tag, proof}` and gets `done`, or `refused {code}`. Noise has authenticated both devices, and the
//! proof is bound to both, so it needs no nonce and is worth nothing elsewhere. Who has shown it is served what is kept of
//! the share until their last connection ends.
//!
//! A device that keeps nothing answers like one that keeps something else: one code of authentication is computed for
//! each request, and the answer comes [`ANSWER_AFTER`] the request.

use std::time::Duration;

use futures::{AsyncRead, AsyncWrite, AsyncWriteExt};
use libp2p::identity::PublicKey;
use libp2p::{PeerId, StreamProtocol};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use super::exchange::{self, Violation};
use super::frame::{self, FrameError};
use super::within;
use crate::crypto::sign::VerifyingKey;
use crate::format::keep::FetchKey;
use crate::platform::{self, Instant};

/// The protocol's name.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/spinney/share/1");

/// When a request is answered, counted from its arrival: longer than any answer takes to be found.
pub const ANSWER_AFTER: Duration = Duration::from_millis(100);

/// Requests of one device that are answered within a minute: a reader needs one for each share that they look at.
pub const MAX_A_MINUTE: usize = 64;

/// The longest message: two digests and the words around them.
const MAX_MESSAGE: usize = 256;

/// Time for one message.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a request failed, and whose fault it is.
pub type Error = exchange::Error<Refused>;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Request {
    Open { tag: ByteArray<32>, proof: ByteArray<32> },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Done,
    Refused { code: Refused },
}

/// The one code of a refusal: it does not say why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[error("nothing of this is kept for you here")]
pub enum Refused {
    /// The share is not kept, or the proof does not fit, or too much was asked.
    No,
}

/// Keeps shares for others. [`serve`] speaks the protocol for it.
pub trait Host {
    /// Whether the device that asks is a reader's, of the share that it names. From then on it is served.
    ///
    /// Computes one code of authentication, whether the share is known or not.
    fn open(&self, peer: PeerId, asker: &VerifyingKey, tag: &[u8; 32], proof: &[u8; 32]) -> bool;
}

/// The key of a device: it stands in its peer id.
pub fn key_of(peer: &PeerId) -> Option<VerifyingKey> {
    let key = PublicKey::try_decode_protobuf(peer.as_ref().digest()).ok()?.try_into_ed25519().ok()?;
    VerifyingKey::from_bytes(&key.to_bytes()).ok()
}

/// Asks a device that keeps a share to serve it to this one.
///
/// # Errors
///
/// `Refused` if it does not keep it, or not for who shows this key.
pub async fn open<S>(
    mut stream: S,
    key: &FetchKey,
    me: &VerifyingKey,
    keeper: &VerifyingKey,
) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (tag, proof) = (key.tag(keeper), key.proof(me, keeper));
    let request = Request::Open { tag: ByteArray::new(tag), proof: ByteArray::new(proof) };
    frame::send(&mut stream, &request).await?;
    let answer = within(PATIENCE, exchange::expect(&mut stream, MAX_MESSAGE)).await;
    match answer.unwrap_or(Err(FrameError::Late))? {
        Answer::Done => Ok(()),
        Answer::Refused { code } => Err(Error::Refused(code)),
    }
}

/// Serves one request of a device.
pub async fn serve<S, H>(mut stream: S, peer: PeerId, host: &H) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Host + ?Sized,
{
    let request = within(PATIENCE, exchange::expect(&mut stream, MAX_MESSAGE)).await;
    let Request::Open { tag, proof } = request.unwrap_or(Err(FrameError::Late))?;
    let came = Instant::now();
    let asker = key_of(&peer).ok_or(Violation::Unasked)?;
    let is_open = host.open(peer, &asker, &tag, &proof);
    platform::sleep(ANSWER_AFTER.saturating_sub(came.elapsed())).await;
    let answer = if is_open { Answer::Done } else { Answer::Refused { code: Refused::No } };
    frame::send(&mut stream, &answer).await?;
    Ok(stream.close().await.map_err(FrameError::from)?)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::join;
    use libp2p::identity::Keypair;
    use tokio_util::compat::TokioAsyncReadCompatExt;

    use super::*;
    use crate::net::block_on;

    /// Keeps one share.
    struct Ben {
        key: FetchKey,
        me: VerifyingKey,
        opened: RefCell<Vec<PeerId>>,
    }

    impl Host for Ben {
        fn open(&self, peer: PeerId, asker: &VerifyingKey, tag: &[u8; 32], proof: &[u8; 32]) -> bool {
            let is_good = *tag == self.key.tag(&self.me) && self.key.check(asker, &self.me, proof).is_ok();
            if is_good {
                self.opened.borrow_mut().push(peer);
            }
            is_good
        }
    }

    fn device() -> (PeerId, VerifyingKey) {
        let peer = Keypair::generate_ed25519().public().to_peer_id();
        (peer, key_of(&peer).expect("it is an Ed25519 key"))
    }

    /// What Ben answers to a device that shows `key`, and how long it takes.
    fn ask(ben: &Ben, key: &FetchKey, shown: VerifyingKey, from: PeerId) -> (Result<(), Error>, Duration) {
        let (near, far) = tokio::io::duplex(4096);
        block_on(async {
            let begin = Instant::now();
            let (answer, served) =
                join!(open(near.compat(), key, &shown, &ben.me), serve(far.compat(), from, ben));
            served.expect("the request keeps to the protocol");
            (answer, begin.elapsed())
        })
    }

    #[test]
    fn a_reader_is_let_in_and_a_stranger_is_told_no_at_the_same_time() {
        let (key, (_, me)) = (FetchKey::from_bytes([7; 32]), device());
        let ben = Ben { key: key.clone(), me, opened: RefCell::default() };
        let ((cleo, cleos), (eve, eves)) = (device(), device());
        let (answer, took) = ask(&ben, &key, cleos, cleo);
        answer.expect("she is a reader");
        assert!(took >= ANSWER_AFTER);
        let other = FetchKey::from_bytes([8; 32]);
        for (what, key, shown) in [("no reader", &other, eves), ("somebody else's proof", &key, cleos)] {
            let (answer, took) = ask(&ben, key, shown, eve);
            assert!(matches!(answer, Err(Error::Refused(Refused::No))), "{what}");
            assert!(took >= ANSWER_AFTER, "{what}");
        }
        assert_eq!(*ben.opened.borrow(), [cleo]);
    }
}
