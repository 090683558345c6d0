/** Texts about changing keys after a theft, one's own and those of a contact. */

import { plural } from './plurals.ts'

export const keys = {
  title: 'Après un vol',
  text: 'Si quelqu’un a un de tes appareils, ou ta phrase secrète, tes 24 mots créent de nouvelles clés. Tes amis suivent sans rien faire.',
  open: 'Changer mes clés',
  what: 'Ce qui change',
  reads:
    'Tant qu’un ami n’a pas suivi, la personne qui a volé tes clés peut encore lire ce que cet ami envoie à tes anciennes clés, et tout ce qu’elles pouvaient lire avant.',
  links: 'Les liens et les invitations que tu as donnés ne marchent plus. Crées-en de nouveaux.',
  devices: 'Tes autres appareils gardent les anciennes clés. Associe de nouveau chacun d’eux, et supprimes-y l’ancien profil.',
  six: 'Tes six mots sont nouveaux. Compare-les de nouveau avec les amis qui l’avaient fait.',
  passkeys: 'Il faut ajouter de nouveau les clés d’accès.',
  stolenWords: 'Si quelqu’un a peut-être tes 24 mots, ceci n’aide pas : crée un nouveau profil et préviens tes amis.',
  stay: 'Les mêmes 24 mots restent valables. Ils ne sont plus gardés dans ce navigateur : garde bien ton papier.',
  words: 'Tes 24 mots de récupération',
  passphrase: 'Phrase secrète pour les nouvelles clés',
  submit: 'Changer mes clés maintenant',
  busy: 'Changement de tes clés…',
  changed: 'Tes clés sont changées.',
  waiting: (n: number) =>
    n === 0
      ? 'Tous tes amis ont suivi.'
      : plural(n, {
          one: '# ami n’a pas encore suivi. D’ici là, ses envois vont à tes anciennes clés, que quelqu’un d’autre peut lire.',
          other: '# amis n’ont pas encore suivi. D’ici là, leurs envois vont à tes anciennes clés, que quelqu’un d’autre peut lire.',
        }),
  linksAnew: (titles: readonly string[]) =>
    `Ces liens ne s’ouvrent plus. Crées-en de nouveaux : ${titles.map(title => `« ${title} »`).join(', ')}.`,
  linkDevices: 'Associe de nouveau tes autres appareils.',
  seen: 'C’est lu',
  old: 'Tes clés ont été changées sur un autre appareil.',
  oldWhy:
    'Ce navigateur n’a que les anciennes, et tes amis ne les écoutent plus. Supprime ce profil ici, puis associe de nouveau ce navigateur.',
  ofContact: (name: string) => `${name} a changé de clés.`,
  ofContactWords: (name: string) => `Tes six mots avec ${name} sont nouveaux : compare-les de nouveau.`,
  ofContactSame: 'Tu n’as rien à faire. Tes partages continuent.',
  ofContactSeen: 'OK',
  goOn: 'Continuer avec ce profil',
  goOnHint:
    'Rien ne vient de ce contact, et rien de nouveau ne lui parvient de toi, tant que tu n’as pas décidé. Appelle-le d’abord. Si ce n’est pas la bonne personne, bloque ce profil.',
}
