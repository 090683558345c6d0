//! Envelopes whose signature does not count, each made from that of the plain profile.

use curve25519_dalek::Scalar;
use curve25519_dalek::edwards::EdwardsPoint;
use ipld_core::ipld::Ipld;
use sha2::{Digest, Sha512};
use spinney::crypto::kdf;
use spinney::crypto::sign::{SIGNATURE_LEN, VerifyingKey};
use spinney::format::profile::Profile;
use spinney::format::root::Root;
use spinney::format::{cbor, signed};

use crate::case::{Case, hex};
use crate::people::{Person, alice, bob};
use crate::public::{refused, sign_broken, text, with};

/// The neutral point: of order 1, and a signer or commitment whose equation holds for any message.
const NEUTRAL: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// The order of the group, little-endian.
const ORDER: [u8; 32] = {
    let mut bytes = [0; 32];
    let low =
        [0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14];
    let mut i = 0;
    while i < low.len() {
        bytes[i] = low[i];
        i += 1;
    }
    bytes[31] = 0x10;
    bytes
};

/// The parts of an envelope's signature, to be put together otherwise.
struct Cose {
    protected: Vec<u8>,
    object: Ipld,
    signature: [u8; SIGNATURE_LEN],
}

impl Cose {
    fn of(envelope: &[u8]) -> Self {
        let Ipld::Map(parts) = cbor::to_ipld(envelope).unwrap() else { panic!("an envelope is a map") };
        let Ipld::Bytes(cose) = parts["signature"].clone() else { panic!("a signature is bytes") };
        let (before, signature) = cose.split_last_chunk().unwrap();
        // 84 58 LL, the protected header, a0 f6 58 40.
        let protected = before[3..before.len() - 4].to_vec();
        Self { protected, object: parts["object"].clone(), signature: *signature }
    }

    /// What is signed: the Sig_structure.
    fn message(&self) -> Vec<u8> {
        let bstr = |bytes: &[u8]| cbor::from_ipld(&Ipld::Bytes(bytes.to_vec()));
        let object = bstr(&cbor::from_ipld(&self.object));
        [&b"\x84\x6aSignature1"[..], &bstr(&self.protected), b"\x40", &object].concat()
    }

    fn bytes(&self) -> Vec<u8> {
        let length = u8::try_from(self.protected.len()).unwrap();
        [&[0x84, 0x58, length], &self.protected[..], b"\xa0\xf6\x58\x40", &self.signature].concat()
    }

    fn envelope(&self) -> Vec<u8> {
        envelope(self.object.clone(), self.bytes())
    }

    /// SHA-512(R ‖ A ‖ message) as a scalar.
    fn challenge(&self, commitment: &[u8; 32], signer: &[u8; 32]) -> Scalar {
        let hash = Sha512::new()
            .chain_update(commitment)
            .chain_update(signer)
            .chain_update(self.message())
            .finalize();
        Scalar::from_bytes_mod_order_wide(&hash.into())
    }
}

fn envelope(object: Ipld, signature: Vec<u8>) -> Vec<u8> {
    let parts = [("object".to_owned(), object), ("signature".to_owned(), Ipld::Bytes(signature))];
    cbor::from_ipld(&Ipld::Map(parts.into()))
}

/// The private scalar of an identity (RFC 8032 section 5.1.5).
fn scalar(person: &Person) -> Scalar {
    let seed = kdf::<32>(&*person.phrase.seed(0), "identity", b"");
    let hash: [u8; 64] = Sha512::digest(*seed).into();
    let mut low: [u8; 32] = *hash.first_chunk().unwrap();
    low[0] &= 248;
    low[31] = low[31] & 127 | 64;
    Scalar::from_bytes_mod_order(low)
}

/// S and L: the same number modulo L.
fn second_spelling(s: &[u8; 32]) -> [u8; 32] {
    let mut sum = [0; 32];
    let mut carry = 0;
    for (i, byte) in sum.iter_mut().enumerate() {
        let all = u16::from(s[i]) + u16::from(ORDER[i]) + carry;
        (*byte, carry) = ((all & 0xff) as u8, all >> 8);
    }
    sum
}

