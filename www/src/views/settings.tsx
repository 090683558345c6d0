/** Settings: profile, passphrase, relays and storage. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Me } from '../contract'
import { displayText, hostOf } from '../format'
import { href, navigate } from '../route'
import { LOCK_AFTER, lockAfter, setLockAfter } from '../state/auto-lock'
import { api } from '../state/engine'
import { canInstall, install } from '../state/install'
import { network } from '../state/network'
import { notify } from '../state/notices'
import { lock, me, removeProfile, setMe } from '../state/session'
import { freeStorage, readStorage, storage } from '../state/storage'
import { s } from '../strings'
import { AvatarPicker } from '../ui/avatar-picker'
import { CopyableValue } from '../ui/copy'
import { Checkbox, ErrorMessage, Field, TextArea, UsernameHint } from '../ui/field'
import { Icon } from '../ui/icon'
import { LanguageSelect } from '../ui/language-select'
import { NewPassphrase, passphraseProblem } from '../ui/new-passphrase'
import { NotificationSection } from '../ui/notifications'
import { Progress } from '../ui/progress'
import { Page } from '../ui/shell'
import { useAsyncAction } from '../ui/use-async-action'
import { useNetworkStatus } from '../ui/use-network-status'
import { ChangeKeysSection } from './change-keys'
import { ComingBack } from './coming-back'
import { DevicesSection, NewDevices } from './devices'
import { FoldersSection } from './folders'
import { PasskeySection } from './passkeys'
import { FreeSpace } from './free-space'
import { KeptForFriends } from './keeping'
import { nameProblem } from './profile-setup'
import { ServicesSection } from './services'

export function Settings() {
  const who = me.value
  if (!who) return null
  return (
    <Page
      title={s.settings.title}
      actions={
        <button type="button" class="button" title={who.waiting ? s.finish.otherHint : s.settings.lockHint} onClick={() => void lock()}>
          {who.waiting ? s.finish.other : s.settings.lock}
        </button>
      }
    >
      <NewDevices />
      <div class="columns">
        <div class="stack">
          {!who.waiting && <ProfileSection key={who.id} who={who} />}
          <section class="card pad stack">
            <h2>{s.language.title}</h2>
            <LanguageSelect />
          </section>
          <ProfileSwitch of="receipts" who={who} />
          {!who.waiting && <ProfileSwitch of="mayBeShown" who={who} />}
          <NotificationSection />
          {!who.waiting && (
            <>
              <PassphraseSection who={who} />
              <AutoLockSection />
              <DevicesSection />
            </>
          )}
          <FoldersSection />
          {!who.waiting && (
            <>
              <PasskeySection key={who.id} who={who} />
              <ChangeKeysSection key={who.id} who={who} />
            </>
          )}
          <LinksSection />
        </div>
        <div class="stack">
          <RelaySection />
          {!who.waiting && <ServicesSection />}
          <ProfileSwitch of="relayOnly" who={who} />
          <StorageSection />
          <AboutSection />
          <RemoveProfile who={who} />
        </div>
      </div>
    </Page>
  )
}

function ProfileSection({ who }: { who: Me }) {
  const name = useSignal(who.name)
  const bio = useSignal(who.bio ?? '')
  const avatar = useSignal(who.avatar)
  const { busy, problem, reject, run } = useAsyncAction()
  const submit = (event: Event) => {
    event.preventDefault()
    const wrong = nameProblem(name.value)
    if (wrong) return reject(wrong)
    void run(async () => {
      const picture = avatar.value !== who.avatar && avatar.value ? { avatar: avatar.value } : {}
      setMe(await api().profiles.update({ name: name.value.trim(), bio: bio.value.trim(), ...picture }))
      notify(s.settings.saved)
    })
  }
  return (
    <form class="card pad stack" onSubmit={submit} noValidate>
      <h2>{s.settings.profile}</h2>
      <AvatarPicker id={who.id} name={name.value} avatar={avatar.value} onChange={next => (avatar.value = next)} />
      <Field
        label={s.settings.name}
        autoComplete="name"
        hint={s.create.nameHint}
        value={name.value}
        onInput={value => (name.value = value)}
      />
      <TextArea
        label={`${s.settings.bio} (${s.common.optional})`}
        rows={2}
        hint={s.settings.bioHint}
        value={bio.value}
        onInput={value => (bio.value = value)}
      />
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy}>
          {s.common.save}
        </button>
      </div>
    </form>
  )
}

/** A setting of the profile that is on or off. */
function ProfileSwitch({ of, who }: { of: 'receipts' | 'relayOnly' | 'mayBeShown'; who: Me }) {
  const { busy, problem, run } = useAsyncAction()
  const words = of === 'mayBeShown' ? s.introductions.mayBeShown : s[of]
  const change = (next: boolean) => {
    if (busy) return
    void run(async () => {
      const now = await api().profiles.update({ [of]: next })
      setMe(now)
      notify(now[of] ? words.on : words.off)
    })
  }
  return (
    <section class="card pad stack" aria-labelledby={of}>
      <h2 id={of}>{words.title}</h2>
      <Checkbox label={words.label} hint={words.hint} checked={who[of]} onChange={change} />
      {problem && <ErrorMessage text={problem} />}
    </section>
  )
}

