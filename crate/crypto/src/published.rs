//! Every primitive against vectors that others published: RFCs in `tests/vectors/published`, and Wycheproof.

use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde_json::Value;
use wycheproof::TestResult;

use super::*;

/// The cases of one file of published vectors.
fn cases(file: &str) -> Vec<Value> {
    serde_json::from_str(file).unwrap()
}

/// The bytes of a hexadecimal field.
fn bytes(case: &Value, field: &str) -> Vec<u8> {
    HEX.decode(case[field].as_str().unwrap().as_bytes()).unwrap()
}

fn array<const N: usize>(case: &Value, field: &str) -> [u8; N] {
    bytes(case, field).try_into().unwrap()
}

fn number(case: &Value, field: &str) -> u32 {
    case[field].as_u64().unwrap().try_into().unwrap()
}

#[test]
fn hkdf_gives_what_rfc_5869_says() {
    for case in cases(include_str!("../../tests/vectors/published/hkdf.json")) {
        let expected = bytes(&case, "okm");
        let mut output = vec![0; expected.len()];
        hkdf::Hkdf::<Sha256>::new(Some(&bytes(&case, "salt")), &bytes(&case, "ikm"))
            .expand(&bytes(&case, "info"), &mut output)
            .unwrap();
        assert_eq!(output, expected);
    }
}

#[test]
fn hmac_gives_what_rfc_4231_says() {
    use hmac::Mac as _;
    for case in cases(include_str!("../../tests/vectors/published/hmac.json")) {
        let code = mac::keyed(&bytes(&case, "key")).chain_update(bytes(&case, "data")).finalize();
        assert_eq!(code.into_bytes()[..], bytes(&case, "mac"));
    }
}

#[test]
fn argon2id_gives_what_rfc_9106_says() {
    for case in cases(include_str!("../../tests/vectors/published/argon2id.json")) {
        let expected = bytes(&case, "output");
        let params = ParamsBuilder::new()
            .m_cost(number(&case, "m"))
            .t_cost(number(&case, "t"))
            .p_cost(number(&case, "p"))
            .data(AssociatedData::new(&bytes(&case, "ad")).unwrap())
            .output_len(expected.len())
            .build()
            .unwrap();
        let secret = bytes(&case, "secret");
        let argon2 = Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let mut output = vec![0; expected.len()];
        passphrase::hash(&argon2, &bytes(&case, "pass"), &bytes(&case, "salt"), &mut output).unwrap();
        assert_eq!(output, expected);
    }
}

#[test]
fn ed25519_signs_and_verifies_as_its_authors_do() {
    for case in cases(include_str!("../../tests/vectors/published/ed25519.json")) {
        let (message, signature) = (bytes(&case, "message"), array(&case, "signature"));
        let key = sign::SigningKey::from_bytes(&array(&case, "seed"));
        assert_eq!(key.verifying_key().as_bytes(), &array(&case, "public"));
        assert_eq!(key.sign(&message), signature);
        let public = sign::VerifyingKey::from_bytes(&array(&case, "public")).unwrap();
        assert_eq!(public.verify(&message, &signature), Ok(()));
    }
}

#[test]
fn blake3_keyed_gives_what_its_authors_say() {
    let file: Value =
        serde_json::from_str(include_str!("../../tests/vectors/published/blake3.json")).unwrap();
    let key = file["key"].as_str().unwrap().as_bytes().try_into().unwrap();
    for case in file["cases"].as_array().unwrap() {
        let input: Vec<u8> = (0..=250).cycle().take(number(case, "input_len") as usize).collect();
        assert_eq!(keyed_hash(&key, &input), array(case, "keyed_hash"));
    }
}

#[test]
fn hpke_with_x_wing_seals_and_opens_as_the_draft_says() {
    let case = hpke_case(0x647a);
    let (info, aad, plaintext) = (bytes(&case, "info"), bytes(&case, "aad"), bytes(&case, "pt"));
    let sealed = [bytes(&case, "enc"), bytes(&case, "ct")].concat();
    let key = hpke::PrivateKey::from_bytes(&array(&case, "skRm"));
    assert_eq!(key.public().to_bytes(), bytes(&case, "pkRm"));
    assert_eq!(hpke::PublicKey::from_bytes(&bytes(&case, "pkRm")), Ok(key.public()));
    assert_eq!(*key.open_with_aad(&info, &aad, &sealed).unwrap(), plaintext);
    assert_eq!(key.public().seal_with_aad(&info, &aad, &plaintext, &array(&case, "ikmE")), sealed);
}

