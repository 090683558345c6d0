/** The devices of the profile: in the settings, to rename and remove; on the home view those that are new. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Device } from '../contract'
import { displayText, longDate, relativeTime } from '../format'
import { href } from '../route'
import { withdrawCode } from '../state/device-link'
import { confirmDevice, devices, listDevices, removeDevice, renameDevice, restoreDevice } from '../state/devices'
import { notifyDone } from '../state/notices'
import { s } from '../strings'
import { Dialog } from '../ui/dialog'
import { ErrorMessage, Field } from '../ui/field'
import { Icon } from '../ui/icon'
import { useAsyncAction } from '../ui/use-async-action'
import { LinkDevice } from './link-device'

const nameOf = (device: Device) => displayText(device.name) || s.devices.unnamed

/** Reads the list when the view comes; without it nothing shows. */
const useDevices = () => useEffect(() => void listDevices().catch(() => {}), []) // locked meanwhile

export function DevicesSection() {
  const open = useSignal(false)
  useDevices()
  const close = () => {
    open.value = false
    void withdrawCode()
  }
  return (
    <section class="card pad stack">
      <h2>{s.devices.title}</h2>
      <p class="quiet">{s.devices.text}</p>
      <ul class="names">
        {devices.value?.map(device => (
          <DeviceRow key={device.id} device={device} />
        ))}
      </ul>
      <div class="actions">
        <button type="button" class="button" onClick={() => (open.value = true)}>
          {s.devices.link}
        </button>
      </div>
      {open.value && (
        <Dialog title={s.devices.link} onClose={close}>
          <LinkDevice onDone={() => (open.value = false)} />
        </Dialog>
      )}
    </section>
  )
}

/** A quiet line for each device that came to have the profile lately, until the reader says that it was them. */
export function NewDevices() {
  useDevices()
  return (
    <>
      {devices.value
        ?.filter(device => device.new)
        .map(device => (
          <NewDevice key={device.id} device={device} />
        ))}
    </>
  )
}

function NewDevice({ device }: { device: Device }) {
  const asks = useSignal(false)
  const { busy, problem, run } = useAsyncAction()
  return (
    <section class="banner" role="status">
      <Icon name="warning" />
      <p class="grow break-anywhere">{s.devices.newSince(longDate(device.added), nameOf(device))}</p>
      <button type="button" class="button" disabled={busy} onClick={() => void run(() => confirmDevice(device.id))}>
        {s.devices.known}
      </button>
      <button type="button" class="button" disabled={busy} onClick={() => (asks.value = true)}>
        {s.devices.remove}
      </button>
      {problem && <ErrorMessage text={problem} />}
      {asks.value && <RemoveDevice device={device} onClose={() => (asks.value = false)} />}
    </section>
  )
}

function DeviceRow({ device }: { device: Device }) {
  const typed = useSignal<string | null>(null)
  const asks = useSignal(false)
  const { busy, problem, run } = useAsyncAction()
  const name = nameOf(device)
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      await renameDevice(device.id, typed.value ?? '')
      typed.value = null
    })
  }
  return (
    <li>
      <div class="row wraps">
        <div class="grow">
          <b class="break-anywhere">{name}</b> {device.here && <span class="chip neutral">{s.devices.here}</span>}
          {device.online && !device.here && <span class="chip">{s.devices.online}</span>}
          <p class="quiet">
            {s.devices.added(longDate(device.added))}
            {device.lastSeen && !device.online && ` · ${s.devices.lastSeen(relativeTime(device.lastSeen))}`}
          </p>
        </div>
        {typed.value === null && (
          <div class="actions">
            <button type="button" class="button" aria-label={s.devices.renameNamed(name)} onClick={() => (typed.value = device.name)}>
              {s.devices.rename}
            </button>
            {!device.here && (
              <button type="button" class="button" aria-label={s.devices.removeNamed(name)} onClick={() => (asks.value = true)}>
                {s.devices.remove}
              </button>
            )}
          </div>
        )}
      </div>
      {typed.value !== null && (
        <form class="stack" onSubmit={submit}>
          <Field
            label={s.devices.newName}
            autoComplete="off"
            value={typed.value}
            onInput={value => (typed.value = value)}
            error={problem}
          />
          <div class="actions">
            <button type="submit" class="button main" disabled={busy}>
              {s.devices.save}
            </button>
          </div>
        </form>
      )}
      {asks.value && <RemoveDevice device={device} onClose={() => (asks.value = false)} />}
    </li>
  )
}

/** Says what removing a device does and cannot do, before it is done. */
function RemoveDevice({ device, onClose }: { device: Device; onClose: () => void }) {
  const { busy, problem, run } = useAsyncAction()
  const name = nameOf(device)
  const remove = () =>
    void run(async () => {
      await removeDevice(device.id)
      onClose()
      notifyDone(s.devices.removed(name), () => void restoreDevice(device.id))
    })
  return (
    <Dialog title={s.devices.removeTitle(name)} onClose={onClose}>
      <p>{s.devices.removeDoes}</p>
      <p class="warning">{s.devices.removeHas}</p>
      <p>
        {s.devices.stolen}{' '}
        <a href={href.settings} onClick={onClose}>
          {s.devices.newKeys}
        </a>
      </p>
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="button" class="button main" disabled={busy} onClick={remove}>
          {s.devices.removeThis}
        </button>
        <button type="button" class="button" onClick={onClose}>
          {s.common.cancel}
        </button>
      </div>
    </Dialog>
  )
}
