/** The first screen: unlock a profile, create one or recover one, or send something without one. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Pasted, ProfileSummary } from '../contract'
import { displayText } from '../format'
import { href, route } from '../route'
import { isSure } from '../state/accept-invite'
import { guestShare } from '../state/guest-share'
import { waitingFound } from '../state/incoming'
import { opensByPasskey } from '../state/passkeys'
import { usePasted } from '../state/pasted'
import { beginProfile, profiles, unlock, unlockWithPasskey } from '../state/session'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { EmptyIllustration } from '../ui/empty-illustration'
import { Checkbox, ErrorMessage, Field, UsernameHint } from '../ui/field'
import { FolderWarning } from '../ui/folder-warning'
import { useHeading } from '../ui/shell'
import { StandaloneLayout } from '../ui/standalone-layout'
import { useAsyncAction } from '../ui/use-async-action'
import { SendFirst } from './first-share'
import { JoinDevice } from './join-device'
import { CreateProfile, RecoverProfile } from './profile-setup'

export function Welcome() {
  const list = profiles.value ?? []
  const code = route.value.view === 'people' ? route.value.add : undefined
  // Whoever was invited has come for a profile.
  const doing = useSignal<'choose' | 'create' | 'recover' | 'join'>(code !== undefined && !list.length ? 'create' : 'choose')
  const back = () => (doing.value = 'choose')
  useEffect(() => {
    if (code !== undefined && !list.length) doing.value = 'create'
  }, [code])
  const [inviter] = usePasted(code ?? '')
  const isFirst = doing.value === 'choose' && !list.length
  return (
    <StandaloneLayout ownFiles={isFirst}>
      <FolderWarning />
      {code !== undefined && <p class="banner">{invitation(inviter)}</p>}
      {guestShare.value && (
        <section class="banner">
          <p>{s.openLink[guestShare.value.keep ? 'taken' : 'asGuest'](displayText(guestShare.value.share.title))}</p>
          <a class="button" href={href.shared(guestShare.value.share.id)}>
            {s.openLink.backTo}
          </a>
        </section>
      )}
      {doing.value === 'create' && <CreateProfile onBack={back} />}
      {doing.value === 'recover' && <RecoverProfile onBack={back} />}
      {doing.value === 'join' && <JoinDevice onBack={back} />}
      {doing.value === 'choose' && (
        <>
          {list.length ? <ChooseProfile list={list} /> : <FirstVisit onCreate={() => (doing.value = 'create')} />}
          <div class="actions centred">
            {list.length > 0 && (
              <button type="button" class="button plain" onClick={() => (doing.value = 'create')}>
                {s.welcome.newProfile}
              </button>
            )}
            <button type="button" class="button plain" onClick={() => (doing.value = 'join')}>
              {s.join.start}
            </button>
            <button type="button" class="button plain" onClick={() => (doing.value = 'recover')}>
              {s.welcome.recover}
            </button>
          </div>
        </>
      )}
    </StandaloneLayout>
  )
}

/** What somebody is told who was invited. */
function invitation(inviter: Pasted | undefined): string {
  if (!inviter?.name) return s.welcome.invited
  return s.welcome[isSure(inviter) ? 'invitedToBe' : 'invitedBy'](displayText(inviter.name))
}

function FirstVisit({ onCreate }: { onCreate: () => void }) {
  const heading = useHeading(s.welcome.first)
  return (
    <section class="first stack">
      {/* Then what was chosen is what matters. */}
      {!waitingFound.value.length && <EmptyIllustration />}
      <h1 ref={heading} tabIndex={-1}>
        {s.welcome.first}
      </h1>
      <p class="quiet">{s.welcome.firstText}</p>
      <SendFirst />
      <button type="button" class="button" onClick={onCreate}>
        {s.welcome.newProfile}
      </button>
    </section>
  )
}

function ChooseProfile({ list }: { list: readonly ProfileSummary[] }) {
  const heading = useHeading(s.welcome.who)
  const chosen = useSignal(list.length === 1 ? list[0]?.id : undefined)
  const profile = list.find(({ id }) => id === chosen.value)
  return (
    <>
      <h1 ref={heading} tabIndex={-1} class="centred">
        {s.welcome.who}
      </h1>
      <div class="profiles">
        {list.map(({ id, name, avatar }) => (
          <button key={id} type="button" class="profile" aria-pressed={chosen.value === id} onClick={() => (chosen.value = id)}>
            <Avatar id={id} name={name} avatar={avatar} size="big" />
            <span dir="auto">{displayText(name) || s.finish.noName}</span>
          </button>
        ))}
      </div>
      {profile && (profile.waiting ? <OpenWaiting key={profile.id} /> : <UnlockForm key={profile.id} profile={profile} />)}
    </>
  )
}

/** Opens the profile that has no passphrase yet. */
function OpenWaiting() {
  const { busy, problem, run } = useAsyncAction()
  return (
    <section class="card pad stack">
      <p>{s.finish.waits}</p>
      <button type="button" class="button main" disabled={busy} onClick={() => void run(beginProfile)}>
        {busy ? s.welcome.opening : s.welcome.open}
      </button>
      {problem && <ErrorMessage text={problem} />}
      <small>{s.finish.risk}</small>
    </section>
  )
}

function UnlockForm({ profile }: { profile: ProfileSummary }) {
  const passphrase = useSignal('')
  const stay = useSignal(false)
  const field = useRef<HTMLInputElement>(null)
  const typed = useAsyncAction()
  const byPasskey = useAsyncAction()
  const hasPasskey = opensByPasskey(profile.id)
  const busy = typed.busy || byPasskey.busy
  useEffect(() => field.current?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    byPasskey.reject(null)
    void typed.run(() => unlock(profile.id, passphrase.value, stay.value)).then(() => field.current?.select())
  }
  const askPasskey = () => {
    typed.reject(null)
    void byPasskey.run(() => unlockWithPasskey(profile.id, stay.value))
  }
  return (
    <form class="card pad stack" onSubmit={submit}>
      <UsernameHint name={profile.name} />
      <Field
        label={s.welcome.passphraseFor(displayText(profile.name))}
        type="password"
        autoComplete="current-password"
        value={passphrase.value}
        onInput={value => (passphrase.value = value)}
        field={field}
        error={typed.problem}
      />
      <Checkbox label={s.welcome.stay} hint={s.welcome.stayHint} checked={stay.value} onChange={checked => (stay.value = checked)} />
      <button type="submit" class="button main" disabled={busy}>
        {typed.busy ? s.welcome.opening : s.welcome.open}
      </button>
      {hasPasskey && (
        <button type="button" class="button" disabled={busy} onClick={askPasskey}>
          {byPasskey.busy ? s.passkeys.follow : s.passkeys.open}
        </button>
      )}
      {byPasskey.problem && <ErrorMessage text={byPasskey.problem} />}
      <small>{stay.value ? s.welcome.keyStays : hasPasskey ? s.passkeys.key : s.welcome.key}</small>
    </form>
  )
}
