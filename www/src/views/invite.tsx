/** One's own code: an invite for a single friend, or the permanent code that everybody may see. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Me } from '../contract'
import { displayText } from '../format'
import { inviteLink } from '../route'
import { invite, makeInvite } from '../state/invite'
import { connection } from '../state/network'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { CopyableValue } from '../ui/copy'
import { ErrorMessage } from '../ui/field'
import { LinkField } from '../ui/link-field'
import { QrCode } from '../ui/qr-code'
import { useAsyncAction } from '../ui/use-async-action'

type Kind = 'one' | 'permanent'
const KINDS: readonly Kind[] = ['one', 'permanent']

export function MyCode({ me }: { me: Me }) {
  const kind = useSignal<Kind>('one')
  const { busy, problem, run } = useAsyncAction()
  const make = () => void run(makeInvite)
  // One that was made before and not used stays. Without one, the first is made at once.
  const first = useSignal(invite.value === null)
  useEffect(() => {
    if (first.value) void run(makeInvite).finally(() => (first.value = false))
  }, [])
  const isForOne = kind.value === 'one'
  const code = isForOne ? invite.value : me.invite
  return (
    <div class="my-code">
      <p class="row">
        <Avatar id={me.id} name={me.name} avatar={me.avatar} />
        <span class="whose break-anywhere" dir="auto">
          {displayText(me.name)}
        </span>
      </p>
      {!me.published && (
        <p class="banner wide" role="status">
          {connection.value === 'noRelay' ? s.invite.noRelay : s.invite.notPublished}
        </p>
      )}
      {code !== null && <QrCode text={inviteLink(code)} label={s.invite.qr[kind.value]} />}
      <fieldset class="filter-row" aria-label={s.invite.which}>
        {KINDS.map(each => (
          <button key={each} type="button" aria-pressed={kind.value === each} onClick={() => (kind.value = each)}>
            {s.invite.kinds[each]}
          </button>
        ))}
      </fieldset>
      <p class="quiet">{s.invite.text[kind.value]}</p>
      {code !== null && (
        <LinkField url={inviteLink(code)} label={s.invite.link[kind.value]} copy={s.invite.copy[kind.value]} main>
          {isForOne && (
            <button type="button" class="button plain" disabled={busy} onClick={make}>
              {s.invite.another}
            </button>
          )}
        </LinkField>
      )}
      {code === null && !first.value && (
        <button type="button" class="button main" disabled={busy} onClick={make}>
          {s.invite.make}
        </button>
      )}
      {isForOne && problem && <ErrorMessage text={problem} />}
      {!isForOne && (
        <dl class="wide">
          <CopyableValue name={s.invite.myId} value={me.id} />
        </dl>
      )}
    </div>
  )
}
