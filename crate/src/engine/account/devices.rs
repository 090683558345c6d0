//! The devices that have this profile, as its person knows them.

use libp2p::PeerId;

use crate::engine::Error;
use crate::engine::api::Device;
use crate::engine::state::{State, Tables};
use crate::format::text;
use crate::keys::Id;
use crate::platform;
use crate::social::vault::KnownDevice;

/// For how long a device is shown as new, in milliseconds: 30 days.
const NEW_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// All devices that were not removed, the oldest first; `here` is this one.
pub(in crate::engine) fn devices(state: &State, here: &Id) -> Vec<Device> {
    let devices = state.read(|tables| {
        let acting = tables.devices.iter().filter(|(_, known)| !known.is_removed());
        acting.map(|(id, known)| (*id, known.clone())).collect::<Vec<_>>()
    });
    let mut devices: Vec<_> = devices.iter().map(|(id, known)| shown(state, id, known, here)).collect();
    devices.sort_by(|a: &Device, b| (a.added, &a.id).cmp(&(b.added, &b.id)));
    devices
}

/// Names a device.
///
/// # Errors
///
/// `not-found` if none has this id, `invalid-name` if the name breaks a rule of names.
pub(in crate::engine) async fn rename_device(
    state: &State,
    id: &str,
    name: &str,
    here: &Id,
) -> Result<Device, Error> {
    let name = text::name(name).map_err(Error::invalid)?;
    let device = acting(state, id)?;
    let renamed = change(state, device, move |known| known.name = name).await?;
    Ok(shown(state, &device, &renamed, here))
}

/// Removes another device: my other devices and my contacts show and serve it no longer.
///
/// # Errors
///
/// `not-found` if none has this id, `unsupported` for this one, which can only be deleted where it is.
pub(in crate::engine) async fn remove_device(state: &State, id: &str, here: &Id) -> Result<(), Error> {
    let device = acting(state, id)?;
    if device == *here {
        let why = "this is the device that you use: remove the profile from this browser instead";
        return Err(Error::Unsupported(why.into()));
    }
    change(state, device, |known| known.remove(platform::now_ms())).await.map(drop)
}

/// Takes a removal back. Idempotent.
///
/// # Errors
///
/// `not-found` if no device has this id.
pub(in crate::engine) async fn restore_device(state: &State, id: &str, here: &Id) -> Result<Device, Error> {
    let device = find(state, id, |_| true)?;
    let back = change(state, device, |known| known.take_back(platform::now_ms())).await?;
    Ok(shown(state, &device, &back, here))
}

/// The person knows a device: it is not shown as new on this one any more. Idempotent.
///
/// # Errors
///
/// `not-found` if none has this id.
pub(in crate::engine) async fn confirm_device(state: &State, id: &str) -> Result<(), Error> {
    acting(state, id)?;
    expect_device(state, id).await
}

/// Has a device not be shown as new here, which may not be listed yet: the person has just linked it.
pub(in crate::engine) async fn expect_device(state: &State, id: &str) -> Result<(), Error> {
    let device = key_of(id).ok_or(Error::NotFound("device"))?;
    let noted = state.update(move |tx| {
        tx.familiar.insert(device, true);
        Ok(())
    });
    noted.await
}

/// Lists this device, under a name if it has one; a device that is listed, or was removed, stays as it is.
pub(in crate::engine) async fn list_this_device(
    state: &State,
    here: Id,
    name: Option<String>,
) -> Result<(), Error> {
    if state.read(|tables| tables.devices.contains(&here)) {
        return Ok(());
    }
    let device = KnownDevice::new(name.unwrap_or_default(), platform::now_ms());
    let listed = state.update(move |tx| {
        tx.devices.insert(here, device);
        Ok(())
    });
    listed.await
}

/// The device of this id that was not removed.
fn acting(state: &State, id: &str) -> Result<Id, Error> {
    find(state, id, |known| !known.is_removed())
}

fn find(state: &State, id: &str, is_meant: impl Fn(&KnownDevice) -> bool) -> Result<Id, Error> {
    let device = key_of(id).ok_or(Error::NotFound("device"))?;
    let is_there = state.read(|tables| tables.devices.get(&device).is_some_and(is_meant));
    if is_there { Ok(device) } else { Err(Error::NotFound("device")) }
}

async fn change(
    state: &State,
    device: Id,
    change: impl FnOnce(&mut KnownDevice) + 'static,
) -> Result<KnownDevice, Error> {
    let changed = state.update(move |tx| {
        let known = tx.devices.get_mut(&device).ok_or(Error::NotFound("device"))?;
        change(known);
        Ok(known.clone())
    });
    changed.await
}

fn shown(state: &State, id: &Id, known: &KnownDevice, here: &Id) -> Device {
    let is_here = id == here;
    let online = is_here || state.live(|live| live.has_device(id));
    let now = platform::now_ms();
    state.read(|tables| Device {
        id: peer_of(id),
        name: text::shown(&known.name),
        added: known.added,
        last_seen: if is_here { None } else { tables.device_seen(id).map(|seen| seen.min(now)) },
        here: is_here,
        online,
        new: !is_here && is_new(tables, id, known, here, now),
    })
}

/// Whether a device came after this one, in the last 30 days, and the person has not said here that they know it.
fn is_new(tables: &Tables, id: &Id, known: &KnownDevice, here: &Id, now: u64) -> bool {
    let came_later = tables.devices.get(here).is_some_and(|mine| mine.added < known.added);
    came_later && now < known.added.saturating_add(NEW_MS) && !tables.familiar.contains(id)
}

/// The key of a device whose PeerId is this text.
fn key_of(id: &str) -> Option<Id> {
    let peer: PeerId = id.parse().ok()?;
    // The multihash of an Ed25519 key ends with the key itself.
    let key = Id::from_bytes(peer.to_bytes().last_chunk()?).ok()?;
    (peer_of(&key) == id).then_some(key)
}

/// The PeerId of a device, as text.
fn peer_of(device: &Id) -> String {
    PeerId::from_bytes(&device.peer_id()).map(|peer| peer.to_string()).unwrap_or_default()
}
