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
import { LocationQuestion } from './location-question'
import { authorName, isMine } from './share-recipients'

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
  /** Whether it is an album of somebody else. */
  const theirs = !isMine(share)
  const keepLocation = useSignal(false)
  const step = useSignal<{ done: number; of: number } | null>(null)
  /** What was chosen, and what of it stands in the way of the others. */
  const chosen = useSignal<readonly SelectedFile[]>([])
  const inTheWay = useSignal<readonly string[]>([])
  /** What may tell where it was taken. */
  const located = useSignal<readonly string[]>([])
  /** How many files of systems are left out. */
  const leftOut = useSignal(0)
  const { busy, problem, reject, run } = useAsyncAction()
  const add = (found: readonly SelectedFile[], asTheyAre: ReadonlySet<string> = new Set()) => {
    chosen.value = found
    inTheWay.value = []
    located.value = []
    const unfit = found.filter(({ path }) => pathProblem(path))
    if (unfit.length) {
      inTheWay.value = unfit.map(({ path }) => path)
      return reject(s.addFiles.refused(unfit.map(({ path }) => displayText(path))))
    }
    if (!found.length) return reject(s.compose.needFiles)
    void run(
      async () => {
        try {
          const onStep = (done: number, of: number) => (step.value = { done, of })
          const files = await prepareFiles(found, { keepLocation: keepLocation.value, asTheyAre, onStep })
          addShare(await api().shares[theirs ? 'addTo' : 'addFiles'](share.id, files, { keepLocation: keepLocation.value }))
        } catch (error) {
          throw await withAllUnreadable(error, found)
        } finally {
          step.value = null
        }
        const title = displayText(share.title)
        const done = theirs ? s.album.added(title) : s.addFiles.done(found.length, title)
        notify(leftOut.value ? `${done} ${s.compose.systemFiles(leftOut.value)}` : done)
        onDone()
      },
      error => {
        inTheWay.value = pathsInTheWay(error)
        if (!(error instanceof LocationError)) return wordsFor(error)
        located.value = error.paths
        return null
      },
    )
  }
  const addChosen = async (list: FileList) => {
    const { own, system } = await sortOut(filesFromInput(list))
    leftOut.value = system
    add(own)
  }
  const others = (paths: readonly string[]) => chosen.value.filter(({ path }) => !paths.includes(path))
  return (
    <div class="stack">
      <p class="quiet">{hint(share)}</p>
      <Checkbox
        label={s.compose.location}
        hint={s.compose.locationHint}
        checked={keepLocation.value}
        onChange={yes => (keepLocation.value = yes)}
      />
      {problem && <InTheWay problem={problem} paths={inTheWay.value} onLeaveOut={paths => add(others(paths))} />}
      {located.value.length > 0 && (
        <LocationQuestion
          paths={located.value}
          onLeaveOut={others(located.value).length ? () => add(others(located.value)) : undefined}
          onShareAsTheyAre={() => add(chosen.value, new Set(located.value))}
        />
      )}
      {step.value && (
        <>
          <small role="status">{s.compose.preparing(step.value.done, step.value.of)}</small>
          <Progress label={s.addFiles.title} done={step.value.done} total={step.value.of} />
        </>
      )}
      <div class="actions">
        <FilePicker label={s.compose.pickFiles} onChosen={files => void addChosen(files)} main disabled={busy} />
        <FilePicker label={s.compose.pickFolder} onChosen={files => void addChosen(files)} folder disabled={busy} />
        <button type="button" class="button plain" disabled={busy} onClick={onDone}>
          {s.common.cancel}
        </button>
      </div>
    </div>
  )
}

function hint(share: Share): string {
  if (share.adds) return isMine(share) ? s.album.addTextMine : s.album.addText(authorName(share))
  return share.audience === 'self' ? s.addFiles.textSelf : s.addFiles.text
}

/** Gives each file a path of its own, without files that systems made for themselves, unless nothing else was chosen. */
async function sortOut(found: readonly SelectedFile[]): Promise<{ own: SelectedFile[]; system: number }> {
  const fit = found.filter(({ path }) => systemFile(path) === undefined)
  const meant = fit.length ? fit : found
  const files = new ChosenFiles()
  const own: SelectedFile[] = []
  for (const { path, file } of meant) {
    const outcome = await files.add(path, file)
    // One that cannot be read is named when all are read.
    if (outcome === 'unreadable') own.push({ path, file })
    else if (typeof outcome === 'object' && 'added' in outcome) own.push({ path: outcome.added, file })
  }
  return { own, system: new Set(found.filter(each => !meant.includes(each)).map(({ path }) => systemFile(path))).size }
}
