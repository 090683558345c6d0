/** The first screen: who is here, a new profile, or words to come back with. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { ProfileSummary } from '../contract'
import { href, route } from '../route'
import { byLink } from '../state/bylink'
import { shown } from '../say'
import { profiles, unlock } from '../state/session'
import { s } from '../strings'
import { Alone } from '../ui/alone'
import { useBusy } from '../ui/busy'
import { Face } from '../ui/face'
import { Checkbox, Field, Username } from '../ui/field'
import { Prints } from '../ui/prints'
import { useHeading } from '../ui/shell'
import { Create, Recover } from './newcomer'

export function Welcome() {
  const doing = useSignal<'choose' | 'create' | 'recover'>('choose')
  const list = profiles.value ?? []
  const back = () => (doing.value = 'choose')
  const invited = route.value.view === 'people' && route.value.add !== undefined
  return (
    <Alone>
      {invited && <p class="banner">{s.welcome.invited}</p>}
      {byLink.value && (
        <section class="banner">
          <p>{s.byLink.taken(shown(byLink.value.share.title))}</p>
          <a class="button" href={href.shared(byLink.value.share.id)}>
            {s.byLink.backTo}
          </a>
        </section>
      )}
      {doing.value === 'create' && <Create onBack={back} />}
      {doing.value === 'recover' && <Recover onBack={back} />}
      {doing.value === 'choose' && (
        <>
          {list.length ? <Choose list={list} /> : <First onCreate={() => (doing.value = 'create')} />}
          <div class="actions centred">
            {list.length > 0 && (
              <button type="button" class="button plain" onClick={() => (doing.value = 'create')}>
                {s.welcome.newProfile}
              </button>
            )}
            <button type="button" class="button plain" onClick={() => (doing.value = 'recover')}>
              {s.welcome.recover}
            </button>
          </div>
        </>
      )}
    </Alone>
  )
}

function First({ onCreate }: { onCreate: () => void }) {
  const heading = useHeading(s.welcome.first)
  return (
    <section class="first stack">
      <Prints />
      <h1 ref={heading} tabIndex={-1}>
        {s.welcome.first}
      </h1>
      <p class="quiet">{s.welcome.firstText}</p>
      <button type="button" class="button main" onClick={onCreate}>
        {s.welcome.newProfile}
      </button>
    </section>
  )
}

function Choose({ list }: { list: readonly ProfileSummary[] }) {
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
            <Face id={id} name={name} avatar={avatar} size="big" />
            <span dir="auto">{shown(name)}</span>
          </button>
        ))}
      </div>
      {profile && <Unlock key={profile.id} profile={profile} />}
    </>
  )
}

function Unlock({ profile }: { profile: ProfileSummary }) {
  const passphrase = useSignal('')
  const stay = useSignal(false)
  const field = useRef<HTMLInputElement>(null)
  const { busy, problem, run } = useBusy()
  useEffect(() => field.current?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    void run(() => unlock(profile.id, passphrase.value, stay.value)).then(() => field.current?.select())
  }
  return (
    <form class="card pad stack" onSubmit={submit}>
      <Username name={profile.name} />
      <Field
        label={s.welcome.passphraseFor(shown(profile.name))}
        type="password"
        autoComplete="current-password"
        value={passphrase.value}
        onInput={value => (passphrase.value = value)}
        field={field}
        error={problem}
      />
      <Checkbox label={s.welcome.stay} hint={s.welcome.stayHint} checked={stay.value} onChange={checked => (stay.value = checked)} />
      <button type="submit" class="button main" disabled={busy}>
        {busy ? s.welcome.opening : s.welcome.open}
      </button>
      <small>{stay.value ? s.welcome.keyStays : s.welcome.key}</small>
    </form>
  )
}
