//! The key by which push services know this relay (VAPID, RFC 8292), and what it signs.

use std::{io, path::Path};

use data_encoding::BASE64URL_NOPAD;
use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::json;
use spinney::net::keep::VapidKey;
use zeroize::Zeroizing;

use crate::key;

/// The file of the key: its 32 bytes.
const NAME: &str = "vapid-key";

/// Seconds for which a signature holds: push services accept at most a day.
const VALID: u64 = 12 * 60 * 60;

/// The key, and whom push services may ask about this relay.
pub(crate) struct Vapid {
    key: SigningKey,
    /// A `mailto:` or `https:` address.
    contact: Option<String>,
}

impl Vapid {
    /// Reads the key, or generates one and syncs it to the disk.
    pub(crate) fn load(folder: &Path, contact: Option<String>) -> io::Result<Self> {
        let parse = |bytes: &[u8]| SigningKey::from_slice(bytes).ok();
        let make = || {
            // Nearly every number of 256 bits is a key.
            loop {
                let bytes = Zeroizing::new(spinney::platform::random::<32>());
                if let Ok(key) = SigningKey::from_slice(&*bytes) {
                    return (key, Zeroizing::new(bytes.to_vec()));
                }
            }
        };
        Ok(Self { key: key::load_or_make(folder, NAME, parse, make)?, contact })
    }

    /// The public key, an uncompressed point.
    pub(crate) fn public(&self) -> VapidKey {
        let point = self.key.verifying_key().to_sec1_point(false);
        point.as_bytes().try_into().expect("an uncompressed point of P-256 has 65 bytes")
    }

    /// The header `Authorization` for a push to an origin, at a time in seconds since 1970.
    pub(crate) fn authorization(&self, origin: &str, now: u64) -> String {
        let mut claims = json!({ "aud": origin, "exp": now + VALID });
        if let Some(contact) = &self.contact {
            claims["sub"] = contact.as_str().into();
        }
        let part = |json: serde_json::Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
        let signed = format!("{}.{}", part(json!({ "typ": "JWT", "alg": "ES256" })), part(claims));
        let signature: Signature = self.key.sign(signed.as_bytes());
        let signature = BASE64URL_NOPAD.encode(&signature.to_bytes());
        format!("vapid t={signed}.{signature}, k={}", BASE64URL_NOPAD.encode(&self.public()))
    }
}

/// The contact where the operator names none: the relay's own public name.
pub(crate) fn contact_of(external: &[Multiaddr]) -> Option<String> {
    let names = external.iter().flat_map(|address| address.iter());
    names
        .filter_map(|part| match part {
            Protocol::Dns(name) | Protocol::Dns4(name) | Protocol::Dns6(name) => {
                Some(format!("https://{name}"))
            }
            _ => None,
        })
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stays_the_same_and_a_damaged_one_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let load = || Vapid::load(folder.path(), None);
        let key = load().unwrap().public();
        assert_eq!(key[0], 4, "an uncompressed point");
        assert_eq!(load().unwrap().public(), key);
        let file = folder.path().join(NAME);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&file, [0; 32]).unwrap();
        assert!(load().is_err_and(|why| why.to_string().contains(NAME)));
        assert_eq!(std::fs::read(&file).unwrap(), [0; 32]);
    }

    #[test]
    fn the_contact_is_the_public_name_of_the_relay() {
        let external: Vec<Multiaddr> = vec![
            "/ip4/192.0.2.1/tcp/443/wss".parse().unwrap(),
            "/dns4/relay.example/tcp/443/wss".parse().unwrap(),
        ];
        assert_eq!(contact_of(&external).as_deref(), Some("https://relay.example"));
        assert_eq!(contact_of(&external[..1]), None);
    }
}
