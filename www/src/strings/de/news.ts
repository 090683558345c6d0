/** What a person is told of while they look at something else. */

import { plural } from './plurals.ts'

export const news = {
  shared: (name: string) => `${name} hat etwas mit dir geteilt.`,
  several: (n: number) => plural(n, { one: '# neue Freigabe von deinen Freunden.', other: '# neue Freigaben von deinen Freunden.' }),
  look: 'Ansehen',
  // It may show on a locked screen and stays in the browser's files: so it names nobody.
  notification: 'Es gibt etwas Neues aus deinem Freundeskreis.',
  title: 'Benachrichtigungen',
  text: 'Dein Gerät sagt dir Bescheid, wenn Freunde etwas teilen oder jemand dir eine Anfrage schickt, während du in einem anderen Tab oder Programm bist. Namen nennt es nicht. Spinney muss in irgendeinem Tab geöffnet sein.',
  turnOn: 'Benachrichtigungen einschalten',
  label: 'Bescheid sagen, wenn es etwas Neues gibt',
  refused: 'Dieser Browser blockiert Benachrichtigungen dieser Seite. Erlaube sie für diese Adresse in den Einstellungen des Browsers.',
  offer: 'Erfahre, wenn Freunde etwas teilen.',
  offerWhy: 'Dein Gerät kann dir Bescheid sagen, während du in einem anderen Tab bist.',
  notNow: 'Nicht jetzt',
}
