//! What I say of myself: checked, kept in the state and shown in the list of profiles.

use std::rc::Rc;

use bytes::Bytes;
use serde_bytes::ByteBuf;

use crate::engine::Error;
use crate::engine::api::{Me, ProfileUpdate};
use crate::engine::state::{Account, State};
use crate::format::{limits, picture, text};
use crate::keys::{Id, Phrase};
use crate::platform;

use super::list::ProfileList;

/// The account of a new profile.
pub(in crate::engine) fn new_account(
    phrase: &Phrase,
    name: &str,
    avatar: Option<Bytes>,
) -> Result<Account, Error> {
    let avatar = avatar.filter(|picture| !picture.is_empty());
    Ok(Account {
        name: checked_name(name)?,
        avatar: avatar.map(|picture| checked_avatar(&picture)).transpose()?,
        ..Account::new(phrase)
    })
}

/// Changes what the profile says of itself: exactly the members that `update` names.
pub(in crate::engine) async fn update(
    state: &State,
    list: &ProfileList,
    id: &Id,
    update: ProfileUpdate,
) -> Result<Me, Error> {
    let name = update.name.as_deref().map(checked_name).transpose()?;
    let bio = match &update.bio {
        Some(bio) => Some(text::paragraph(bio, limits::BIO_CHARS).map_err(Error::invalid)?),
        None => None,
    };
    let avatar = match &update.avatar {
        Some(avatar) if avatar.is_empty() => Some(None),
        Some(avatar) => Some(Some(checked_avatar(avatar)?)),
        None => None,
    };
    let changed = state.update(move |tx| {
        let account = Rc::make_mut(&mut tx.account);
        if let Some(name) = name {
            account.name = name;
        }
        if let Some(bio) = bio {
            account.bio = (!bio.is_empty()).then_some(bio);
        }
        if let Some(avatar) = avatar {
            account.avatar = avatar;
        }
        account.receipts = update.receipts.unwrap_or(account.receipts);
        account.relay_only = update.relay_only.unwrap_or(account.relay_only);
        account.changed = platform::now_ms();
        Ok(())
    });
    changed.await?;
    match list.refresh(id, || state.read(|tables| tables.account.clone())).await {
        // Where there is no room now, the list follows at the next unlock.
        Err(Error::Quota) => {}
        shown => shown?,
    }
    Ok(state.me())
}

/// Notes that the person has written the words down, so that the page stops reminding.
pub(in crate::engine) async fn confirm_words(state: &State) -> Result<Me, Error> {
    let confirmed = state.update(|tx| {
        Rc::make_mut(&mut tx.account).words_confirmed = true;
        Ok(())
    });
    confirmed.await?;
    Ok(state.me())
}

fn checked_name(typed: &str) -> Result<String, Error> {
    text::name(typed).map_err(Error::invalid)
}

/// Refuses an empty passphrase.
pub(in crate::engine) fn check_passphrase(typed: &str) -> Result<(), Error> {
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
