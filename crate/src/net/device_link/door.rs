//! Who may speak with a device that shows a code: few at a time, and nobody keeps the right one out.

use std::cell::Cell;
use std::rc::Rc;

use futures::channel::mpsc;
use futures::future::{AbortHandle, Abortable};
use futures::stream::FuturesUnordered;
use futures::{StreamExt, select};
use libp2p::PeerId;

use super::{Host, serve};
use crate::net::share::key_of;
use crate::net::streams::IncomingStream;

/// Conversations at once. A device that has read the code needs one message more to be told from others, so to keep it
/// out somebody needs so many devices of their own within one round trip, again and again.
pub const MAX_STREAMS: usize = 16;

/// One conversation.
struct Visitor {
    peer: PeerId,
    /// Whether it has shown that it has read the code.
    is_welcome: Rc<Cell<bool>>,
    abort: AbortHandle,
}

/// Serves every stream that comes.
///
/// One device has one conversation: its newest. Where there are [`MAX_STREAMS`], the oldest gives way. The one with the
/// welcome device goes on.
pub async fn answer_all<H: Host>(mut accepted: mpsc::Receiver<IncomingStream>, host: &H) {
    let mut visitors: Vec<Visitor> = Vec::new();
    let mut running = FuturesUnordered::new();
    loop {
        select! {
            incoming = accepted.next() => {
                let Some(IncomingStream { peer, stream, .. }) = incoming else { return };
                let Some(key) = key_of(&peer) else { continue };
                visitors.retain(|visitor| !visitor.abort.is_aborted());
                make_room(&mut visitors, peer);
                let (abort, registration) = AbortHandle::new_pair();
                let is_welcome = Rc::new(Cell::new(false));
                visitors.push(Visitor { peer, is_welcome: is_welcome.clone(), abort: abort.clone() });
                let served = Abortable::new(serve(stream, key, host, move || is_welcome.set(true)), registration);
                running.push(async move {
                    if let Ok(Err(why)) = served.await {
                        tracing::debug!(%peer, %why, "a conversation about a code ended");
                    }
                    // So that it is no visitor any more.
                    abort.abort();
                });
            }
            () = running.select_next_some() => {}
        }
    }
}

/// Ends the conversation that a new one of this device takes the place of, or the oldest if there are too many.
fn make_room(visitors: &mut Vec<Visitor>, peer: PeerId) {
    let others = |visitor: &Visitor| !visitor.is_welcome.get();
    let former = visitors.iter().position(|visitor| visitor.peer == peer && others(visitor));
    let oldest = || {
        let oldest = visitors.iter().position(others);
        oldest.filter(|_| visitors.len() >= MAX_STREAMS)
    };
    if let Some(at) = former.or_else(oldest) {
        visitors.remove(at).abort.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(peer: PeerId, is_welcome: bool) -> Visitor {
        let (abort, _) = AbortHandle::new_pair();
        Visitor { peer, is_welcome: Rc::new(Cell::new(is_welcome)), abort }
    }

    #[test]
    fn a_new_conversation_ends_the_former_of_its_device_or_the_oldest_and_never_the_welcome_one() {
        let peers: Vec<_> = (0..MAX_STREAMS).map(|_| PeerId::random()).collect();
        let welcome = visitor(peers[0], true);
        let others = peers[1..].iter().map(|peer| visitor(*peer, false));
        let mut visitors: Vec<_> = std::iter::once(welcome).chain(others).collect();
        let here = |visitors: &[Visitor]| visitors.iter().map(|visitor| visitor.peer).collect::<Vec<_>>();

        make_room(&mut visitors, peers[5]);
        assert!(!here(&visitors).contains(&peers[5]) && visitors.len() == MAX_STREAMS - 1);
        make_room(&mut visitors, PeerId::random());
        assert_eq!(visitors.len(), MAX_STREAMS - 1, "there is room");
        visitors.push(visitor(PeerId::random(), false));
        let oldest = visitors[1].abort.clone();
        make_room(&mut visitors, PeerId::random());
        assert!(oldest.is_aborted());
        make_room(&mut visitors, peers[0]);
        assert_eq!(visitors[0].peer, peers[0], "the same device again");
    }
}
