/** Invites: one for a single friend, and a lasting code that everybody may see. */

import { useEffect, useRef } from 'preact/hooks'
import type { Me } from '../contract'
import { href, inviteLink, route } from '../route'
import { invite, makeInvite } from '../state/invite'
import { connection } from '../state/network'
import { s } from '../strings'
import { CopyableValue } from '../ui/copy'
import { ErrorMessage } from '../ui/field'
import { Icon } from '../ui/icon'
import { LinkField } from '../ui/link-field'
import { QrCode } from '../ui/qr-code'
import { useAsyncAction } from '../ui/use-async-action'

export function Invite({ me }: { me: Me }) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { busy, problem, run } = useAsyncAction()
  const make = () => void run(makeInvite)
  // On a phone this section is below the list of contacts.
  useEffect(() => {
    if (route.value.view !== 'people' || !route.value.invite) return
    heading.current?.focus({ preventScroll: true })
    heading.current?.scrollIntoView()
  }, [route.value])
  const made = invite.value
  return (
    <section class="card pad stack invite">
      <h2 ref={heading} tabIndex={-1}>
        {s.invite.title}
      </h2>
      <p class="quiet">{s.invite.text}</p>
      {!me.published && (
        <p class="banner" role="status">
          {connection.value === 'noRelay' ? s.invite.noRelay : s.invite.notPublished}
        </p>
      )}
      {made !== null && (
        <>
          <InviteCode invite={made} words={{ link: s.invite.link, copy: s.invite.copy, qr: s.invite.qr }} main />
          <p>{s.invite.forOne}</p>
        </>
      )}
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="button" class={made === null ? 'button main' : 'button plain'} disabled={busy} onClick={make}>
          {made === null ? s.invite.make : s.invite.another}
        </button>
      </div>
      <div class="actions">
        <a class="button plain" href={href.drops}>
          <Icon name="download" />
          {s.drops.title}
        </a>
      </div>
      <details class="lasting">
        <summary>{s.invite.lasting}</summary>
        <div class="stack">
          <p class="quiet">{s.invite.lastingText}</p>
          <InviteCode invite={me.invite} words={{ link: s.invite.lastingLink, copy: s.invite.lastingCopy, qr: s.invite.lastingQr }} />
          <dl>
            <CopyableValue name={s.invite.myId} value={me.id} />
          </dl>
        </div>
      </details>
    </section>
  )
}

/** An invite as a QR code and as a link. */
function InviteCode({ invite, words, main }: { invite: string; words: { link: string; copy: string; qr: string }; main?: boolean }) {
  const link = inviteLink(invite)
  return (
    <>
      <QrCode text={link} label={words.qr} />
      <LinkField url={link} label={words.link} copy={words.copy} main={main === true} />
    </>
  )
}
