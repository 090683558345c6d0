/** Adds files to one of the reader's own shares. */

import { useSignal } from '@preact/signals'
import type { Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { pathProblem } from '../paths'
import { filesFromInput, type SelectedFile } from '../selected-files'
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
import { LocationQuestion } from './location-question'

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
  /** What was chosen, and what of it may tell where it was taken. */
  const asked = useSignal<{ found: readonly SelectedFile[]; paths: readonly string[] } | null>(null)
  const { busy, problem, reject, run } = useAsyncAction()
  const addChosen = (list: FileList) => {
    const found = filesFromInput(list)
    const unfit = found.filter(({ path }) => pathProblem(path))
    if (unfit.length) return reject(s.addFiles.refused(unfit.map(({ path }) => displayText(path))))
    add(found)
  }
  const add = (found: readonly SelectedFile[], asTheyAre: ReadonlySet<string> = new Set()) => {
    asked.value = null
    void run(
      async () => {
        try {
          const onStep = (done: number, of: number) => (step.value = { done, of })
          const files = await prepareFiles(found, { keepLocation: keepLocation.value, asTheyAre, onStep })
          addShare(await api().shares.addFiles(share.id, files))
        } finally {
          step.value = null
        }
        notify(s.addFiles.done(found.length, displayText(share.title)))
        onDone()
      },
      error => {
        if (!(error instanceof LocationError)) return wordsFor(error)
        asked.value = { found, paths: error.paths }
        return null
      },
    )
  }
  const question = asked.value
  const others = question?.found.filter(({ path }) => !question.paths.includes(path)) ?? []
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
      {question && (
        <LocationQuestion
          paths={question.paths}
          onLeaveOut={others.length ? () => add(others) : undefined}
          onShareAsTheyAre={() => add(question.found, new Set(question.paths))}
        />
      )}
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
