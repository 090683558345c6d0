/** A draft: a share whose files were not all read. Lists the files to choose again. */

import { wordsFor } from '../errors'
import { displayText } from '../format'
import { href, navigate, route } from '../route'
import { filesFromInput } from '../selected-files'
import { type Draft, discardDraft, resumeDraft } from '../state/drafts'
import { notify } from '../state/notices'
import { encryptingTransfer } from '../state/transfers'
import { s } from '../strings'
import { ErrorMessage } from '../ui/field'
import { FilePicker } from '../ui/file-picker'
import { useAsyncAction } from '../ui/use-async-action'
import { ShareTransfers } from './labels'

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
  const rest = draft.missing.length - MAX_NAMES
  const resume = (files: FileList) =>
    void run(
      async () => {
        const share = await resumeDraft(draft, filesFromInput(files))
        if (!share) return reject(s.drafts.nothingMatches)
        notify(s.compose.shared(displayText(share.title)))
        // Do not navigate if the reader has opened another view meanwhile.
        if (route.value.view === 'home') navigate(href.shared(share.id))
      },
      error => {
        // A notice too, because the progress bar may have replaced this form.
        const words = wordsFor(error)
        notify(words, 'bad')
        return words
      },
    )
  return (
    <>
      <p>{s.drafts.text(draft.missing.length)}</p>
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
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <FilePicker label={s.drafts.choose} onChosen={resume} main disabled={busy} />
        <FilePicker label={s.drafts.chooseFolder} onChosen={resume} folder disabled={busy} />
        <button type="button" class="button plain" disabled={busy} onClick={() => void run(() => discardDraft(draft.id))}>
          {s.drafts.discard}
        </button>
      </div>
    </>
  )
}
