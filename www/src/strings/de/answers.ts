/** Hearts and comments on a share. */

import { listOf, plural } from './plurals.ts'

export const answers = {
  title: 'Antworten',
  who: 'Alle, die diese Freigabe haben, sehen die Antworten und von wem sie sind.',
  off: 'Antworten sind ausgeschaltet.',
  mayAnswer: 'Freunde können antworten',
  mayAnswerHint: 'Mit einem Herz oder ein paar Worten. Alle sehen, wer was antwortet.',
  heart: 'Ein Herz geben',
  heartsBy: (names: readonly string[]) => `Herzen von ${listOf(names)}`,
  write: 'Antwort schreiben',
  send: 'Senden',
  sending: 'Wird gesendet…',
  left: (n: number) => `Noch ${plural(n, { one: '# Zeichen', other: '# Zeichen' })}`,
  tooLong: (n: number) =>
    `Das ist um ${plural(n, { one: '# Zeichen', other: '# Zeichen' })} zu lang. Kürze es oder sende es in zwei Teilen.`,
  needWords: 'Schreib zuerst etwas.',
  reply: 'Antworten',
  replyTo: (name: string) => `${name} antworten`,
  replying: (name: string) => `Deine Antwort an ${name}`,
  noReply: 'Nicht darauf antworten',
  repliesTo: (name: string, words: string) => `An ${name}: „${words}“`,
  repliesToNobody: 'Zu etwas, das nicht mehr da ist',
  hide: 'Ausblenden',
  hideOf: (name: string) => `Ausblenden, was ${name} geschrieben hat`,
  hid: (name: string) => `Was ${name} geschrieben hat, ist jetzt für alle ausgeblendet.`,
  isHidden: 'Ausgeblendet: Nur du siehst es.',
  showAgain: 'Wieder einblenden',
  takeBack: 'Zurückziehen',
  takeBackOf: (words: string) => `„${words}“ zurückziehen`,
  tookBack: 'Deine Antwort ist zurückgezogen. Wer sie schon gelesen hat, hat sie gelesen.',
  answered: (name: string) => `${name} hat geantwortet.`,
}
