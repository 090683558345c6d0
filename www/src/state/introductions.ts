/** People whom friends show or introduce to the reader. All that is said of them is what these friends say. */

import { computed, signal } from '@preact/signals'
import type { Contact, Introduction, Suggestion } from '../contract'
import { s } from '../strings'
import { additionText, claimedName, contactName, contacts, nameOf, putContact } from './contacts'
import { api } from './engine'
import { HiddenIds } from './hidden-ids'
import { notify, notifyUndoable } from './notices'
import { me } from './session'
import { sharedLoad } from './shared-load'

const engineSuggestions = signal<readonly Suggestion[]>([])
const engineIntroductions = signal<readonly Introduction[] | null>(null)
/** Hidden here until the engine knows, so that it can be undone. */
const putAside = new HiddenIds()

const isShown = ({ id }: { id: string }) => !putAside.has(id) && !contacts.value.has(id)
export const suggestions = computed(() => engineSuggestions.value.filter(isShown))
/** Those who wait for an answer, the newest first. */
export const introductions = computed(() => (engineIntroductions.value ?? []).filter(isShown))

/** Loads both lists. */
export const listIntroductions = sharedLoad(async () => {
  const who = me.peek()?.id
  const [shown, waiting] = await Promise.all([api().contacts.suggestions(), api().contacts.introductions()])
  if (who === undefined || who !== me.peek()?.id) return
  const known = engineIntroductions.peek()?.map(({ id }) => id)
  engineSuggestions.value = shown
  engineIntroductions.value = waiting
  for (const one of known ? waiting.filter(({ id }) => !known.includes(id)) : []) {
    notify(s.introductions.card.introduces(nameOf(one.by), claimedName(one)))
  }
})

/** Something of them changed. A list that fails is asked again at the next event. */
export function onIntroductions(): void {
  listIntroductions().catch(() => {})
}

export function forgetIntroductions(): void {
  engineSuggestions.value = []
  engineIntroductions.value = null
}

/** Through whom: the first by name, and how many others. */
export function throughWhom({ through }: Suggestion): string {
  const names = through.map(id => nameOf(id)).sort()
  return s.introductions.suggestions.through(names[0] ?? s.common.someone, names.length - 1)
}

/** Suggests somebody no more. The reader can undo it for some seconds. */
export function dismissSuggestion(suggestion: Suggestion): void {
  aside(suggestion.id, s.introductions.suggestions.dismissed(claimedName(suggestion)), () => api().contacts.dismiss(suggestion.id))
}

/** Shows a person who was just added, and says how far that is. */
function tell(contact: Contact): void {
  putContact(contact)
  notify(additionText(contact))
}

export async function addSuggested({ id }: Suggestion): Promise<void> {
  tell(await api().contacts.add(id))
}

export async function acceptIntroduction({ id }: Introduction): Promise<void> {
  tell(await api().contacts.acceptIntroduction(id))
}

export function declineIntroduction(introduction: Introduction): void {
  const words = s.introductions.card.declined(claimedName(introduction))
  aside(introduction.id, words, () => api().contacts.declineIntroduction(introduction.id))
}

function aside(id: string, words: string, act: () => Promise<void>): void {
  const back = putAside.hide([id])
  notifyUndoable(
    words,
    async () => {
      await act()
      // Before it may be shown again, the list knows of it.
      await listIntroductions()
    },
    back,
  )
}

/** Shows somebody the reader's contacts, or shows them no more. */
export async function setSeesMine(contact: Contact, seesMine: boolean): Promise<void> {
  putContact(await api().contacts.setVisibility(contact.id, { seesMine }))
  notify(s.introductions.visibility[seesMine ? 'on' : 'off'](contactName(contact)))
}

/** Introduces two friends to each other. */
export async function introduce(one: Contact, other: Contact, message: string): Promise<void> {
  await api().contacts.introduce(one.id, other.id, message.trim() || undefined)
  notify(s.introductions.introduce.sent(contactName(one), contactName(other)))
}
