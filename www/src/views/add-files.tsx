/** Adds files to one of the reader's own shares. */

import { useSignal } from '@preact/signals'
import type { Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { pathProblem } from '../paths'
import { filesFromInput } from '../selected-files'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import { LocationError, prepareFiles } from '../state/prepare-files'
import { addShare } from '../state/shares'
import { s } from '../strings'
import { Disclosure } from '../ui/disclosure'
import { Checkbox, ErrorMessage } from '../ui/field'
import { FilePicker } from '../ui/file-picker'
import { Progress } from '../ui/progress'
import { useAsyncAction } from '../ui/use-async-action'
import { locationErrorText } from './compose'

export function AddFiles({ share }: { share: Share }) {
  return (
    <section class="card pad stack" aria-label={s.addFiles.title}>
      <Disclosure label={s.addFiles.title} icon="plus">
        {close => <AddFilesForm share={share} onDone={close} />}
      </Disclosure>
    </section>
  )
}

function AddFilesForm({ share, onDone }: { share: Share; onDone: () => void }) {
  const keepLocation = useSignal(false)
  const step = useSignal<{ done: number; of: number } | null>(null)
  const { busy, problem, reject, run } = useAsyncAction()
  const addChosen = (list: FileList) => {
    const found = filesFromInput(list)
    const unfit = found.filter(({ path }) => pathProblem(path))
    if (unfit.length) return reject(s.addFiles.refused(unfit.map(({ path }) => displayText(path))))
    void run(
      async () => {
        try {
          const files = await prepareFiles(found, { keepLocation: keepLocation.value, onStep: (done, of) => (step.value = { done, of }) })
          addShare(await api().shares.addFiles(share.id, files))
        } finally {
          step.value = null
        }
        notify(s.addFiles.done(found.length, displayText(share.title)))
        onDone()
      },
      error => (error instanceof LocationError ? locationErrorText(error) : wordsFor(error)),
    )
  }
  return (
    <div class="stack">
      <p class="quiet">{share.audience === 'self' ? s.addFiles.textSelf : s.addFiles.text}</p>
      <Checkbox
        label={s.compose.location}
        hint={s.compose.locationHint}
        checked={keepLocation.value}
        onChange={yes => (keepLocation.value = yes)}
      />
      {problem && <ErrorMessage text={problem} />}
      {step.value && (
        <>
          <small role="status">{s.compose.preparing(step.value.done, step.value.of)}</small>
          <Progress label={s.addFiles.title} done={step.value.done} total={step.value.of} />
        </>
      )}
      <div class="actions">
        <FilePicker label={s.compose.pickFiles} onChosen={addChosen} main disabled={busy} />
        <FilePicker label={s.compose.pickFolder} onChosen={addChosen} folder disabled={busy} />
        <button type="button" class="button plain" disabled={busy} onClick={onDone}>
          {s.common.cancel}
        </button>
      </div>
    </div>
  )
}
