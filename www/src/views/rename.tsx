/** Title and text of one's own share, edited in their place. */

import { useSignal } from '@preact/signals'
import type { Share } from '../contract'
import { LIMITS } from '../generated'
import { api } from '../state/engine'
import { notifyDone } from '../state/notices'
import { addShare } from '../state/shares'
import { s } from '../strings'
import { ErrorMessage, Field, focusInvalid, Sent, TextArea } from '../ui/field'
import { useAsyncAction } from '../ui/use-async-action'

/** High enough for what is typed, up to a screen. */
const MAX_ROWS = 14

export function Rename({ share, close }: { share: Share; close: () => void }) {
  const title = useSignal(share.title)
  const note = useSignal(share.note ?? '')
  const sent = useSignal(false)
  const { busy, problem, run } = useAsyncAction()
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    sent.value = true
    const form = event.currentTarget as HTMLFormElement
    await Promise.resolve()
    if (!title.value.trim() || note.value.length > LIMITS.textChars) return void focusInvalid(form)
    const before = { title: share.title, note: share.note ?? '' }
    await run(async () => {
      addShare(await api().shares.rename(share.id, { title: title.value, note: note.value }))
      notifyDone(s.rename.done, () => void api().shares.rename(share.id, before).then(addShare))
      close()
    })
  }
  return (
    <Sent.Provider value={sent.value}>
      <form class="card pad stack" aria-label={s.rename.begin} noValidate onSubmit={event => void submit(event)}>
        <Field
          label={s.rename.title}
          value={title.value}
          maxLength={LIMITS.titleChars}
          autoFocus
          check={() => (title.value.trim() ? null : s.rename.needTitle)}
          onInput={typed => (title.value = typed)}
        />
        <TextArea
          label={s.rename.note}
          hint={s.rename.hint}
          rows={Math.min(MAX_ROWS, note.value.split('\n').length + 2)}
          value={note.value}
          check={() => (note.value.length > LIMITS.textChars ? s.rename.needShorter(LIMITS.textChars) : null)}
          onInput={typed => (note.value = typed)}
        />
        {problem && <ErrorMessage text={problem} />}
        <div class="actions">
          <button type="submit" class="button main" disabled={busy}>
            {s.common.save}
          </button>
          <button type="button" class="button plain" onClick={close}>
            {s.common.cancel}
          </button>
        </div>
      </form>
    </Sent.Provider>
  )
}
