//! What I say of myself: checked, kept in the state and shown in the list of profiles.

use std::rc::Rc;

use bytes::Bytes;
use serde_bytes::ByteBuf;

use crate::engine::Error;
use crate::engine::api::{Me, ProfileUpdate};
use crate::engine::state::{Account, State};
use crate::format::picture::Picture;
use crate::format::{limits, text};
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
        if let Some(on) = update.may_be_shown.filter(|on| *on != account.may_be_shown) {
            account.may_be_shown = on;
            let at = platform::now_ms().max(account.may_be_shown_at.saturating_add(1));
            account.may_be_shown_at = at.min(limits::MAX_INTEGER);
        }
        // Later than what another device of mine said, whose clock may have been ahead.
        account.changed = platform::now_ms().max(account.changed.saturating_add(1)).min(limits::MAX_INTEGER);
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

/// Notes that the person has seen how the words brought the profile back, and lets it be published.
pub(in crate::engine) async fn confirm_restored(state: &State) -> Result<Me, Error> {
    let confirmed = state.update(|tx| {
        tx.set_restored(None);
        Ok(())
    });
    confirmed.await?;
    state.publish_soon();
    Ok(state.me())
}

fn checked_name(typed: &str) -> Result<String, Error> {
    text::name(typed).map_err(Error::invalid)
}

/// Refuses a new passphrase that is too short. Profiles whose passphrase is shorter can still be unlocked.
pub(in crate::engine) fn check_passphrase(typed: &str) -> Result<(), Error> {
    match typed.chars().count() {
        0 => Err(Error::InvalidName("type a passphrase".into())),
        n if n < limits::PASSPHRASE_CHARS => {
            Err(Error::InvalidName(format!("use at least {} characters", limits::PASSPHRASE_CHARS)))
        }
        _ => Ok(()),
    }
}

fn checked_avatar(avatar: &[u8]) -> Result<ByteBuf, Error> {
    if avatar.len() > limits::AVATAR {
        return Err(Error::InvalidName("choose a smaller picture".into()));
    }
    match Picture::read(avatar, limits::AVATAR_SIDE) {
        Ok(_) => Ok(ByteBuf::from(avatar.to_vec())),
        Err(why) => Err(Error::InvalidName(format!("{why}: choose another one"))),
    }
}
