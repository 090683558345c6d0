//! `profiles` of the API, as far as it is about passkeys.

use data_encoding::BASE64URL_NOPAD;

use crate::engine::api::{Me, NewPasskey, Passkey, PasskeyOffer, Stay};
use crate::engine::{Engine, Error};
use crate::format::{keystore, limits};
use crate::keys::keystore::{Credential, PasskeyError, add_passkey, open_with_passkey, remove_passkey};
use crate::platform;

use super::profiles::known_id;

impl Engine {
    /// The passkeys that unlock a profile, in the order in which they were added. Not only of the unlocked one.
    pub async fn passkeys(&self, id: &str) -> Result<Vec<Passkey>, Error> {
        Ok(self.0.list.keystore(&known_id(id)?).await?.passkeys().map(shown).collect())
    }

    /// What a browser is asked with for a new passkey of the unlocked profile, if the passphrase is the right one.
    pub async fn offer_passkey(&self, passphrase: &str) -> Result<PasskeyOffer, Error> {
        let unlocked = self.named()?;
        let keystore = self.0.list.keystore(&unlocked.directory.id).await?;
        crate::keys::keystore::open(&keystore, &self.key_of(&keystore, passphrase).await?)?;
        if keystore.wraps.len() >= limits::KEYSTORE_WRAPS {
            return Err(Error::Passkey(PasskeyError::Full));
        }
        Ok(PasskeyOffer {
            user: encode(&platform::random::<32>()),
            name: unlocked.state.me().summary.name,
            salt: encode(&platform::random::<32>()),
            known: keystore.passkeys().map(|passkey| encode(&passkey.credential)).collect(),
        })
    }

    /// Lets a passkey unlock the profile from now on, beside the passphrase. It opens no recovery words.
    ///
    /// `prf` is what WebAuthn's PRF gives for it and its salt, with user verification.
    pub async fn add_passkey(
        &self,
        passphrase: &str,
        new: NewPasskey,
        prf: &[u8; 32],
    ) -> Result<Passkey, Error> {
        let unlocked = self.named()?;
        let credential = credential(new)?;
        let id = credential.id.clone();
        let rekey = async |present: &keystore::Keystore| {
            let key = self.key_of(present, passphrase).await?;
            Ok(add_passkey(present, &key, credential, prf)?)
        };
        self.0.list.rekey(&unlocked.directory.id, rekey).await?;
        let keystore = self.0.list.keystore(&unlocked.directory.id).await?;
        let added = keystore.passkeys().find(|passkey| passkey.credential == id).map(shown);
        added.ok_or(Error::Passkey(PasskeyError::Gone))
    }

    /// Takes a passkey from the unlocked profile; an old copy of the disk still opens with it.
    pub async fn remove_passkey(&self, id: &str) -> Result<(), Error> {
        let unlocked = self.named()?;
        let credential = decode(id)?;
        let rekey = async |present: &keystore::Keystore| Ok(remove_passkey(present, &credential)?);
        self.0.list.rekey(&unlocked.directory.id, rekey).await
    }

    /// Opens a profile with what the PRF of one of its passkeys gave to a page of this host; otherwise as
    /// [`unlock`](Self::unlock) does.
    pub async fn unlock_with_passkey(
        &self,
        id: &str,
        host: &str,
        passkey: &str,
        prf: &[u8; 32],
        stay: Stay,
    ) -> Result<Me, Error> {
        let keystore = self.0.list.keystore(&known_id(id)?).await?;
        self.open_ring(open_with_passkey(&keystore, host, &decode(passkey)?, prf)?, stay).await
    }
}

fn shown(passkey: &keystore::Passkey) -> Passkey {
    Passkey {
        id: encode(&passkey.credential),
        host: passkey.rp.clone(),
        salt: encode(&passkey.salt),
        added: passkey.added,
    }
}