#[test]
fn hpke_with_x25519_opens_what_rfc_9180_sealed() {
    use ::hpke::{Deserializable, Kem, kem::X25519HkdfSha256 as X25519};
    let case = hpke_case(0x20);
    let key = <X25519 as Kem>::PrivateKey::from_bytes(&bytes(&case, "skRm")).unwrap();
    let sealed = [bytes(&case, "enc"), bytes(&case, "ct")].concat();
    let opened = hpke::open_under::<X25519>(&key, &bytes(&case, "info"), &bytes(&case, "aad"), &sealed);
    assert_eq!(*opened.unwrap(), bytes(&case, "pt"));
}

fn hpke_case(kem: u32) -> Value {
    let cases = cases(include_str!("../../tests/vectors/published/hpke.json"));
    cases.into_iter().find(|case| number(case, "kem_id") == kem).unwrap()
}

#[test]
fn wycheproof_finds_nothing_in_hkdf_sha256() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut output = vec![0; test.size];
        let expanded = hkdf::Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut output);
        assert_eq!(expanded.is_ok(), !test.result.must_fail(), "case {}", test.tc_id);
        assert!(expanded.is_err() || output == test.okm[..], "case {}", test.tc_id);
    }
}

#[test]
fn wycheproof_finds_nothing_in_chacha20_poly1305() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::ChaCha20Poly1305).unwrap();
    let mut run = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        // Nonces of other lengths cannot be expressed here.
        let (Ok(key), Ok(nonce)) = (<&[u8; 32]>::try_from(&test.key[..]), test.nonce[..].try_into()) else {
            continue;
        };
        let sealed = [&test.ct[..], &test.tag[..]].concat();
        let opened = aead::open(key, nonce, &test.aad, &sealed);
        assert_eq!(opened.is_ok(), !test.result.must_fail(), "case {}", test.tc_id);
        if let Ok(opened) = opened {
            assert_eq!(opened[..], test.pt[..]);
            assert_eq!(aead::seal(key, nonce, &test.aad, &test.pt), sealed);
        }
        run += 1;
    }
    assert!(run > 250, "only {run} cases ran");
}

#[test]
fn wycheproof_finds_nothing_in_xchacha20_poly1305() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::XChaCha20Poly1305).unwrap();
    let mut run = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Ok(key), Ok(nonce)) = (<&[u8; 32]>::try_from(&test.key[..]), test.nonce[..].try_into()) else {
            continue;
        };
        let sealed = [&test.ct[..], &test.tag[..]].concat();
        let opened = aead::x_open(key, nonce, &test.aad, &sealed);
        assert_eq!(opened.is_ok(), !test.result.must_fail(), "case {}", test.tc_id);
        if let Ok(opened) = opened {
            assert_eq!(opened[..], test.pt[..]);
            let mut again = Vec::new();
            aead::x_seal(key, nonce, &test.aad, &test.pt, &mut again);
            assert_eq!(again, sealed);
        }
        run += 1;
    }
    assert!(run > 250, "only {run} cases ran");
}

#[test]
fn wycheproof_finds_nothing_in_x25519() {
    let set = wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).unwrap();
    let mut run = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Ok(private), Ok(public)) =
            (<[u8; 32]>::try_from(&test.private_key[..]), <[u8; 32]>::try_from(&test.public_key[..]))
        else {
            continue;
        };
        // Zero secrets are "acceptable" to Wycheproof and refused here; all else must agree.
        let zero = test.shared_secret.iter().all(|&byte| byte == 0);
        match agree::Secret::from_bytes(private).shared(&public) {
            Ok(shared) => assert_eq!(shared[..], test.shared_secret[..], "case {}", test.tc_id),
            Err(WeakKey) => assert!(zero, "case {}", test.tc_id),
        }
        assert!(test.result != TestResult::Invalid);
        run += 1;
    }
    assert!(run > 500, "only {run} cases ran");
}

#[test]
fn wycheproof_finds_nothing_in_ed25519() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut run = 0;
    for group in &set.test_groups {
        let key = sign::VerifyingKey::from_bytes(group.key.pk[..].try_into().unwrap()).unwrap();
        for test in &group.tests {
            let signature = <[u8; sign::SIGNATURE_LEN]>::try_from(&test.sig[..]);
            let verified = signature.is_ok_and(|signature| key.verify(&test.msg, &signature).is_ok());
            assert_eq!(verified, !test.result.must_fail(), "case {}", test.tc_id);
            run += 1;
        }
    }
    assert!(run > 140, "only {run} cases ran");
}
