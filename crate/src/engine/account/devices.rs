//! The devices that have this profile, as its person knows them.

use libp2p::PeerId;

use crate::engine::Error;
use crate::engine::api::Device;
use crate::engine::state::State;
use crate::format::text;
use crate::keys::Id;
use crate::platform;
use crate::social::vault::KnownDevice;

/// All devices, the oldest first; `here` is this one.
pub(in crate::engine) fn devices(state: &State, here: &Id) -> Vec<Device> {
    let mut devices: Vec<_> =
        state.read(|tables| tables.devices.iter().map(|(id, known)| shown(id, known, here)).collect());
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
    let is_it = |device: &&Id| peer_of(device) == id;
    let device = state.read(|tables| tables.devices.keys().find(is_it).copied());
    let device = device.ok_or(Error::NotFound("device"))?;
    let renamed = state.update(move |tx| {
        let known = tx.devices.get_mut(&device).ok_or(Error::NotFound("device"))?;
        known.name = name;
        Ok(known.clone())
    });
    Ok(shown(&device, &renamed.await?, here))
}

/// Lists this device, under a name if it has one; a device that is listed stays as it is.
pub(in crate::engine) async fn list_this_device(
    state: &State,
    here: Id,
    name: Option<String>,
) -> Result<(), Error> {
    if state.read(|tables| tables.devices.contains(&here)) {
        return Ok(());
    }
    let device = KnownDevice { name: name.unwrap_or_default(), added: platform::now_ms() };
    let listed = state.update(move |tx| {
        tx.devices.insert(here, device);
        Ok(())
    });
    listed.await
}

fn shown(id: &Id, known: &KnownDevice, here: &Id) -> Device {
    Device { id: peer_of(id), name: text::shown(&known.name), added: known.added, here: id == here }
}

/// The PeerId of a device, as text.
fn peer_of(device: &Id) -> String {
    PeerId::from_bytes(&device.peer_id()).map(|peer| peer.to_string()).unwrap_or_default()
}
