/** Makes this browser a device of a profile that another device has: reads its code, then shows four words. */

import { useSignal } from '@preact/signals'
import { joinProblem } from '../errors'
import { displayText } from '../format'
import { isDeviceCode } from '../route'
import { acceptIdentity, becomes, isAccepted, joinDevice, refuseIdentity, shownWords } from '../state/device-link'
import { s } from '../strings'
import { EnglishWords } from '../ui/english-words'
import { ErrorMessage, Field, TextArea } from '../ui/field'
import { QrScanner } from '../ui/qr-scanner'
import { useHeading } from '../ui/shell'
import { useAsyncAction } from '../ui/use-async-action'
import { nameProblem, ProfileForm } from './profile-setup'

export function JoinDevice({ onBack }: { onBack: () => void }) {
  const code = useSignal('')
  const name = useSignal(navigator.maxTouchPoints > 1 ? s.join.names.phone : s.join.names.computer)
  const scanning = useSignal(false)
  return (
    <>
      {becomes.value ? <Whose name={becomes.value.name} /> : shownWords.value && <ShownWords words={shownWords.value} />}
      <div hidden={shownWords.value !== null}>
        <ProfileForm
          words={s.join}
          about={[]}
          act={passphrase => joinDevice(code.value.trim(), name.value.trim(), passphrase)}
          explain={joinProblem}
          onBack={onBack}
        >
          <p class="quiet">{s.join.text}</p>
          <div class="actions">
            <button type="button" class="button" onClick={() => (scanning.value = true)}>
              {s.join.scan}
            </button>
          </div>
          <TextArea
            label={s.join.code}
            rows={3}
            spellcheck={false}
            value={code.value}
            onInput={value => (code.value = value)}
            check={() => (isDeviceCode(code.value) ? null : s.join.needCode)}
          />
          <Field
            label={s.join.name}
            autoComplete="off"
            hint={s.join.nameHint}
            value={name.value}
            onInput={value => (name.value = value)}
            check={() => nameProblem(name.value)}
          />
        </ProfileForm>
      </div>
      {scanning.value && (
        <QrScanner
          title={s.join.scanTitle}
          text={s.join.scanText}
          other={s.join.scanOther}
          accepts={isDeviceCode}
          onClose={() => (scanning.value = false)}
          onFound={found => {
            code.value = found
            scanning.value = false
          }}
        />
      )}
    </>
  )
}

function ShownWords({ words }: { words: readonly string[] }) {
  const heading = useHeading(s.join.wordsTitle)
  return (
    <section class="card pad stack">
      <h1 ref={heading} tabIndex={-1}>
        {s.join.wordsTitle}
      </h1>
      <EnglishWords />
      <ol class="words" translate={false} lang="en" dir="ltr">
        {words.map((word, i) => (
          <li key={i}>{word}</li>
        ))}
      </ol>
      <p class="quiet">{s.join.wordsText}</p>
      <div class="actions">
        <button type="button" class="button plain" onClick={() => void refuseIdentity()}>
          {s.common.cancel}
        </button>
      </div>
    </section>
  )
}

function Whose({ name }: { name: string }) {
  const title = name ? s.join.whose(displayText(name)) : s.join.whoseUnknown
  const heading = useHeading(title)
  const { busy, problem, run } = useAsyncAction()
  return (
    <section class="card pad stack">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {isAccepted.value ? <p role="status">{s.join.restoring}</p> : <p>{s.join.whoseText}</p>}
      {problem && <ErrorMessage text={problem} />}
      {!isAccepted.value && (
        <div class="actions">
          <button type="button" class="button main" disabled={busy} onClick={() => void run(acceptIdentity)}>
            {s.join.yes}
          </button>
          <button type="button" class="button plain" onClick={() => void refuseIdentity()}>
            {s.join.no}
          </button>
        </div>
      )}
    </section>
  )
}
