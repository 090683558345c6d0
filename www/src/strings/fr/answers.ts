/** Hearts and comments on a share. */

import { listOf, plural, que } from './plurals.ts'

const characters = (n: number) => plural(n, { one: '# caractère', many: '# de caractères', other: '# caractères' })

export const answers = {
  title: 'Réponses',
  who: 'Toutes les personnes qui ont ce partage les voient, avec le nom de qui a écrit.',
  off: 'Les réponses sont désactivées.',
  mayAnswer: 'Mes amis peuvent répondre',
  mayAnswerHint: 'Un cœur ou quelques mots. Tout le monde voit qui répond quoi.',
  heart: 'Mettre un cœur',
  heartsBy: (names: readonly string[]) => `Des cœurs de ${listOf(names)}`,
  write: 'Écrire une réponse',
  send: 'Envoyer',
  sending: 'Envoi…',
  left: (n: number) => plural(n, { one: 'Encore # caractère', many: 'Encore # de caractères', other: 'Encore # caractères' }),
  tooLong: (n: number) => `C’est trop long de ${characters(n)}. Raccourcis, ou envoie en deux fois.`,
  needWords: 'Écris d’abord quelque chose.',
  reply: 'Répondre',
  replyTo: (name: string) => `Répondre à ${name}`,
  replying: (name: string) => `Ta réponse à ${name}`,
  noReply: 'Ne pas répondre à ceci',
  repliesTo: (name: string, words: string) => `À ${name} : « ${words} »`,
  repliesToNobody: 'À un message qui n’est plus là',
  hide: 'Masquer',
  hideOf: (name: string) => `Masquer ce ${que(name)} a écrit`,
  hid: (name: string) => `Ce ${que(name)} a écrit est masqué pour tout le monde.`,
  isHidden: 'Masqué : personne d’autre ne le voit.',
  showAgain: 'Afficher de nouveau',
  takeBack: 'Effacer',
  takeBackOf: (words: string) => `Effacer « ${words} »`,
  tookBack: 'Ta réponse est effacée. Certaines personnes l’ont peut-être déjà lue.',
  answered: (name: string) => `${name} a répondu.`,
}
