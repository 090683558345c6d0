/** What happened to the files of a folder, with undo. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { JournalEntry } from '../contract'
import { displayText, relativeTime } from '../format'
import { folderNews, readJournal, undoEntry } from '../state/folders'
import { notify } from '../state/notices'
import { s } from '../strings'
import { ErrorMessage } from '../ui/field'
import { SearchField } from '../ui/search-field'
import { useAsyncAction } from '../ui/use-async-action'

/** Lines that one reading brings: as many as the engine gives where nobody says otherwise. */
const PAGE = 100

export function Journal({ folder }: { folder: string }) {
  const text = useSignal('')
  const lines = useSignal<readonly JournalEntry[] | null>(null)
  const { busy, problem, run } = useAsyncAction()
  const news = folderNews.value
  useEffect(() => void run(async () => (lines.value = await readJournal(folder, text.value))), [folder, text.value, news])
  const all = lines.value ?? []
  const more = () => run(async () => (lines.value = [...all, ...(await readJournal(folder, text.value, all.at(-1)?.id))]))
  return (
    <div class="stack">
      <p class="quiet">{s.folders.journalText}</p>
      <SearchField label={s.folders.search} value={text.value} onInput={value => (text.value = value)} />
      {problem && <ErrorMessage text={problem} />}
      {lines.value?.length === 0 && <p>{s.folders.empty}</p>}
      <ul class="names">
        {all.map(line => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
      {all.length > 0 && all.length % PAGE === 0 && (
        <div class="actions">
          <button type="button" class="button" disabled={busy} onClick={() => void more()}>
            {s.folders.more}
          </button>
        </div>
      )}
    </div>
  )
}

function Line({ line }: { line: JournalEntry }) {
  const { busy, problem, run } = useAsyncAction()
  const path = displayText(line.path)
  const where = line.here ? s.folders.here : s.folders.elsewhere(displayText(line.device))
  const undo = () =>
    run(async () => {
      await undoEntry(line.id)
      notify(s.folders.undone(path))
    })
  return (
    <li>
      <div class="row wraps">
        <div class="grow">
          <b class="break-anywhere">{path}</b>
          <p class="quiet">{s.folders.line(s.folders.changes[line.change], where, relativeTime(line.at))}</p>
        </div>
        {line.undoable && (
          <button type="button" class="button" disabled={busy} aria-label={s.folders.undoNamed(path)} onClick={() => void undo()}>
            {s.folders.undo}
          </button>
        )}
      </div>
      {problem && <ErrorMessage text={problem} />}
    </li>
  )
}
