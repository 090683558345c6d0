/** Linking another device from this one: a code for it, and the four words that it shows. */

import { useSignal } from '@preact/signals'
import { deviceProblem } from '../errors'
import { displayText, timeOfDay } from '../format'
import { approve, offer, offerEnded, showCode } from '../state/device-link'
import { notify } from '../state/notices'
import { s } from '../strings'
import { CopyableValue } from '../ui/copy'
import { ErrorMessage, Field } from '../ui/field'
import { PassphraseForm } from '../ui/passphrase-form'
import { QrCode } from '../ui/qr-code'
import { useAsyncAction } from '../ui/use-async-action'

export function LinkDevice({ onDone }: { onDone: () => void }) {
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