fn credential(NewPasskey { id, host, salt }: NewPasskey) -> Result<Credential, Error> {
    let id = decode(&id)?;
    let is_sound = id.len() <= limits::CREDENTIAL_BYTES && host.chars().count() <= limits::HOST_CHARS;
    match decode(&salt)?.try_into() {
        Ok(salt) if is_sound => Ok(Credential { id: id.into(), rp: host, salt, added: platform::now_ms() }),
        _ => Err(no_passkey()),
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn decode(text: &str) -> Result<Vec<u8>, Error> {
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| no_passkey())
}

/// A mistake of a program, not of a person.
fn no_passkey() -> Error {
    Error::Unsupported("this is no passkey as WebAuthn makes them".into())
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use tokio::task::LocalSet;

    use super::*;
    use crate::engine::api::Config;
    use crate::store::memory::Disk;

    const PASSPHRASE: &str = "correct horse battery staple";
    const HOST: &str = "spinney.example";
    const PRF: [u8; 32] = [9; 32];

    /// What the next page does.
    async fn engine(disk: &Disk) -> Engine {
        Engine::open(Config::default(), Rc::new(disk.lead())).await.unwrap()
    }

    /// Somebody on a new disk with a passkey, while their engine runs.
    async fn ann(disk: &Disk) -> (Engine, Me, Passkey) {
        let engine = engine(disk).await;
        let me = engine.create_profile("Ann", PASSPHRASE, None).await.unwrap();
        let passkey = add(&engine, b"a credential").await.unwrap();
        (engine, me, passkey)
    }

    async fn add(engine: &Engine, credential: &[u8]) -> Result<Passkey, Error> {
        let PasskeyOffer { salt, .. } = engine.offer_passkey(PASSPHRASE).await?;
        let new = NewPasskey { id: encode(credential), host: HOST.into(), salt };
        engine.add_passkey(PASSPHRASE, new, &PRF).await
    }

    fn detail<T>(refused: Result<T, Error>) -> (&'static str, Option<&'static str>) {
        let why = refused.err().unwrap();
        (why.code(), why.detail().map(|detail| detail.as_str()))
    }

    #[tokio::test]
    async fn a_passkey_opens_the_profile_in_the_next_engine_and_the_passphrase_still_does() {
        LocalSet::new()
            .run_until(async {
                let disk = Disk::new();
                let (first, ann, passkey) = ann(&disk).await;
                first.shutdown().await;
                let id = &ann.summary.id;
                let next = engine(&disk).await;
                assert_eq!(
                    next.passkeys(id).await.as_deref(),
                    Ok(&[passkey.clone()][..]),
                    "before it is open"
                );
                let opened = next.unlock_with_passkey(id, HOST, &passkey.id, &PRF, Stay::Open).await;
                assert_eq!(opened.map(|me| me.summary), Ok(ann.summary.clone()));
                next.lock().await.unwrap();
                assert!(next.unlock(id, PASSPHRASE, Stay::Open).await.is_ok());
            })
            .await;
    }

    #[tokio::test]
    async fn another_key_host_or_passkey_is_refused_with_a_reason_and_opens_nothing() {
        LocalSet::new()
            .run_until(async {
                let disk = Disk::new();
                let (first, ann, passkey) = ann(&disk).await;
                first.lock().await.unwrap();
                let other = encode(b"another credential");
                for (host, passkey, prf, why) in [
                    (HOST, &passkey.id, [8; 32], "passkey-wrong"),
                    ("other.example", &passkey.id, PRF, "passkey-elsewhere"),
                    (HOST, &other, PRF, "passkey-gone"),
                ] {
                    let opened =
                        first.unlock_with_passkey(&ann.summary.id, host, passkey, &prf, Stay::SignedIn).await;
                    assert_eq!(detail(opened), ("passkey-failed", Some(why)));
                    assert_eq!(first.current(), None);
                }
                assert_eq!(engine(&disk).await.current(), None, "nobody stays signed in");
            })
            .await;
    }

    #[tokio::test]
    async fn a_passkey_is_added_only_with_the_passphrase_and_while_the_profile_is_open() {
        LocalSet::new()
            .run_until(async {
                let disk = Disk::new();
                let (first, ann, passkey) = ann(&disk).await;
                assert_eq!(first.offer_passkey("wrong").await, Err(Error::WrongPassphrase));
                let new = NewPasskey { id: encode(b"new"), host: HOST.into(), salt: passkey.salt.clone() };
                let added = first.add_passkey("wrong", new, &PRF).await;
                assert_eq!(added, Err(Error::WrongPassphrase));
                first.lock().await.unwrap();
                assert_eq!(first.offer_passkey(PASSPHRASE).await, Err(Error::Locked));
                assert_eq!(add(&first, b"new").await, Err(Error::Locked));
                assert_eq!(first.remove_passkey(&passkey.id).await, Err(Error::Locked));
                assert_eq!(first.passkeys(&ann.summary.id).await, Ok(vec![passkey]));
            })
            .await;
    }

    #[tokio::test]
    async fn who_opened_it_with_a_passkey_is_asked_for_the_passphrase_before_words_and_another_passkey() {
        LocalSet::new()
            .run_until(async {
                let disk = Disk::new();
                let (first, ann, passkey) = ann(&disk).await;
                let id = &ann.summary.id;
                first.unlock_with_passkey(id, HOST, &passkey.id, &PRF, Stay::Open).await.unwrap();
                assert_eq!(first.recovery_phrase("wrong").await, Err(Error::WrongPassphrase));
                assert_eq!(first.offer_passkey("").await, Err(Error::WrongPassphrase));
                let changed = first.change_passphrase("wrong", "another long one").await;
                assert_eq!(changed, Err(Error::WrongPassphrase));
                assert_eq!(first.recovery_phrase(PASSPHRASE).await.unwrap().split(' ').count(), 24);
            })
            .await;
    }

    #[tokio::test]
    async fn a_removed_passkey_opens_nothing_and_another_one_still_does() {
        LocalSet::new()
            .run_until(async {
                let disk = Disk::new();
                let (first, ann, passkey) = ann(&disk).await;
                let id = &ann.summary.id;
                let other = add(&first, b"another").await.unwrap();
                first.remove_passkey(&passkey.id).await.unwrap();
                assert_eq!(detail(first.remove_passkey(&passkey.id).await).1, Some("passkey-gone"));
                first.lock().await.unwrap();
                let opened = first.unlock_with_passkey(id, HOST, &passkey.id, &PRF, Stay::Open).await;
                assert_eq!(detail(opened).1, Some("passkey-gone"));
                assert!(first.unlock_with_passkey(id, HOST, &other.id, &PRF, Stay::Open).await.is_ok());
            })
            .await;
    }

    #[tokio::test]
    async fn a_new_passkey_gets_a_salt_and_a_user_of_its_own_and_knows_the_others() {
        LocalSet::new()
            .run_until(async {
                let disk = Disk::new();
                let (first, ann, passkey) = ann(&disk).await;
                let offers = [
                    first.offer_passkey(PASSPHRASE).await.unwrap(),
                    first.offer_passkey(PASSPHRASE).await.unwrap(),
                ];
                let [one, other] = &offers;
                assert!(one.salt != other.salt && one.user != other.user && one.salt != passkey.salt);
                assert_eq!(one.known, [passkey.id]);
                assert_eq!(one.name, ann.summary.name);
                let unsound =
                    NewPasskey { id: encode(&[7; 1024]), host: HOST.into(), salt: one.salt.clone() };
                let refused = first.add_passkey(PASSPHRASE, unsound, &PRF).await;
                assert_eq!(detail(refused), ("unsupported", None));
            })
            .await;
    }
}
