/** Passes a share of somebody else on to contacts. */

import type { Share } from '../contract'
import { displayText } from '../format'
import { href, navigate } from '../route'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import { eligibleContacts } from '../state/recipients'
import { addShare } from '../state/shares'
import { s } from '../strings'
import { Disclosure } from '../ui/disclosure'
import { RecipientForm } from './recipient-form'
import { authorName, makerName } from './share-recipients'

export function PassOn({ share }: { share: Share }) {
  const among = eligibleContacts.value.filter(({ id }) => id !== share.author && id !== share.madeBy)
  if (!among.length) return null
  const passOn = async (ids: readonly string[]) => {
    const mine = await api().shares.passOn(share.id, [...ids])
    addShare(mine)
    notify(s.passOn.done(displayText(share.title)))
    navigate(href.shared(mine.id))
  }
  return (
    <section class="card pad stack" aria-label={s.passOn.title}>
      <Disclosure label={s.passOn.title} icon="people">
        {close => (
          <RecipientForm
            text={s.passOn.text(makerName(share) ?? authorName(share))}
            among={among}
            submitLabel={s.passOn.submit}
            onSubmit={passOn}
            onCancel={close}
          />
        )}
      </Disclosure>
    </section>
  )
}
