/** What can be done with the files that the reader selects: save, pass on, remove. */

import { useSignal } from '@preact/signals'
import type { FileName, Share } from '../contract'
import { wordsFor } from '../errors'
import { isViewable } from '../media-type'
import { href, navigate } from '../route'
import { addFiles } from '../state/choosing'
import { api } from '../state/engine'
import { notify, notifyUndoable } from '../state/notices'
import { endSelection, selectAll } from '../state/selection'
import { me } from '../state/session'
import { addShare, hideFiles } from '../state/shares'
import { s } from '../strings'
import { nameOf } from '../tree'
import { Icon } from '../ui/icon'
import { saveSome } from './save'
import { chooseCover } from './cover'
import { canBeChanged } from './share-recipients'

/** What is passed on is fetched whole, and lies in the browser until the new share is made. */
const MAX_PASSED_ON = 2 ** 30

interface Props {
  share: Share
  selected: ReadonlySet<string>
  /** The files of the folder on screen. */
  names: readonly FileName[]
}

export function SelectionBar({ share, selected, names }: Props) {
  const busy = useSignal(false)
  const chosen = names.filter(({ path }) => selected.has(path))
  const bytes = chosen.reduce((sum, { size }) => sum + size, 0)
  const n = chosen.length
  const [only] = n === 1 ? chosen : []
  const attempt = async (work: () => Promise<unknown>) => {
    if (busy.value) return
    busy.value = true
    try {
      await work()
    } catch (error) {
      notify(wordsFor(error), 'bad')
    } finally {
      busy.value = false
    }
  }
  const passOn = async () => {
    if (bytes > MAX_PASSED_ON) return notify(s.selection.tooMuch(MAX_PASSED_ON), 'bad')
    notify(s.selection.reading)
    const found = []
    for (const { path, type, modified } of chosen) {
      const blob = await new Response(api().shares.readPatiently(share.id, path)).blob()
      const file = new File([blob], nameOf(path), { type, ...(modified && { lastModified: modified.getTime() }) })
      found.push({ path: nameOf(path), file })
    }
    await addFiles(found)
    notify(s.selection.passedOn)
    navigate(href.share)
  }
  const remove = () => {
    const paths = chosen.map(({ path }) => path)
    const restore = hideFiles(share.id, paths)
    endSelection()
    // The pressed button disappears with the bar, so the heading gets the focus.
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
    notifyUndoable(s.selection.removed(n), () => api().shares.removeFiles(share.id, paths).then(addShare), restore)
  }
  return (
    <section class="card selection" aria-label={s.selection.label}>
      <p class="grow" role="status">
        {s.selection.count(n, bytes)}
      </p>
      {n < names.length && (
        <button
          type="button"
          class="button plain"
          onClick={() =>
            selectAll(
              share.id,
              names.map(({ path }) => path),
            )
          }
        >
          {s.selection.all}
        </button>
      )}
      {only && isViewable(only.type) && canBeChanged(share) && only.path !== share.cover && (
        <button type="button" class="button plain" onClick={() => void attempt(() => chooseCover(share, only.path).then(endSelection))}>
          {s.cover.use}
        </button>
      )}
      {canBeChanged(share) && (
        <button type="button" class="button danger" disabled={!n} aria-label={s.selection.removeOf(n)} onClick={remove}>
          {s.selection.remove}
        </button>
      )}
      {me.value && (
        <button
          type="button"
          class="button"
          disabled={!n || busy.value}
          aria-label={s.selection.passOnOf(n)}
          onClick={() => void attempt(passOn)}
        >
          {s.selection.passOn}
        </button>
      )}
      <button
        type="button"
        class="button main"
        disabled={!n || busy.value}
        aria-label={s.selection.saveOf(n)}
        onClick={() => void attempt(() => saveSome(share, chosen))}
      >
        <Icon name="download" />
        {s.selection.save}
      </button>
      <button type="button" class="icon-button" aria-label={s.selection.end} title={s.selection.end} onClick={endSelection}>
        <Icon name="close" />
      </button>
    </section>
  )
}
