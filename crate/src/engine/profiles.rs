//! Profiles of this browser: making, unlocking, changing, recovering and removing them.
//!
//! The list of profiles is the one thing that stands in clear: names, pictures, and seeds boxed under passphrases.

use std::rc::Rc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::format::keystore::Keystore;
use crate::format::picture;
use crate::format::{limits, text};
use crate::keys::{Id, Phrase, Ring, keystore};
use crate::platform;
use crate::store::{Table, Write};

use super::api::{Event, Me, ProfileSummary, ProfileUpdate, Stay};
use super::session::{Mine, Session};
use super::{Engine, Error};

/// A profile as the list keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Listed {
    name: String,
    avatar: Option<ByteBuf>,
    keystore: ByteBuf,
}

impl Engine {
    /// The profiles of this browser, by name.
    pub async fn profiles(&self) -> Result<Vec<ProfileSummary>, Error> {
        let mut profiles = Vec::new();
        for (key, row) in self.0.profiles.rows(Table::Keystore).await? {
            let id = listed_id(&key)?;
            let Listed { name, avatar, .. } = parse(&row)?;
            profiles.push(ProfileSummary { id: id.to_string(), name, avatar });
        }
        profiles.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(profiles)
    }

    /// Makes an identity under `passphrase` and unlocks it.
    pub async fn create_profile(
        &self,
        name: &str,
        passphrase: &str,
        avatar: Option<Bytes>,
    ) -> Result<Me, Error> {
        let phrase = Phrase::generate();
        let mine = Mine {
            name: checked_name(name)?,
            avatar: avatar
                .filter(|picture| !picture.is_empty())
                .map(|picture| checked_avatar(&picture))
                .transpose()?,
            ..Mine::new(&phrase)
        };
        checked_passphrase(passphrase)?;
        // The rows first: a profile that is listed can be unlocked.
        let session = self.begin(Ring::from_phrase(&phrase), Some(mine.clone())).await?;
        self.list(&phrase, passphrase, &mine).await?;
        self.ready(&session).await
    }

    /// Opens a profile with its passphrase; another one that was open is locked first.
    ///
    /// With [`Stay::SignedIn`] later engines open it by themselves, until [`lock`](Self::lock).
    pub async fn unlock(&self, id: &str, passphrase: &str, stay: Stay) -> Result<Me, Error> {
        let id = known_id(id)?;
        let ring = keystore::open(&self.keystore(&id).await?, passphrase)?;
        let session = self.begin(ring, None).await?;
        if stay == Stay::SignedIn
            && let Err(why) = self.stay_signed_in(&session.ring).await
        {
            self.end().await;
            return Err(why);
        }
        self.ready(&session).await
    }

    /// Forgets every secret, on the disk too if the profile stays signed in, and ends what is running. Idempotent.
    ///
    /// After an error nothing is open here, but the profile may stay signed in.
    pub async fn lock(&self) -> Result<(), Error> {
        // Before the end, so that a page that is closed as soon as it is locked stays locked.
        let signed_out = self.sign_out().await;
        self.end().await;
        signed_out?;
        Ok(self.0.databases.forget_seal().await?)
    }

    /// Forgets every secret in memory and ends what is running.
    pub(super) async fn end(&self) {
        let guest = self.0.guest.borrow_mut().take();
        if let Some(guest) = guest {
            guest.end().await;
        }
        let session = self.0.session.borrow_mut().take();
        if let Some(session) = session {
            session.end().await;
            self.0.hub.tell(&Event::Profile { me: None });
        }
    }

    /// The unlocked profile.
    pub fn current(&self) -> Option<Me> {
        self.0.session.borrow().as_ref().map(|session| session.me())
    }

    /// Changes what the profile says of itself, and publishes it.
    pub async fn update_profile(&self, update: ProfileUpdate) -> Result<Me, Error> {
        let session = self.session()?;
        let mut mine = session.mine();
        if let Some(name) = update.name {
            mine.name = checked_name(&name)?;
        }
        if let Some(bio) = update.bio {
            let bio = text::paragraph(&bio, limits::BIO_CHARS).map_err(Error::invalid)?;
            mine.bio = (!bio.is_empty()).then_some(bio);
        }
        if let Some(avatar) = update.avatar {
            let avatar = Bytes::from(avatar.into_vec());
            mine.avatar = (!avatar.is_empty()).then(|| checked_avatar(&avatar)).transpose()?;
        }
        if let Some(receipts) = update.receipts {
            mine.receipts = receipts;
        }
        if let Some(relay_only) = update.relay_only {
            mine.relay_only = relay_only;
        }
        let keystore = self.keystore(&session.id).await?;
        self.write_listed(&session.id, &keystore, &mine).await?;
        session.change_mine(Mine { changed: platform::now_ms(), ..mine }).await?;
        // Contacts may be reached in other ways now.
        session.following.changed();
        session.publish_soon();
        Ok(session.me())
    }

    /// Puts the profile under another passphrase; an old copy of the disk still opens with the old one.
    pub async fn change_passphrase(&self, old: &str, next: &str) -> Result<(), Error> {
        let session = self.session()?;
        checked_passphrase(next)?;
        let keystore = keystore::change(&self.keystore(&session.id).await?, old, next)?;
        self.write_listed(&session.id, &keystore, &session.mine()).await
    }

    /// The 24 words, after the passphrase was typed once more.
    pub async fn recovery_phrase(&self, passphrase: &str) -> Result<String, Error> {
        let session = self.session()?;
        let phrase = keystore::open_phrase(&self.keystore(&session.id).await?, passphrase)?;
        Ok(phrase.words().to_string())
    }

