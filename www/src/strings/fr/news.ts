/** What a person is told of while they look at something else. */

import { plural } from './plurals.ts'

export const news = {
  shared: (name: string) => `${name} a partagé quelque chose avec toi.`,
  several: (n: number) => plural(n, { one: '# nouveau partage de tes amis.', other: '# nouveaux partages de tes amis.' }),
  look: 'Voir',
  // It may show on a locked screen and stays in the browser's files: so it names nobody.
  notification: 'Il y a du nouveau chez tes amis.',
  title: 'Notifications',
  text: 'Ton appareil te prévient quand un ami partage quelque chose ou t’envoie une demande de contact, pendant que tu regardes un autre onglet ou programme. Aucun nom n’apparaît. Spinney doit être ouvert dans un onglet.',
  turnOn: 'Activer les notifications',
  label: 'Me prévenir quand il y a du nouveau',
  refused: 'Ce navigateur bloque les notifications de cette page. Autorise-les pour cette adresse dans les réglages du navigateur.',
  offer: 'Reçois une notification quand un ami partage quelque chose.',
  offerWhy: 'Ton appareil peut te prévenir pendant que tu regardes un autre onglet.',
  notNow: 'Pas maintenant',
}
