use super::*;
use crate::format::{RAW, cid_of};
use crate::net::streams::Control;

fn wantlist(number: u32) -> Wantlist {
    Wantlist { entries: vec![Entry::ask(&cid_of(RAW, &number.to_be_bytes()))], full: false }
}

#[test]
fn a_ledger_that_rests_makes_room_and_one_with_wants_does_not() {
    let here = Some(IpAddr::from([192, 0, 2, 1]));
    let there = Some(IpAddr::from([192, 0, 2, 2]));
    let bounds = Bounds { ledgers: 3, ledgers_of_network: 2, ..Bounds::default() };
    let (exchange, _driver) = Exchange::with_bounds(Control::new(), bounds.clone()).unwrap();
    let mut state = exchange.state();
    let peers: Vec<PeerId> = (0..5).map(|_| PeerId::random()).collect();
    let take = |state: &mut State, at: usize, network| {
        state.take_wants(peers[at], network, &wantlist(at as u32), &bounds)
    };
    take(&mut state, 0, here).unwrap();
    take(&mut state, 1, here).unwrap();
    let unserved = take(&mut state, 2, here).unwrap_err();
    assert_eq!(unserved.0, [cid_of(RAW, &2u32.to_be_bytes())], "the peer is told");
    take(&mut state, 3, there).unwrap();
    assert!(take(&mut state, 4, there).is_err(), "all are taken");
    // What the first peer wants is answered.
    assert!(state.next_want(peers[0]).is_some());
    assert!(take(&mut state, 2, here).is_err(), "the answer is on its way");
    state.rest(peers[0]);
    take(&mut state, 2, here).unwrap();
    assert!(!state.ledgers.contains_key(&peers[0]));
}
