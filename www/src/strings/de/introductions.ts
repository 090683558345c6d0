/** Friends who introduce friends: who may see whose contacts, suggestions, introductions. */

import { listOf, plural } from './plurals.ts'

/** „Anna“, or „Anna und 2 weitere“. */
const andOthers = (first: string, others: number) =>
  others > 0 ? `${first} und ${plural(others, { one: '# weitere Person', other: '# weitere' })}` : first

export const introductions = {
  mayBeShown: {
    title: 'Freunde von Freunden',
    label: 'Freunde dürfen mich ihren Freunden zeigen',
    hint: 'Diese sehen deinen Namen und wo sie dich fragen können. Du entscheidest, wer dazukommt. Wenn du es ausschaltest, zeigen dich deine Freunde nicht mehr; wer dich schon gesehen hat, weiß es vielleicht noch.',
    on: 'Freunde dürfen dich ihren Freunden zeigen.',
    off: 'Freunde dürfen dich nicht mehr zeigen.',
  },
  visibility: {
    title: 'Wer meine Freunde sieht',
    label: (name: string) => `Meine Kontakte für ${name} sichtbar machen`,
    hint: 'Nur die, die zugestimmt haben. Wie viele andere du hast, ist nie zu sehen.',
    agreed: (name: string) => `Du darfst ${name} deinen anderen Freunden zeigen.`,
    notAgreed: (name: string) => `${name} hat nicht zugestimmt, anderen gezeigt zu werden.`,
    on: (name: string) => `${name} sieht deine Kontakte, die zugestimmt haben.`,
    off: (name: string) => `${name} sieht deine Kontakte nicht mehr.`,
  },
  suggestions: {
    title: 'Deine Freunde kennen',
    text: 'Die Namen sind die, die deine Freunde benutzen. Niemand wird etwas gefragt, bevor du jemanden hinzufügst.',
    through: (first: string, others: number) => `über ${andOthers(first, others)}`,
    add: 'Hinzufügen',
    addOf: (name: string) => `Hinzufügen: ${name}`,
    notNow: 'Nicht jetzt',
    notNowOf: (name: string) => `Nicht jetzt: ${name}`,
    dismissed: (name: string) => `${name} wird nicht mehr vorgeschlagen.`,
  },
  card: {
    introduces: (by: string, name: string) => `${by} stellt dir ${name} vor.`,
    accepted: (by: string, name: string) => `${by} stellt dir ${name} vor. ${name} hat zugesagt.`,
    claim: (by: string) => `Der Name ist der, den ${by} benutzt. Vergleicht die Wörter, bevor du dich darauf verlässt.`,
    add: 'Hinzufügen',
    addOf: (name: string) => `Hinzufügen: ${name}`,
    notNow: 'Nicht jetzt',
    notNowOf: (name: string) => `Nicht jetzt: ${name}`,
    declined: (name: string) => `Du fügst ${name} nicht hinzu. Niemand erfährt es.`,
  },
  introduce: {
    open: 'Vorstellen…',
    openOf: (name: string) => `${name} jemandem vorstellen…`,
    title: (name: string) => `${name} vorstellen…`,
    ask: (name: string) =>
      `${name} hat nicht zugestimmt, anderen gezeigt zu werden. Das lässt sich in den Einstellungen einschalten: Frag danach.`,
    nobody:
      'Von deinen anderen Freunden hat niemand zugestimmt, gezeigt zu werden. Das lässt sich in den Einstellungen einschalten: Frag danach.',
    notAgreed: (names: readonly string[]) => `Nicht hier, weil sie nicht zugestimmt haben: ${listOf(names)}.`,
    who: 'Wem',
    search: 'Freunde suchen',
    message: 'Ein paar Worte an beide',
    tooLong: (most: number) => `Schreib höchstens ${plural(most, { one: '# Zeichen', other: '# Zeichen' })}.`,
    send: 'Vorstellen',
    choose: 'Wähl zuerst jemanden aus.',
    explain: 'Beide werden gefragt und sind befreundet, sobald beide zugesagt haben.',
    sent: (one: string, other: string) => `${one} und ${other} sind einander vorgestellt. Beide entscheiden selbst.`,
  },
}
