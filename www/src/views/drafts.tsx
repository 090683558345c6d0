/** A share whose files were not all read: names them, to be chosen again. */

import { chosen } from '../picked'
import { wordsFor } from '../errors'
import { go, href, route } from '../route'
import { shown } from '../say'
import { discardDraft, type Draft, resumeDraft } from '../state/drafts'
import { say } from '../state/notices'
import { adding } from '../state/transfers'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { Problem } from '../ui/field'
import { FilePicker } from '../ui/pickers'
import { TransfersOf } from './parts'

/** Names listed before "and more". */
const NAMED = 20

export function DraftCard({ draft }: { draft: Draft }) {
  const title = shown(draft.title) || s.drafts.untitled
  return (
    <section class="card pad stack draft" aria-label={title}>
      <div class="row wraps">
        <h2 class="grow" dir="auto">
          {title}
        </h2>
        <span class="chip new">{s.drafts.title}</span>
      </div>
      {adding.value?.share === draft.id ? <TransfersOf share={draft.id} /> : <Missing draft={draft} />}
    </section>
  )
}

function Missing({ draft }: { draft: Draft }) {
  const { busy, problem, refuse, run } = useBusy()
  const rest = draft.missing.length - NAMED
  const resume = (files: FileList) =>
    void run(
      async () => {
        const share = await resumeDraft(draft, chosen(files))
        if (!share) return refuse(s.drafts.nothingMatches)
        say(s.compose.shared(shown(share.title)))
        // Whoever went on to something else meanwhile is left there.
        if (route.value.view === 'home') go(href.shared(share.id))
      },
      error => {
        // This card may have given way to the bar of what it began.
        const words = wordsFor(error)
        say(words, 'bad')
        return words
      },
    )
  return (
    <>
      <p>{s.drafts.text(draft.missing.length)}</p>
      <details>
        <summary>{s.drafts.missing}</summary>
        <ul class="names">
          {draft.missing.slice(0, NAMED).map(path => (
            <li key={path} dir="auto">
              {shown(path)}
            </li>
          ))}
          {rest > 0 && <li>{s.compose.more(rest)}</li>}
        </ul>
      </details>
      {problem && <Problem text={problem} />}
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
