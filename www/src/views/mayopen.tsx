/** Who may open a share of mine, how far each of them has come, and ways to change one's mind about it. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Share } from '../contract'
import { wordsFor } from '../errors'
import { href } from '../route'
import { shown } from '../say'
import { contacts, nameOf } from '../state/contacts'
import { api } from '../state/engine'
import { say, sayUndoable } from '../state/notices'
import { me } from '../state/session'
import { add, deliveries, listDeliveries, takeOff } from '../state/shares'
import { choosable } from '../state/whom'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { useChunks } from '../ui/chunks'
import { Face } from '../ui/face'
import { Problem } from '../ui/field'
import { Icon } from '../ui/icon'
import { Unfold } from '../ui/unfold'
import { recipientsOf } from './kept'
import { Whom } from './whom'

const HEADING = 'may-open'
/** Rows drawn at once. */
const CHUNK = 30

export function MayOpen({ share }: { share: Share }) {
  const people = share.audience === 'contacts' || share.audience === 'self'
  const recipients = recipientsOf(share)
  const given = recipients.length > 0
  return (
    <section class="card pad stack" aria-labelledby={HEADING}>
      <h2 id={HEADING} tabIndex={-1}>
        {s.mayOpen.title}
      </h2>
      {!given && <p class="quiet">{s.mayOpen.nobody[share.audience]}</p>}
      {given && <Recipients share={share} recipients={recipients} />}
      {people && <AddPeople share={share} recipients={recipients} />}
      {given && <Withdraw share={share} />}
    </section>
  )
}

function Recipients({ share, recipients }: { share: Share; recipients: readonly string[] }) {
  const { shown: drawn, end } = useChunks(recipients.length, CHUNK)
  // That a relay keeps it now is told of the share, not of each of them.
  useEffect(() => void listDeliveries(share.id).catch(() => {}), [share.id, share.root, share.kept, recipients.join()])
  return (
    <>
      <ul class="stack">
        {recipients.slice(0, drawn).map(id => (
          <Recipient key={id} share={share} id={id} />
        ))}
      </ul>
      <div class="end" ref={end} />
      {me.value?.receipts === false && (
        <small>
          {s.delivery.receiptsOff} <a href={href.settings}>{s.nav.settings}</a>
        </small>
      )}
    </>
  )
}

function Recipient({ share, id }: { share: Share; id: string }) {
  const name = nameOf(id)
  const state = deliveries.value.get(share.id)?.get(id)
  const leave = () => takeOffUndoably(share, [id], s.mayOpen.promise(name), () => api().shares.revoke(share.id, [id]))
  return (
    <li class="row wraps recipient">
      <Face id={id} name={name} avatar={contacts.value.get(id)?.avatar} />
      <div class="grow">
        <b dir="auto">{name}</b>
        <br />
        <small>{state ? s.delivery[state] : s.delivery.unknown}</small>
      </div>
      <button type="button" class="button plain" aria-label={s.mayOpen.removeOf(name)} title={s.mayOpen.promise(name)} onClick={leave}>
        {s.mayOpen.remove}
      </button>
    </li>
  )
}

function AddPeople({ share, recipients }: { share: Share; recipients: readonly string[] }) {
  const among = choosable.value.filter(({ id }) => !recipients.includes(id))
  if (!among.length) return null
  return (
    <Unfold label={recipients.length ? s.mayOpen.add : s.mayOpen.give} icon="plus">
      {fold => <AddForm share={share} recipients={recipients} among={among} onDone={fold} />}
    </Unfold>
  )
}

function AddForm({ share, recipients, among, onDone }: { share: Share; recipients: readonly string[]; among: typeof choosable.value; onDone: () => void }) {
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const { busy, problem, run } = useBusy()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      add(await api().shares.setAudience(share.id, [...recipients, ...chosen.value]))
      say(s.mayOpen.added([...chosen.value].map(id => nameOf(id)), shown(share.title)))
      onDone()
    })
  }
  return (
    <form class="stack" onSubmit={submit}>
      <p class="quiet">{s.mayOpen.addText}</p>
      <Whom among={among} chosen={chosen.value} onChange={next => (chosen.value = next)} />
      {problem && <Problem text={problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy || !chosen.value.size}>
          {chosen.value.size ? s.compose.submit(chosen.value.size) : s.mayOpen.add}
        </button>
        <button type="button" class="button plain" onClick={onDone}>
          {s.common.cancel}
        </button>
      </div>
    </form>
  )
}

function Withdraw({ share }: { share: Share }) {
  const withdraw = () => takeOffUndoably(share, recipientsOf(share), s.mayOpen.withdrew(shown(share.title)), () => api().shares.withdraw(share.id))
  return (
    <div class="row wraps">
      <p class="quiet grow">{s.mayOpen.withdrawText}</p>
      <button type="button" class="button danger" onClick={withdraw}>
        <Icon name="close" />
        {s.mayOpen.withdraw}
      </button>
    </div>
  )
}

/** Shows at once what is done only after there was time to think better of it. */
function takeOffUndoably(share: Share, recipients: readonly string[], words: string, act: () => Promise<Share>): void {
  const putBack = takeOff(share.id, recipients)
  // The button that was pressed may be gone with the line that it stood in.
  document.getElementById(HEADING)?.focus({ preventScroll: true })
  sayUndoable(words, () => void act().then(add, error => say(wordsFor(error), 'bad')).finally(putBack), putBack)
}
