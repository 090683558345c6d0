/** Who may open one of the reader's shares, how far each recipient has come, and ways to add and remove people. */

import { useEffect } from 'preact/hooks'
import type { Share } from '../contract'
import { displayText } from '../format'
import { href } from '../route'
import { contacts, nameOf } from '../state/contacts'
import { api } from '../state/engine'
import { notify, notifyUndoable } from '../state/notices'
import { eligibleContacts } from '../state/recipients'
import { me } from '../state/session'
import { addShare, deliveries, hideRecipients, listDeliveries } from '../state/shares'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { Disclosure } from '../ui/disclosure'
import { Checkbox, ErrorMessage } from '../ui/field'
import { Icon } from '../ui/icon'
import { useAsyncAction } from '../ui/use-async-action'
import { useIncrementalList } from '../ui/use-infinite-scroll'
import { MayAnswer } from './answers'
import { RecipientForm } from './recipient-form'
import { formerRecipientsOf, recipientsOf } from './share-recipients'

const HEADING = 'may-open'
/** Rows rendered at once. */
const BATCH = 30

export function ShareAccess({ share }: { share: Share }) {
  const people = share.audience === 'contacts' || share.audience === 'self'
  const recipients = recipientsOf(share)
  const given = recipients.length > 0
  const former = formerRecipientsOf(share)
  return (
    <section class="card pad stack" aria-labelledby={HEADING}>
      <h2 id={HEADING} tabIndex={-1}>
        {s.access.title}
      </h2>
      {!given && <p class="quiet">{former.length ? s.access.nobodyNow : s.access.nobody[share.audience]}</p>}
      {given && <Recipients share={share} recipients={recipients} />}
      {former.length > 0 && <p class="warning">{s.access.former(former.map(id => nameOf(id)))}</p>}
      {given && share.audience === 'contacts' && share.madeBy === undefined && <MayAdd share={share} />}
      {given && share.audience === 'contacts' && <MayAnswer share={share} />}
      {people && <AddPeople share={share} recipients={recipients} />}
      {(given || former.length > 0) && <Withdraw share={share} />}
    </section>
  )
}

function Recipients({ share, recipients }: { share: Share; recipients: readonly string[] }) {
  const { visible, sentinel } = useIncrementalList(recipients.length, BATCH)
  // The engine reports that a relay keeps the share, not that of each recipient, so the list is loaded again.
  useEffect(() => void listDeliveries(share.id).catch(() => {}), [share.id, share.root, share.kept, recipients.join()])
  return (
    <>
      <ul class="stack">
        {recipients.slice(0, visible).map(id => (
          <Recipient key={id} share={share} id={id} />
        ))}
      </ul>
      <div class="end" ref={sentinel} />
      <small>{s.access.removeText}</small>
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
  const leave = () => removeUndoably(share, [id], s.access.promise(name), () => api().shares.revoke(share.id, [id]))
  return (
    <li class="row wraps recipient">
      <Avatar id={id} name={name} avatar={contacts.value.get(id)?.avatar} />
      <div class="grow">
        <b dir="auto">{name}</b>
        <br />
        <small>{state ? s.delivery[state] : s.delivery.unknown}</small>
      </div>
      <button type="button" class="button plain" aria-label={s.access.removeOf(name)} title={s.access.promise(name)} onClick={leave}>
        {s.access.remove}
      </button>
    </li>
  )
}

function AddPeople({ share, recipients }: { share: Share; recipients: readonly string[] }) {
  const among = eligibleContacts.value.filter(({ id }) => !recipients.includes(id))
  if (!among.length) return null
  const addPeople = async (ids: readonly string[]) => {
    addShare(await api().shares.setAudience(share.id, [...recipients, ...ids]))
    notify(
      s.access.added(
        ids.map(id => nameOf(id)),
        displayText(share.title),
      ),
    )
  }
  return (
    <Disclosure label={recipients.length ? s.access.add : s.access.give} icon="plus">
      {close => (
        <RecipientForm
          text={s.access.addText}
          among={among}
          submitLabel={count => (count ? s.compose.submit(count) : s.access.add)}
          onSubmit={ids => addPeople(ids).then(close)}
          onCancel={close}
        />
      )}
    </Disclosure>
  )
}

/** Whether the recipients may add to it. */
function MayAdd({ share }: { share: Share }) {
  const { busy, problem, run } = useAsyncAction()
  const change = (adds: boolean) => {
    if (!busy) void run(async () => addShare(await api().shares.setAdds(share.id, adds)))
  }
  return (
    <>
      <Checkbox label={s.album.mayAdd} hint={s.album.mayAddHint} checked={share.adds} onChange={change} />
      {problem && <ErrorMessage text={problem} />}
    </>
  )
}

function Withdraw({ share }: { share: Share }) {
  const withdraw = () =>
    removeUndoably(share, recipientsOf(share), s.access.withdrew(displayText(share.title)), () => api().shares.withdraw(share.id))
  return (
    <div class="row wraps">
      <p class="quiet grow">{s.access.withdrawText}</p>
      <button type="button" class="button danger" onClick={withdraw}>
        <Icon name="close" />
        {s.access.withdraw}
      </button>
    </div>
  )
}

/** Hides recipients at once and changes the share when the notice closes, unless the reader undoes it. */
function removeUndoably(share: Share, recipients: readonly string[], words: string, act: () => Promise<Share>): void {
  const restore = hideRecipients(share.id, recipients)
  // The pressed button may disappear with its row, so the heading gets the focus.
  document.getElementById(HEADING)?.focus({ preventScroll: true })
  notifyUndoable(words, () => act().then(addShare), restore)
}