pub(crate) fn cases() -> Vec<Case> {
    let (alice, bob) = (alice(), bob());
    let bytes = signed::sign(alice.key(), &alice.profile("Alice")).unwrap();
    let good = || Cose::of(&bytes);
    assert_eq!(good().envelope(), bytes);
    let refuse = |name: &str, says: &str, signer: &VerifyingKey, bytes: &[u8]| {
        refused::<Profile>((&format!("envelope-{name}"), "plain"), says, signer, bytes)
    };
    let changed = |name: &str, says: &str, change: &dyn Fn(&mut Cose)| {
        let mut cose = good();
        change(&mut cose);
        refuse(name, says, &alice.id, &cose.envelope())
    };
    let Ipld::Map(mut third) = cbor::to_ipld(&bytes).unwrap() else { panic!("an envelope is a map") };
    third.insert("extra".to_owned(), Ipld::Integer(1));
    let tagged = envelope(good().object, [&[0xd2][..], &good().bytes()].concat());
    let cut = envelope(good().object, good().bytes()[1..].to_vec());
    let Ipld::Map(mut alone) = cbor::to_ipld(&bytes).unwrap() else { panic!("an envelope is a map") };
    alone.remove("object");
    vec![
        refuse("another-signer", "Signed by somebody else than expected", &bob.id, &bytes),
        changed("flipped", "One bit of the signature is another", &|cose| cose.signature[63] ^= 1),
        changed("changed", "The object is not what was signed", &|cose| {
            cose.object = with(&alice.profile("Alice"), "name", text("Alicia"));
        }),
        changed("algorithm", "The header names another algorithm", &|cose| {
            // -8, EdDSA, instead of -19.
            cose.protected[2] = 0x27;
            cose.signature = alice.key().sign(&cose.message());
        }),
        changed("s", "S of the signature has the order of the group added", &|cose| {
            let (r, s) = cose.signature.split_at(32);
            let s = second_spelling(s.try_into().unwrap());
            cose.signature = [r, &s].concat().try_into().unwrap();
        }),
        changed("commitment", "A commitment of small order, whose equation holds", &|cose| {
            let s = cose.challenge(&NEUTRAL, alice.pk()) * scalar(&alice);
            cose.signature = [NEUTRAL, s.to_bytes()].concat().try_into().unwrap();
        }),
        weak_signer(&good()),
        unknown_signer(&envelope(good().object, good().bytes()[..99].to_vec())),
        refuse("without-object", "A signature of nothing", &alice.id, &cbor::from_ipld(&Ipld::Map(alone))),
        refuse("type", "Signed as a root", &alice.id, &sign_broken::<Root>(&alice, good().object)),
        refuse("third-key", "A key that nothing signs", &alice.id, &cbor::from_ipld(&Ipld::Map(third))),
        refuse("tagged", "A tagged COSE_Sign1", &alice.id, &tagged),
        refuse("cut", "A COSE_Sign1 that lacks its first byte", &alice.id, &cut),
    ]
}

/// An envelope whose signer nobody knows, and which has no room for one.
fn unknown_signer(bytes: &[u8]) -> Case {
    Case::new("profile", "refused-envelope-short", "A signature that is too short to name its signer")
        .bytes(bytes)
        .refused("plain", crate::case::code(signed::open::<Profile>(bytes, None)))
}

/// A signer of small order, for which anybody can sign.
fn weak_signer(good: &Cose) -> Case {
    let mut protected = good.protected.clone();
    let at = protected.len() - 32;
    protected[at..].copy_from_slice(&NEUTRAL);
    let mut cose = Cose { protected, object: good.object.clone(), signature: good.signature };
    let s = Scalar::from(7u8);
    let commitment = EdwardsPoint::mul_base(&s).compress().to_bytes();
    cose.signature = [commitment, s.to_bytes()].concat().try_into().unwrap();
    let bytes = cose.envelope();
    Case::new(
        "profile",
        "refused-envelope-weak-signer",
        "Signed by a key of small order, whose equation holds",
    )
    .given("signer", hex(&NEUTRAL))
    .bytes(&bytes)
    .refused("plain", crate::case::code(signed::open::<Profile>(&bytes, None)))
}