function PassphraseSection({ who }: { who: Me }) {
  const old = useSignal('')
  const next = useSignal('')
  const { busy, problem, reject, run } = useAsyncAction()
  const submit = async (event: Event) => {
    event.preventDefault()
    const wrong = await passphraseProblem(next.value, [who.name])
    if (wrong) return reject(wrong)
    void run(async () => {
      await api().profiles.changePassphrase(old.value, next.value)
      for (const field of [old, next]) field.value = ''
      notify(s.settings.changed)
    })
  }
  return (
    <section class="card pad stack">
      <h2>{s.settings.security}</h2>
      {who.leftOut > 0 && <p class="warning">{s.settings.leftOut(who.leftOut)}</p>}
      <div class="actions">
        <a class="button" href={href.words}>
          {s.settings.showWords}
        </a>
      </div>
      <ComingBack />
      <details>
        <summary>{s.settings.change}</summary>
        <form class="stack" onSubmit={event => void submit(event)} noValidate>
          <UsernameHint name={who.name} />
          <Field
            label={s.settings.oldPassphrase}
            type="password"
            autoComplete="current-password"
            value={old.value}
            onInput={value => (old.value = value)}
          />
          <NewPassphrase label={s.settings.newPassphrase} passphrase={next} about={[who.name]} />
          {problem && <ErrorMessage text={problem} />}
          <div class="actions">
            <button type="submit" class="button main" disabled={busy}>
              {s.settings.change}
            </button>
          </div>
        </form>
      </details>
    </section>
  )
}

function AutoLockSection() {
  return (
    <section class="card pad stack">
      <h2 id="lock-after">{s.settings.autoLock}</h2>
      <fieldset class="plain" aria-labelledby="lock-after">
        <div class="choice-list">
          {LOCK_AFTER.map(minutes => (
            <label key={minutes} class="choice">
              <input type="radio" name="lock-after" checked={lockAfter.value === minutes} onChange={() => setLockAfter(minutes)} />
              <span class="grow">{s.settings.lockAfter(minutes)}</span>
              <Icon name="check" />
            </label>
          ))}
        </div>
      </fieldset>
      <small>{s.settings.autoLockText}</small>
    </section>
  )
}

/** Leads to the list of links. */
const LinksSection = () => (
  <section class="card pad stack">
    <h2>{s.links.title}</h2>
    <p class="quiet">{s.links.text}</p>
    <div class="actions">
      <a class="button" href={href.links}>
        {s.links.all}
      </a>
    </div>
  </section>
)

function RelaySection() {
  useNetworkStatus()
  const status = network.value
  const friends = status?.peers.filter(peer => peer.contact) ?? []
  return (
    <section class="card pad stack">
      <h2>{s.settings.network}</h2>
      <p class="quiet">{s.settings.networkText}</p>
      {status?.relays.length === 0 && <p>{s.settings.noRelays}</p>}
      <ul class="names">
        {status?.relays.map(relay => (
          <li key={relay.address}>
            <div class="row wraps">
              <b class="grow break-anywhere" dir="ltr">
                {hostOf(relay.address)}
              </b>
              <span class={relay.connected ? 'chip' : 'chip new'}>
                {relay.connected ? s.settings.relayConnected : s.settings.relayDown}
              </span>
            </div>
            <details>
              <summary>{s.common.details}</summary>
              <dl>
                <CopyableValue name={s.settings.relayAddress} value={relay.address} />
              </dl>
            </details>
          </li>
        ))}
      </ul>
      {friends.length > 0 && <small>{s.settings.peers(friends.length)}</small>}
    </section>
  )
}

function StorageSection() {
  useEffect(() => void readStorage().catch(() => {}), [])
  const { busy, problem, run } = useAsyncAction()
  const free = () => void run(async () => notify(s.settings.freed(await freeStorage())))
  const now = storage.value
  return (
    <section class="card pad stack">
      <h2>{s.settings.storage}</h2>
      {now && (
        <>
          <p>{s.settings.used(now.used, now.quota)}</p>
          <Progress label={s.settings.storage} done={now.used} total={now.quota} />
          <KeptForFriends />
          <FreeSpace />
          <small>{now.persisted ? s.settings.persisted : s.settings.notPersisted}</small>
        </>
      )}
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="button" class="button" disabled={busy} onClick={free}>
          {s.settings.collect}
        </button>
      </div>
    </section>
  )
}

function AboutSection() {
  return (
    <section class="card pad stack">
      <h2>{s.settings.about}</h2>
      <dl>
        <CopyableValue name={s.settings.version} value={__BUILD__} />
        <CopyableValue name={s.settings.engine} value={api().engine.leader ? s.settings.leader : s.settings.attached} copy={false} />
      </dl>
      {canInstall() && (
        <>
          <p class="quiet">{s.settings.installText}</p>
          <div class="actions">
            <button type="button" class="button" onClick={() => void install()}>
              {s.settings.install}
            </button>
          </div>
        </>
      )}
    </section>
  )
}

function RemoveProfile({ who }: { who: Me }) {
  const typed = useSignal('')
  const { busy, problem, run } = useAsyncAction()
  const name = displayText(who.name) || s.finish.noName
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      await removeProfile(who.id)
      navigate(href.home)
    })
  }
  return (
    <details class="card pad">
      <summary>{s.settings.remove}</summary>
      <form class="stack" onSubmit={submit}>
        <p>{s.settings.removeText}</p>
        <Field label={s.settings.removeConfirm(name)} autoComplete="off" value={typed.value} onInput={value => (typed.value = value)} />
        {problem && <ErrorMessage text={problem} />}
        <div class="actions">
          <button type="submit" class="button danger" disabled={busy || typed.value.trim() !== name.trim()}>
            {s.settings.removeButton}
          </button>
        </div>
      </form>
    </details>
  )
}
