/** Hearts and comments on a share. */

import { listOf, plural } from './plurals.ts'

export const answers = {
  title: 'Respuestas',
  who: 'Las ven todas las personas que tienen este envío, y también de quién es cada una.',
  off: 'Las respuestas están desactivadas.',
  mayAnswer: 'Los amigos pueden responder',
  mayAnswerHint: 'Con un corazón o unas palabras. Todos ven quién responde qué.',
  heart: 'Dar un corazón',
  heartsBy: (names: readonly string[]) => `Corazones de ${listOf(names)}`,
  write: 'Escribir una respuesta',
  send: 'Enviar',
  sending: 'Enviando…',
  left: (n: number) => plural(n, { one: 'Queda # carácter', other: 'Quedan # caracteres' }),
  tooLong: (n: number) =>
    plural(n, {
      one: 'Sobra # carácter. Acorta el texto o envíalo en dos partes.',
      other: 'Sobran # caracteres. Acorta el texto o envíalo en dos partes.',
    }),
  needWords: 'Escribe algo primero.',
  reply: 'Responder',
  replyTo: (name: string) => `Responder a ${name}`,
  replying: (name: string) => `Tu respuesta a ${name}`,
  noReply: 'No responder a esto',
  repliesTo: (name: string, words: string) => `A ${name}: «${words}»`,
  repliesToNobody: 'A algo que ya no está',
  hide: 'Ocultar',
  hideOf: (name: string) => `Ocultar lo que escribió ${name}`,
  hid: (name: string) => `Lo que escribió ${name} está oculto para todos.`,
  isHidden: 'Oculto: solo lo ves tú.',
  showAgain: 'Volver a mostrar',
  takeBack: 'Retirar',
  takeBackOf: (words: string) => `Retirar «${words}»`,
  tookBack: 'Se retiró tu respuesta. Quien ya la leyó, la leyó.',
  answered: (name: string) => `${name} respondió.`,
}