    /// Notes that the person has written the words down, so that the page stops reminding.
    pub async fn confirm_words(&self) -> Result<Me, Error> {
        let session = self.session()?;
        session.change_mine(Mine { words_confirmed: true, ..session.mine() }).await?;
        Ok(session.me())
    }

    /// Brings a profile back from its words: name, contacts and shares come from its relays.
    ///
    /// Takes over: what another device of the profile writes afterwards is refused as `outdated`.
    pub async fn recover(&self, phrase: &str, passphrase: &str) -> Result<Me, Error> {
        let phrase = Phrase::from_words(phrase).map_err(|why| Error::InvalidPhrase(why.to_string()))?;
        checked_passphrase(passphrase)?;
        let id = Ring::from_phrase(&phrase).id();
        if self.0.profiles.row(Table::Keystore, id.as_bytes()).await?.is_some() {
            return Err(Error::AlreadyExists("this profile is in this browser already: unlock it"));
        }
        let session = self.begin(Ring::from_phrase(&phrase), Some(Mine::new(&phrase))).await?;
        let restored = async {
            let mine = session.restore().await?;
            self.list(&phrase, passphrase, &mine).await
        };
        if let Err(why) = restored.await {
            self.end().await;
            self.0.databases.delete(&id.to_string()).await?;
            return Err(why);
        }
        self.ready(&session).await
    }

    /// Removes a profile with all that this browser holds of it. Cannot be undone without the words.
    pub async fn remove_profile(&self, id: &str) -> Result<(), Error> {
        let id = known_id(id)?;
        self.keystore(&id).await?;
        // Where nobody is here, it may be the one that stays signed in.
        if self.0.session.borrow().as_ref().is_none_or(|session| session.id == id) {
            self.lock().await?;
        }
        self.0.profiles.commit(Write::strict().remove(Table::Keystore, *id.as_bytes())).await?;
        Ok(self.0.databases.delete(&id.to_string()).await?)
    }

    /// The open session, or the error that says to unlock.
    pub(super) fn session(&self) -> Result<Rc<Session>, Error> {
        self.0.session.borrow().clone().ok_or(Error::Locked)
    }

    /// Opens a session in place of the present one and of whoever stays signed in.
    ///
    /// `fresh` is what a profile that has no rows yet says of itself.
    async fn begin(&self, ring: Ring, fresh: Option<Mine>) -> Result<Rc<Session>, Error> {
        self.lock().await?;
        self.start(ring, fresh).await
    }

    /// Opens a session where there is none.
    pub(super) async fn start(&self, ring: Ring, fresh: Option<Mine>) -> Result<Rc<Session>, Error> {
        let session = Session::open(&self.0, ring, fresh).await?;
        self.0.session.replace(Some(session.clone()));
        Ok(session)
    }

    /// Lets everything begin that goes on by itself, and tells who is there.
    pub(super) async fn ready(&self, session: &Rc<Session>) -> Result<Me, Error> {
        session.run().await?;
        let me = session.me();
        self.0.hub.tell(&Event::Profile { me: Some(me.clone()) });
        Ok(me)
    }

    /// Adds a profile to the list.
    async fn list(&self, phrase: &Phrase, passphrase: &str, mine: &Mine) -> Result<(), Error> {
        let keystore = keystore::seal(phrase, passphrase).map_err(Error::bug)?;
        self.write_listed(&Ring::from_phrase(phrase).id(), &keystore, mine).await
    }

    async fn write_listed(&self, id: &Id, keystore: &Keystore, mine: &Mine) -> Result<(), Error> {
        let listed = Listed {
            name: mine.name.clone(),
            avatar: mine.avatar.clone(),
            keystore: ByteBuf::from(keystore.encode()),
        };
        let row = serde_ipld_dagcbor::to_vec(&listed).expect("the list is plain data");
        Ok(self.0.profiles.commit(Write::strict().put(Table::Keystore, *id.as_bytes(), row)).await?)
    }

    async fn keystore(&self, id: &Id) -> Result<Keystore, Error> {
        let row = self.0.profiles.row(Table::Keystore, id.as_bytes()).await?;
        let listed: Listed = parse(&row.ok_or(Error::NotFound("profile"))?)?;
        Keystore::decode(&listed.keystore).map_err(|why| Error::Storage(why.to_string()))
    }
}

fn parse(row: &[u8]) -> Result<Listed, Error> {
    serde_ipld_dagcbor::from_slice(row).map_err(|why| Error::Storage(format!("the profile list: {why}")))
}

fn listed_id(key: &[u8]) -> Result<Id, Error> {
    let id = key.try_into().ok().and_then(|bytes| Id::from_bytes(bytes).ok());
    id.ok_or_else(|| Error::Storage("the profile list names no identity".into()))
}

fn known_id(id: &str) -> Result<Id, Error> {
    id.parse().map_err(|_| Error::NotFound("profile"))
}

fn checked_name(typed: &str) -> Result<String, Error> {
    text::name(typed).map_err(Error::invalid)
}

fn checked_passphrase(typed: &str) -> Result<(), Error> {
    if typed.is_empty() { Err(Error::InvalidName("type a passphrase".into())) } else { Ok(()) }
}

fn checked_avatar(avatar: &[u8]) -> Result<ByteBuf, Error> {
    if avatar.len() > limits::AVATAR {
        return Err(Error::InvalidName("choose a smaller picture".into()));
    }
    picture::Kind::of(avatar)
        .ok_or_else(|| Error::InvalidName("choose a JPEG, PNG or WebP picture".into()))?;
    Ok(ByteBuf::from(avatar.to_vec()))
}

impl From<keystore::UnlockError> for Error {
    fn from(why: keystore::UnlockError) -> Self {
        match why {
            keystore::UnlockError::WrongPassphrase => Self::WrongPassphrase,
            other => Self::Storage(other.to_string()),
        }
    }
}
