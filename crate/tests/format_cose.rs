//! Another COSE library agrees with the envelope's bytes.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, iana};
use ipld_core::ipld::Ipld;
use spinney::crypto::sign::{SIGNATURE_LEN, SigningKey};
use spinney::format::device::Certificate;
use spinney::format::{Value, cbor, signed};

fn certificate() -> Certificate {
    let device = SigningKey::from_bytes(&[9; 32]).verifying_key();
    Certificate { device, from: 1, until: 2, extra: Default::default() }
}

fn signature(envelope: &[u8]) -> Vec<u8> {
    let Ipld::Map(mut envelope) = cbor::to_ipld(envelope).unwrap() else { panic!("an envelope is a map") };
    let Some(Ipld::Bytes(signature)) = envelope.remove("signature") else { panic!("with a signature") };
    signature
}

#[test]
fn another_library_verifies_what_we_sign() {
    let key = SigningKey::from_bytes(&[1; 32]);
    let envelope = signed::sign(&key, &certificate()).unwrap();
    let cose = CoseSign1::from_slice(&signature(&envelope)).unwrap();
    assert_eq!(cose.protected.header.key_id, key.verifying_key().as_bytes());
    cose.verify_detached_signature(&certificate().to_bytes(), b"", |signature, signed| {
        let signature: &[u8; SIGNATURE_LEN] = signature.try_into().unwrap();
        key.verifying_key().verify(signed, signature)
    })
    .unwrap();
}

#[test]
fn another_library_signs_the_same_bytes() {
    let key = SigningKey::from_bytes(&[1; 32]);
    let protected = HeaderBuilder::new()
        .algorithm(iana::Algorithm::Ed25519)
        .content_type("application/vnd.spinney.device.v1+cbor".to_owned())
        .key_id(key.verifying_key().as_bytes().to_vec())
        .build();
    let cose = CoseSign1Builder::new()
        .protected(protected)
        .create_detached_signature(&certificate().to_bytes(), b"", |signed| key.sign(signed).to_vec())
        .build();
    let envelope = signed::sign(&key, &certificate()).unwrap();
    assert_eq!(cose.to_vec().unwrap(), signature(&envelope));
}
