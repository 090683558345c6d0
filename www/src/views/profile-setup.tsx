/** Creates a profile, or recovers one with its recovery words. */

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { phraseProblem } from '../errors'
import { LIMITS } from '../generated'
import { withOpenedInvite } from '../state/accept-invite'
import { createProfile, recoverProfile } from '../state/session'
import { s } from '../strings'
import { AvatarPicker } from '../ui/avatar-picker'
import { EnglishWords } from '../ui/english-words'
import { ErrorMessage, Field, Sent, TextArea } from '../ui/field'
import { NewPassphrase } from '../ui/new-passphrase'
import { useHeading } from '../ui/shell'
import { useNewPassphraseForm } from '../ui/use-new-passphrase-form'

const WORD_COUNT = 24

export function CreateProfile({ onBack }: { onBack: () => void }) {
  const name = useSignal('')
  const avatar = useSignal<Blob | undefined>(undefined)
  return (
    <ProfileForm
      words={s.create}
      about={[name.value]}
      act={passphrase =>
        withOpenedInvite(() => createProfile({ name: name.value.trim(), passphrase, ...(avatar.value && { avatar: avatar.value }) }))
      }
      onBack={onBack}
    >
      <Field
        label={s.create.name}
        autoComplete="username"
        hint={s.create.nameHint}
        value={name.value}
        onInput={value => (name.value = value)}
        check={() => nameProblem(name.value)}
      />
      <AvatarPicker id="" name={name.value} avatar={avatar.value} onChange={next => (avatar.value = next)} removable />
    </ProfileForm>
  )
}

export function RecoverProfile({ onBack }: { onBack: () => void }) {
  const text = useSignal('')
  // The engine reads the words. Here they are counted while they are typed, without numbers and invisible characters.
  const count = text.value
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .split(/\P{L}+/u)
    .filter(Boolean).length
  return (
    <ProfileForm
      words={s.recover}
      about={[]}
      act={passphrase => recoverProfile(text.value, passphrase)}
      explain={phraseProblem}
      onBack={onBack}
    >
      <p class="quiet">{s.recover.text}</p>
      <EnglishWords />
      <TextArea
        label={s.recover.words}
        rows={4}
        spellcheck={false}
        value={text.value}
        onInput={value => (text.value = value)}
        hint={`${s.recover.counted(count)}. ${s.recover.hint}`}
        check={() => (count < WORD_COUNT ? s.recover.count(count) : null)}
      />
    </ProfileForm>
  )
}

interface Props {
  words: { title: string; passphrase: string; submit: string; busy: string; note?: string }
  /** What others know about this person. */
  about: readonly string[]
  act: (passphrase: string) => Promise<void>
  explain?: (error: unknown) => string | undefined
  onBack: () => void
  children: ComponentChildren
}

/** The form's own fields, then the passphrase that encrypts the profile in this browser. */
export function ProfileForm({ words, about, act, explain, onBack, children }: Props) {
  const heading = useHeading(words.title)
  const { form, sent, passphrase, busy, problem, submit } = useNewPassphraseForm(about, act, explain)
  return (
    <form ref={form} class="card pad stack" onSubmit={submit} noValidate>
      <h1 ref={heading} tabIndex={-1}>
        {words.title}
      </h1>
      <Sent.Provider value={sent}>
        {children}
        <NewPassphrase label={words.passphrase} passphrase={passphrase} about={about} />
      </Sent.Provider>
      {words.note && <small>{words.note}</small>}
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy}>
          {busy ? words.busy : words.submit}
        </button>
        <button type="button" class="button plain" onClick={onBack}>
          {s.common.back}
        </button>
      </div>
    </form>
  )
}

export function nameProblem(name: string): string | null {
  if (!name.trim()) return s.create.needName
  return [...name.trim()].length > LIMITS.nameChars ? s.create.nameTooLong : null
}
