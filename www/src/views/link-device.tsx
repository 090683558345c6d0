/** In the settings: the devices of the profile; a code for another one, and the four words that it shows. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Device } from '../contract'
import { deviceProblem } from '../errors'
import { displayText, longDate, timeOfDay } from '../format'
import { approve, offer, offerEnded, showCode, withdrawCode } from '../state/device-link'
import { devices, listDevices, renameDevice } from '../state/devices'
import { notify } from '../state/notices'
import { s } from '../strings'
import { CopyableValue } from '../ui/copy'
import { Dialog } from '../ui/dialog'
import { ErrorMessage, Field } from '../ui/field'
import { PassphraseForm } from '../ui/passphrase-form'
import { QrCode } from '../ui/qr-code'
import { useAsyncAction } from '../ui/use-async-action'

export function DevicesSection() {
  const open = useSignal(false)
  useEffect(() => void listDevices().catch(() => {}), []) // locked meanwhile
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

function DeviceRow({ device }: { device: Device }) {
  const typed = useSignal<string | null>(null)
  const { busy, problem, run } = useAsyncAction()
  const name = displayText(device.name) || s.devices.unnamed
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
          <p class="quiet">{s.devices.added(longDate(device.added))}</p>
        </div>
        {typed.value === null && (
          <button type="button" class="button" aria-label={s.devices.renameNamed(name)} onClick={() => (typed.value = device.name)}>
            {s.devices.rename}
          </button>
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
    </li>
  )
}

function LinkDevice({ onDone }: { onDone: () => void }) {
  const shown = offer.value
  if (!shown) return <AskPassphrase />
  return shown.asking === undefined ? (
    <ShownCode code={shown.code} until={shown.until} />
  ) : (
    <TypeWords name={displayText(shown.asking)} onDone={onDone} />
  )
}

function AskPassphrase() {
  const action = offerEnded.value ? s.devices.newCode : s.devices.showCode
  return (
    <PassphraseForm label={s.devices.passphrase} action={action} onPassphrase={showCode}>
      {offerEnded.value && <ErrorMessage text={s.devices.ended} />}
      <p>{s.devices.warning}</p>
    </PassphraseForm>
  )
}

function ShownCode({ code, until }: { code: string; until: Date }) {
  const asText = useSignal(false)
  return (
    <>
      <dl>
        <CopyableValue name={s.devices.address} value={location.origin + location.pathname} copy={false} />
      </dl>
      <p class="warning">{s.devices.warning}</p>
      <p>{s.devices.how}</p>
      <QrCode text={code} label={s.devices.qr} />
      <small>{s.devices.until(timeOfDay(until))}</small>
      {asText.value ? (
        <dl>
          <CopyableValue name={s.devices.code} value={code} />
        </dl>
      ) : (
        <div class="actions">
          <button type="button" class="button plain" onClick={() => (asText.value = true)}>
            {s.devices.asText}
          </button>
        </div>
      )}
    </>
  )
}

function TypeWords({ name, onDone }: { name: string; onDone: () => void }) {
  const words = useSignal('')
  const { busy, problem, run } = useAsyncAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      const device = await approve(words.value)
      notify(s.devices.linked(displayText(device.name)))
      onDone()
    }, deviceProblem)
  }
  return (
    <form class="stack" onSubmit={submit}>
      <p aria-live="polite">
        <b>{s.devices.asks(name)}</b>
      </p>
      <p>{s.devices.gives}</p>
      <p class="warning">{s.devices.warning}</p>
      <Field label={s.devices.words} autoComplete="off" value={words.value} onInput={value => (words.value = value)} error={problem} />
      <div class="actions">
        <button type="submit" class="button main" disabled={busy}>
          {s.devices.give}
        </button>
      </div>
    </form>
  )
}
