//! Proof of work, like hashcash: a small cost for mail from a stranger.
//!
//! It protects only the recipient's room. No secret depends on it. The task is to find a nonce such that
//! `digest("mailbox-work", day ‖ recipient ‖ SHA-256 of the mail ‖ nonce)`, day as u32be and nonce as u64be,
//! starts with as many zero bits as the relay asks for. Each bit doubles the work. A proof is for one mail,
//! on one day, at all relays of the recipient.

use serde::{Deserialize, Serialize};

use super::{Digest, Price};
use crate::{crypto::digest, keys::Id};

/// The most work for one mail: some ten seconds of a phone. If a relay asks for more, we refuse.
pub const MAX_BITS: u32 = 24;

/// A proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The relay's day, counted from 1970.
    pub day: u32,
    /// The nonce, which makes the digest start with zeros.
    pub nonce: u64,
}

impl Work {
    /// Returns the leading zero bits of the digest.
    pub fn bits(&self, to: &Id, mail: &Digest) -> u32 {
        let parts: [&[u8]; 4] = [&self.day.to_be_bytes(), to.as_bytes(), mail, &self.nonce.to_be_bytes()];
        let digest = digest("mailbox-work", &parts);
        let zeros = digest.iter().take_while(|byte| **byte == 0).count();
        zeros as u32 * 8 + digest.get(zeros).map_or(0, |byte| byte.leading_zeros())
    }
}

/// A search that can be paused.
#[derive(Debug)]
pub struct Search {
    price: Price,
    to: Id,
    mail: Digest,
    next: u64,
}

impl Search {
    /// Starts a search for the price of one mail.
    pub fn new(price: Price, to: Id, mail: Digest) -> Self {
        Self { price, to, mail, next: 0 }
    }

    /// Tries so many more nonces.
    pub fn step(&mut self, tries: u64) -> Option<Work> {
        let nonces = self.next..self.next + tries;
        self.next = nonces.end;
        let works = nonces.map(|nonce| Work { day: self.price.day, nonce });
        works.into_iter().find(|work| work.bits(&self.to, &self.mail) >= self.price.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::sign::SigningKey;

    fn id(seed: u8) -> Id {
        SigningKey::from_bytes(&[seed; 32]).verifying_key().into()
    }

    #[test]
    fn what_is_found_is_for_this_mail_recipient_and_day_alone() {
        let (to, mail, price) = (id(1), [7; 32], Price { day: 20_000, bits: 12 });
        let mut search = Search::new(price, to, mail);
        let work = std::iter::repeat_with(|| search.step(1000)).take(1000).flatten().next().unwrap();
        assert!(work.bits(&to, &mail) >= 12);
        assert!(work.bits(&id(2), &mail) < 12);
        assert!(work.bits(&to, &[8; 32]) < 12);
        assert!(Work { day: 20_001, ..work }.bits(&to, &mail) < 12);
    }

    #[test]
    fn bits_are_counted_over_the_digest_as_the_protocol_has_it() {
        let (to, mail) = (id(1), [7; 32]);
        for nonce in 0..500 {
            let work = Work { day: 3, nonce };
            let bytes =
                [&b"spinney/v1/mailbox-work\0\0\0\0\x03"[..], to.as_bytes(), &mail, &nonce.to_be_bytes()];
            let digest = crate::crypto::sha256(&bytes.concat());
            let bits: String = digest.iter().map(|byte| format!("{byte:08b}")).collect();
            assert_eq!(work.bits(&to, &mail) as usize, bits.find('1').unwrap());
        }
    }
}
