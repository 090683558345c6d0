/** Friends who introduce friends: who may see whose contacts, suggestions, introductions. */

import { listOf, plural } from './plurals.ts'

/** "Anna", or "Anna et 2 autres". */
const andOthers = (first: string, others: number) =>
  others > 0 ? `${first} et ${plural(others, { one: '# autre', many: '# d’autres', other: '# autres' })}` : first

export const introductions = {
  mayBeShown: {
    title: 'Amis d’amis',
    label: 'Mes amis peuvent me montrer à leurs amis',
    hint: 'Ces personnes voient ton nom et où te demander, et tu décides qui tu ajoutes. Si tu le désactives, tes amis ne te montrent plus ; qui t’a déjà vu s’en souvient peut-être.',
    on: 'Tes amis peuvent te montrer à leurs amis.',
    off: 'Tes amis ne peuvent plus te montrer.',
  },
  visibility: {
    title: 'Qui voit mes amis',
    label: (name: string) => `Montrer mes contacts à ${name}`,
    hint: 'Seulement ceux qui ont accepté d’être montrés. Personne ne voit combien d’autres tu en as.',
    agreed: (name: string) => `Tu peux montrer ${name} à tes autres amis.`,
    notAgreed: (name: string) => `${name} n’a pas accepté d’être visible pour d’autres.`,
    on: (name: string) => `${name} voit tes contacts qui ont accepté.`,
    off: (name: string) => `${name} ne voit plus tes contacts.`,
  },
  suggestions: {
    title: 'Tes amis connaissent',
    text: 'Les noms sont ceux que tes amis utilisent. Rien n’est demandé à personne avant que tu ajoutes quelqu’un.',
    through: (first: string, others: number) => `par ${andOthers(first, others)}`,
    add: 'Ajouter',
    addOf: (name: string) => `Ajouter ${name}`,
    notNow: 'Pas maintenant',
    notNowOf: (name: string) => `Pas maintenant : ${name}`,
    dismissed: (name: string) => `${name} ne t’est plus suggéré.`,
  },
  card: {
    introduces: (by: string, name: string) => `${by} te présente ${name}.`,
    accepted: (by: string, name: string) => `${by} te présente ${name}. ${name} a accepté.`,
    claim: (by: string) => `Le nom est celui que ${by} utilise. Comparez les mots avant de t’y fier.`,
    add: 'Ajouter',
    addOf: (name: string) => `Ajouter ${name}`,
    notNow: 'Pas maintenant',
    notNowOf: (name: string) => `Pas maintenant : ${name}`,
    declined: (name: string) => `Tu n’ajoutes pas ${name}. Personne ne le saura.`,
  },
  introduce: {
    open: 'Présenter…',
    openOf: (name: string) => `Présenter… ${name} à quelqu’un`,
    title: (name: string) => `Présenter ${name} à…`,
    ask: (name: string) => `${name} n’a pas accepté d’être visible pour d’autres. Demande-lui de l’activer dans les Réglages.`,
    nobody: 'Aucun de tes autres amis n’a accepté d’être montré. Demande-leur de l’activer dans les Réglages.',
    notAgreed: (names: readonly string[]) => `Absents d’ici, car ils n’ont pas accepté d’être montrés : ${listOf(names)}.`,
    who: 'À qui',
    search: 'Chercher des amis',
    message: 'Quelques mots pour les deux',
    tooLong: (most: number) => `Écris au plus ${plural(most, { one: '# caractère', many: '# de caractères', other: '# caractères' })}.`,
    send: 'Présenter',
    choose: 'Choisis d’abord quelqu’un.',
    explain: 'Les deux reçoivent la question et deviennent amis dès que tous deux acceptent.',
    sent: (one: string, other: string) => `Tu as présenté ${one} et ${other} l’un à l’autre. Chacun décide.`,
  },
}
