/** What is saved and needs a word: it waits, it broke off, or this page puts it together itself. */

import type { FileEntry, Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import { failureText, removeSave, type Save, shownSaves } from '../state/saves'
import { s } from '../strings'
import { Progress } from '../ui/progress'
import { saveAll, saveFile } from './save'

export function Saves({ share }: { share: Share }) {
  const shown = shownSaves.value.filter(each => each.share === share.id)
  if (shown.length === 0) return null
  return (
    <section class="stack" aria-label={s.saving.label}>
      {shown.map(save => (
        <SaveRow key={save.id} share={share} save={save} />
      ))}
    </section>
  )
}

function SaveRow({ share, save }: { share: Share; save: Save }) {
  const name = displayText(save.name)
  if (save.state === 'waiting') return <p class="quiet break-anywhere">{s.saving.waiting(name)}</p>
  if (save.state === 'building') {
    return (
      <div class="card pad stack tight">
        <div class="row wraps">
          <small class="grow break-anywhere">{s.saving.building(name, save.bytes, save.total ?? 0)}</small>
          <button type="button" class="button plain" aria-label={s.saving.cancelOf(name)} onClick={save.cancel}>
            {s.common.cancel}
          </button>
        </div>
        <Progress label={s.transfers.progressOf(name)} done={save.bytes} total={save.total ?? 0} />
      </div>
    )
  }
  const again = async () => {
    removeSave(save.id)
    if (save.path === undefined) return saveAll(share)
    const file: FileEntry = await api().shares.file(share.id, save.path)
    return saveFile(share, file)
  }
  return (
    <div class="card pad row wraps">
      <p class="grow break-anywhere">
        {failureText({ ...save, name })} {s.saving.notTwice}
      </p>
      <div class="actions">
        <button
          type="button"
          class="button main"
          aria-label={s.saving.againOf(name)}
          onClick={() => void again().catch(error => notify(wordsFor(error), 'bad'))}
        >
          {s.saving.again}
        </button>
        <button type="button" class="button plain" aria-label={s.saving.dismissOf(name)} onClick={() => removeSave(save.id)}>
          {s.common.close}
        </button>
      </div>
    </div>
  )
}
