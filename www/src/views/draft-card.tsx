/** A draft: a share whose files were not all read. Lists the files to choose again. */

import { useSignal } from '@preact/signals'
import type { Draft } from '../contract'
import { codeOf, wordsFor } from '../errors'
import { displayText } from '../format'
import { href, navigate, route } from '../route'
import { filesFromInput, type SelectedFile } from '../selected-files'
import { discardDraft, type Resuming, resumeDraft } from '../state/drafts'
import { notify } from '../state/notices'
import { LocationError, pathsInTheWay } from '../state/prepare-files'
import { encryptingTransfer } from '../state/transfers'
import { s } from '../strings'
import { FilePicker } from '../ui/file-picker'
import { InTheWay } from '../ui/in-the-way'
import { useAsyncAction } from '../ui/use-async-action'
import { ShareTransfers } from './labels'
import { LocationQuestion } from './location-question'

/** Names listed before "and more". */
const MAX_NAMES = 20

export function DraftCard({ draft }: { draft: Draft }) {
  const title = displayText(draft.title) || s.drafts.untitled
  return (
    <section class="card pad stack draft" aria-label={title}>
      <div class="row wraps">
        <h2 class="grow" dir="auto">
          {title}
        </h2>
        <span class="chip new">{s.drafts.title}</span>
      </div>
      {encryptingTransfer.value?.share === draft.id ? <ShareTransfers share={draft.id} /> : <MissingFiles draft={draft} />}
    </section>
  )
}

function MissingFiles({ draft }: { draft: Draft }) {
  const { busy, problem, reject, run } = useAsyncAction()
  /** What was chosen, and what of it stands in the way of the others, or may tell where it was taken. */
  const chosen = useSignal<readonly SelectedFile[]>([])
  const inTheWay = useSignal<readonly string[]>([])
  const located = useSignal<readonly string[]>([])
  const rest = draft.missing.length - MAX_NAMES
  const resume = (files: readonly SelectedFile[], how?: Resuming) => {
    chosen.value = files
    inTheWay.value = []
    located.value = []
    void run(
      async () => {
        const share = await resumeDraft(draft, files, how)
        if (share === 'nothing') return reject(s.drafts.nothingMatches)
        if (share === 'missing') return
        notify(s.compose.shared(displayText(share.title)))
        // Do not navigate if the reader has opened another view meanwhile.
        if (route.value.view === 'home') navigate(href.shared(share.id))
      },
      error => {
        inTheWay.value = pathsInTheWay(error)
        if (error instanceof LocationError) {
          located.value = error.paths
          return null
        }
        // A notice too, because the progress bar may have replaced this form.
        const words = codeOf(error) === 'already-exists' ? s.drafts.elsewhere : wordsFor(error)
        notify(words, 'bad')
        return words
      },
    )
  }
  const choose = (files: FileList) => resume(filesFromInput(files))
  const without = (paths: readonly string[]) => resume(chosen.value.filter(({ path }) => !paths.includes(path)))
  return (
    <>
      <p>{draft.missing.length ? s.drafts.text(draft.missing.length) : s.drafts.whole}</p>
      {draft.missing.length > 0 && (
        <details>
          <summary>{s.drafts.missing}</summary>
          <ul class="names">
            {draft.missing.slice(0, MAX_NAMES).map(path => (
              <li key={path} dir="auto">
                {displayText(path)}
              </li>
            ))}
            {rest > 0 && <li>{s.compose.more(rest)}</li>}
          </ul>
        </details>
      )}
      {problem && <InTheWay problem={problem} paths={inTheWay.value} onLeaveOut={without} />}
      {located.value.length > 0 && (
        <LocationQuestion
          paths={located.value}
          onLeaveOut={() => without(located.value)}
          onShareAsTheyAre={() => resume(chosen.value, { asTheyAre: new Set(located.value) })}
        />
      )}
      <div class="actions">
        {draft.missing.length > 0 ? (
          <>
            <FilePicker label={s.drafts.choose} onChosen={choose} main disabled={busy} />
            <FilePicker label={s.drafts.chooseFolder} onChosen={choose} folder disabled={busy} />
            <button type="button" class="button" disabled={busy} onClick={() => resume([], { leaveOut: true })}>
              {s.drafts.without(draft.missing.length)}
            </button>
          </>
        ) : (
          <button type="button" class="button main" disabled={busy} onClick={() => resume([])}>
            {s.drafts.finish}
          </button>
        )}
        <button type="button" class="button plain" disabled={busy} onClick={() => void run(() => discardDraft(draft.id))}>
          {s.drafts.discard}
        </button>
      </div>
    </>
  )
}
