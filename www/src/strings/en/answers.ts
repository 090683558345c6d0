/** Hearts and comments on a share. */

import { listOf, plural } from './plurals.ts'

export const answers = {
  title: 'Answers',
  who: 'Everybody who has this share sees them, with the name of who wrote each.',
  off: 'Answers are switched off.',
  mayAnswer: 'Friends can answer',
  mayAnswerHint: 'A heart or a few words. All of them see who answers what.',
  heart: 'Give a heart',
  heartsBy: (names: readonly string[]) => `Hearts from ${listOf(names)}`,
  write: 'Write an answer',
  send: 'Send',
  sending: 'Sending…',
  left: (n: number) => `${plural(n, { one: '# character', other: '# characters' })} left`,
  tooLong: (n: number) =>
    `This is too long by ${plural(n, { one: '# character', other: '# characters' })}. Shorten it, or send it in two parts.`,
  needWords: 'Write something first.',
  reply: 'Reply',
  replyTo: (name: string) => `Reply to ${name}`,
  replying: (name: string) => `Your reply to ${name}`,
  noReply: 'Do not reply to this',
  repliesTo: (name: string, words: string) => `To ${name}: “${words}”`,
  repliesToNobody: 'To something that is gone',
  hide: 'Hide',
  hideOf: (name: string) => `Hide what ${name} wrote`,
  hid: (name: string) => `What ${name} wrote is hidden from everybody.`,
  isHidden: 'Hidden: only you see it.',
  showAgain: 'Show it again',
  takeBack: 'Take back',
  takeBackOf: (words: string) => `Take back “${words}”`,
  tookBack: 'Your answer is taken back. Who has read it has read it.',
  answered: (name: string) => `${name} answered.`,
}
