/** Adds files to one of the reader's own shares. */

import { useSignal } from '@preact/signals'
import { ChosenFiles } from '../chosen-files'
import type { Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { pathProblem } from '../paths'
import { filesFromInput, type SelectedFile } from '../selected-files'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import { LocationError, pathsInTheWay, prepareFiles, withAllUnreadable } from '../state/prepare-files'
import { addShare } from '../state/shares'
import { s } from '../strings'
import { systemFile } from '../system-files'
import { Disclosure } from '../ui/disclosure'
import { Checkbox } from '../ui/field'
import { FilePicker } from '../ui/file-picker'
import { InTheWay } from '../ui/in-the-way'
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
  /** What was chosen, and what of it stands in the way of the others. */
  const chosen = useSignal<readonly SelectedFile[]>([])
  const inTheWay = useSignal<readonly string[]>([])
  const { busy, problem, reject, run } = useAsyncAction()
  const add = (found: readonly SelectedFile[]) => {
    chosen.value = found
    inTheWay.value = []
    const unfit = found.filter(({ path }) => pathProblem(path))
    if (unfit.length) {
      inTheWay.value = unfit.map(({ path }) => path)
      return reject(s.addFiles.refused(unfit.map(({ path }) => displayText(path))))
    }
    if (!found.length) return reject(s.compose.needFiles)
    void run(
      async () => {
        try {
          const files = await prepareFiles(found, { keepLocation: keepLocation.value, onStep: (done, of) => (step.value = { done, of }) })
          addShare(await api().shares.addFiles(share.id, files, { keepLocation: keepLocation.value }))
        } catch (error) {
          throw await withAllUnreadable(error, found)
        } finally {
          step.value = null
        }
        notify(s.addFiles.done(found.length, displayText(share.title)))
        onDone()
      },
      error => {
        inTheWay.value = pathsInTheWay(error)
        return error instanceof LocationError ? locationErrorText(error) : wordsFor(error)
      },
    )
  }
  const addChosen = (list: FileList) => void withOwnPaths(filesFromInput(list)).then(add)
  const without = (paths: readonly string[]) => add(chosen.value.filter(({ path }) => !paths.includes(path)))
  return (
    <div class="stack">
      <p class="quiet">{share.audience === 'self' ? s.addFiles.textSelf : s.addFiles.text}</p>
      <Checkbox
        label={s.compose.location}
        hint={s.compose.locationHint}
        checked={keepLocation.value}
        onChange={yes => (keepLocation.value = yes)}
      />
      {problem && <InTheWay problem={problem} paths={inTheWay.value} onLeaveOut={without} />}
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

/** The files with a path of its own for each. What systems made for themselves is left out, unless it was chosen alone. */
async function withOwnPaths(found: readonly SelectedFile[]): Promise<SelectedFile[]> {
  const meant = found.filter(({ path }) => systemFile(path) === undefined)
  const files = new ChosenFiles()
  const own: SelectedFile[] = []
  for (const { path, file } of meant.length ? meant : found) {
    const outcome = await files.add(path, file)
    // One that cannot be read is named when all are read.
    if (outcome === 'unreadable') own.push({ path, file })
    else if (typeof outcome === 'object' && 'added' in outcome) own.push({ path: outcome.added, file })
  }
  return own
}
