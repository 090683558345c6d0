/** Friends who introduce friends: who may see whose contacts, suggestions, introductions. */

import { listOf, plural } from './plurals.ts'

/** “Anna”, or “Anna and 2 others”. */
const andOthers = (first: string, others: number) =>
  others > 0 ? `${first} and ${plural(others, { one: '# other', other: '# others' })}` : first

export const introductions = {
  mayBeShown: {
    title: 'Friends of friends',
    label: 'Friends may show me to their friends',
    hint: 'They see your name and where to ask you, and you decide who becomes a friend. If you turn it off, friends show you no longer; who saw you before may remember it.',
    on: 'Friends may show you to their friends.',
    off: 'Friends may no longer show you.',
  },
  visibility: {
    title: 'Who sees my friends',
    label: (name: string) => `Show ${name} my contacts`,
    hint: 'Only those who agreed to be shown. They never see how many others you have.',
    agreed: (name: string) => `${name} may be shown to your other friends.`,
    notAgreed: (name: string) => `${name} has not agreed to be shown to others.`,
    on: (name: string) => `${name} sees your contacts who agreed.`,
    off: (name: string) => `${name} no longer sees your contacts.`,
  },
  suggestions: {
    title: 'Your friends know',
    text: 'The names are what your friends call them. Nobody is asked anything before you add them.',
    through: (first: string, others: number) => `through ${andOthers(first, others)}`,
    add: 'Add',
    addOf: (name: string) => `Add ${name}`,
    notNow: 'Not now',
    notNowOf: (name: string) => `Not now: ${name}`,
    dismissed: (name: string) => `${name} is not suggested any more.`,
  },
  card: {
    introduces: (by: string, name: string) => `${by} introduces you to ${name}.`,
    accepted: (by: string, name: string) => `${by} introduces you to ${name}. ${name} accepted.`,
    claim: (by: string) => `The name is what ${by} calls them. Compare words before you rely on it.`,
    add: 'Add',
    addOf: (name: string) => `Add ${name}`,
    notNow: 'Not now',
    notNowOf: (name: string) => `Not now: ${name}`,
    declined: (name: string) => `You do not add ${name}. Nobody is told.`,
  },
  introduce: {
    open: 'Introduce…',
    openOf: (name: string) => `Introduce… ${name}`,
    title: (name: string) => `Introduce ${name} to…`,
    ask: (name: string) => `${name} has not agreed to be shown to others. Ask them to turn it on in Settings.`,
    nobody: 'None of your other friends has agreed to be shown. Ask them to turn it on in Settings.',
    notAgreed: (names: readonly string[]) => `Not here, because they have not agreed to be shown: ${listOf(names)}.`,
    who: 'To whom',
    search: 'Search friends',
    message: 'A few words for both',
    tooLong: (most: number) => `Write at most ${plural(most, { one: '# character', other: '# characters' })}.`,
    send: 'Introduce',
    choose: 'Choose somebody first.',
    explain: 'Both are asked, and become friends once both say yes.',
    sent: (one: string, other: string) => `${one} and ${other} are introduced. Each decides.`,
  },
}
