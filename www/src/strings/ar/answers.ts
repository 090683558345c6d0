/** Hearts and comments on a share. */

import { listOf, ofCharacters } from './plurals.ts'

export const answers = {
  title: 'الردود',
  who: 'يراها كل من لديه هذه المشاركة، مع اسم من كتب كل رد.',
  off: 'الردود متوقفة.',
  mayAnswer: 'يمكن للأصدقاء الرد',
  mayAnswerHint: 'قلب أو بضع كلمات. يرى الجميع من ردّ وبماذا.',
  heart: 'إضافة قلب',
  heartsBy: (names: readonly string[]) => `قلوب من ${listOf(names)}`,
  write: 'كتابة رد',
  send: 'إرسال',
  sending: 'جارٍ الإرسال…',
  left: (n: number) => `المتبقي: ${ofCharacters(n)}`,
  tooLong: (n: number) => `النص أطول من المسموح بمقدار ${ofCharacters(n)}. يرجى اختصاره، أو إرساله على جزأين.`,
  needWords: 'يرجى كتابة شيء أولًا.',
  reply: 'رد',
  replyTo: (name: string) => `الرد على ${name}`,
  replying: (name: string) => `ردك على ${name}`,
  noReply: 'عدم الرد على هذا',
  repliesTo: (name: string, words: string) => `إلى ${name}: «${words}»`,
  repliesToNobody: 'إلى رد لم يعد موجودًا',
  hide: 'إخفاء',
  hideOf: (name: string) => `إخفاء رد ${name}`,
  hid: (name: string) => `أُخفي رد ${name} عن الجميع.`,
  isHidden: 'مخفي: لا يراه أحد غيرك.',
  showAgain: 'إظهار من جديد',
  takeBack: 'سحب',
  takeBackOf: (words: string) => `سحب «${words}»`,
  tookBack: 'سُحب ردك. ربما قرأه بعضهم من قبل.',
  answered: (name: string) => `رد جديد من ${name}.`,
}
