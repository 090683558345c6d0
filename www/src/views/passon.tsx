/** Gives what somebody else made to people of mine. */

import { useSignal } from '@preact/signals'
import type { Share } from '../contract'
import { go, href } from '../route'
import { shown } from '../say'
import { say } from '../state/notices'
import { add } from '../state/shares'
import { api } from '../state/engine'
import { choosable } from '../state/whom'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { Problem } from '../ui/field'
import { Unfold } from '../ui/unfold'
import { authorName, makerName } from './kept'
import { Whom } from './whom'

export function PassOn({ share }: { share: Share }) {
  const among = choosable.value.filter(({ id }) => id !== share.author && id !== share.madeBy)
  if (!among.length) return null
  return (
    <section class="card pad stack" aria-label={s.passOn.title}>
      <Unfold label={s.passOn.title} icon="people">
        {fold => <Form share={share} onDone={fold} among={among} />}
      </Unfold>
    </section>
  )
}

function Form({ share, among, onDone }: { share: Share; among: typeof choosable.value; onDone: () => void }) {
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const { busy, problem, run } = useBusy()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      const mine = await api().shares.passOn(share.id, [...chosen.value])
      add(mine)
      say(s.passOn.done(shown(share.title)))
      go(href.shared(mine.id))
    })
  }
  return (
    <form class="stack" onSubmit={submit}>
      <p class="quiet">{s.passOn.text(makerName(share) ?? authorName(share))}</p>
      <Whom among={among} chosen={chosen.value} onChange={next => (chosen.value = next)} />
      {problem && <Problem text={problem} />}
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
