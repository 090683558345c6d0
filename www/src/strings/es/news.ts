/** What a person is told of while they look at something else. */

import { plural } from './plurals.ts'

export const news = {
  shared: (name: string) => `${name} compartió algo contigo.`,
  several: (n: number) => plural(n, { one: '# envío nuevo de tus amigos.', other: '# envíos nuevos de tus amigos.' }),
  look: 'Ver',
  // It may show on a locked screen and stays in the browser's files: so it names nobody.
  notification: 'Hay algo nuevo de tus amigos.',
  title: 'Notificaciones',
  text: 'Tu dispositivo te avisa cuando alguien comparte algo o te envía una solicitud, mientras miras otra pestaña u otro programa. No dice nombres. Spinney tiene que estar abierto en alguna pestaña.',
  turnOn: 'Activar las notificaciones',
  label: 'Avisarme cuando haya algo nuevo',
  refused: 'Este navegador bloquea las notificaciones de esta página. Permítelas para esta dirección en los ajustes del navegador.',
  offer: 'Entérate cuando tus amigos compartan algo.',
  offerWhy: 'Tu dispositivo puede avisarte mientras miras otra pestaña.',
  notNow: 'Ahora no',
}
