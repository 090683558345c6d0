//! Entry points for fuzzing, of what is private.

use bytes::Bytes;
use cid::Cid;
use futures::executor::block_on;
use libp2p::PeerId;
use libp2p::identity::{Keypair, ed25519};
use prost::Message as _;

use super::wire::{Block, Entry, Malformed, Message, Presence, PresenceType, WantType, Wantlist};
use crate::format::{RAW, cid_of};

pub use super::client::fuzzing::client;
pub use super::server::fuzzing::server;

/// Reads bytes as a message. One that is read comes back from its own encoding, and blocks are named by their bytes.
pub fn message(bytes: &Bytes) {
    let Ok(message) = Message::read(bytes.clone()) else { return };
    let again = Message::read(message.encode_to_vec().into());
    assert_eq!(again.as_ref().map_err(|_| Malformed), Ok(&message));
    for block in &message.payload {
        if let Some((cid, data)) = block_on(block.named()) {
            assert_eq!(block_on(Block::new(&cid, data).named()).map(|(again, _)| again), Some(cid));
        }
    }
}

/// Conversations of honest peers: wants, blocks and their absence.
pub fn seeds() -> Vec<Vec<Bytes>> {
    let wants = |entries, full| Message { wantlist: Some(Wantlist { entries, full }), ..Message::default() };
    let [one, two, three] = WANTED.map(cid);
    let have = Entry { want: WantType::Have.into(), ..Entry::ask(&two) };
    let block = |byte: u8| Block::new(&cid(byte), vec![byte; BLOCK].into());
    let absent = Presence::new(&two, PresenceType::DontHave);
    let answer = Message { payload: vec![block(1), block(3)], presences: vec![absent], ..Message::default() };
    let asked = [
        wants(vec![Entry::ask(&one), have.clone(), Entry::ask(&three)], false),
        wants(vec![Entry::cancel(&one), Entry::ask(&two)], false),
        wants(vec![have], true),
    ];
    let bytes = |message: &Message| Bytes::from(message.encode_to_vec());
    vec![asked.iter().map(bytes).collect(), vec![bytes(&answer)]]
}

/// Blocks that our side asks for. Each is its byte, so often as [`BLOCK`] says.
pub(super) const WANTED: [u8; 3] = [1, 2, 3];
/// See [`WANTED`].
pub(super) const BLOCK: usize = 40;

pub(super) fn cid(byte: u8) -> Cid {
    cid_of(RAW, &[byte; BLOCK])
}

/// Two peers that send messages.
pub(super) fn peers() -> [PeerId; 2] {
    [1, 2].map(|seed| {
        let secret = ed25519::SecretKey::try_from_bytes([seed; 32]).expect("a secret key is any 32 bytes");
        Keypair::from(ed25519::Keypair::from(secret)).public().to_peer_id()
    })
}
