/** Gives what somebody else made to people of mine. */

import { useSignal } from '@preact/signals'
import type { Share } from '../contract'
import { navigate, href } from '../route'
import { displayText } from '../format'
import { notify } from '../state/notices'
import { addShare } from '../state/shares'
import { api } from '../state/engine'
import { eligibleContacts } from '../state/recipients'
import { s } from '../strings'
import { useAsyncAction } from '../ui/use-async-action'
import { ErrorMessage } from '../ui/field'
import { Disclosure } from '../ui/disclosure'
import { authorName, makerName } from './share-recipients'
import { RecipientPicker } from './recipient-picker'

export function PassOn({ share }: { share: Share }) {
  const among = eligibleContacts.value.filter(({ id }) => id !== share.author && id !== share.madeBy)
  if (!among.length) return null
  return (
    <section class="card pad stack" aria-label={s.passOn.title}>
      <Disclosure label={s.passOn.title} icon="people">
        {fold => <PassOnForm share={share} onDone={fold} among={among} />}
      </Disclosure>
    </section>
  )
}

function PassOnForm({ share, among, onDone }: { share: Share; among: typeof eligibleContacts.value; onDone: () => void }) {
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const { busy, problem, run } = useAsyncAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      const mine = await api().shares.passOn(share.id, [...chosen.value])
      addShare(mine)
      notify(s.passOn.done(displayText(share.title)))
      navigate(href.shared(mine.id))
    })
  }
  return (
    <form class="stack" onSubmit={submit}>
      <p class="quiet">{s.passOn.text(makerName(share) ?? authorName(share))}</p>
      <RecipientPicker among={among} chosen={chosen.value} onChange={next => (chosen.value = next)} />
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy || !chosen.value.size}>
          {s.passOn.submit(chosen.value.size)}
        </button>
        <button type="button" class="button plain" onClick={onDone}>
          {s.common.cancel}
        </button>
      </div>
    </form>
  )
}
