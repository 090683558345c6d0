/** What friends answer to a share: hearts and short comments, seen by all of its readers. */

import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import type { Comment, Share } from '../contract'
import { displayText, fullDateTime, relativeTime } from '../format'
import { LIMITS } from '../generated'
import { answer, answersTo, hideComment, lookAtAnswers, showComment, takeBack, takeHeartBack } from '../state/answers'
import { contacts, nameOf } from '../state/contacts'
import { api } from '../state/engine'
import { me } from '../state/session'
import { addShare } from '../state/shares'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { Checkbox, ErrorMessage, TextArea } from '../ui/field'
import { Icon } from '../ui/icon'
import { useAsyncAction } from '../ui/use-async-action'
import { isMine } from './share-recipients'

/** Letters of a comment that a reply to it repeats. */
const QUOTED = 60
/** From here on the page says how many characters are left. */
const FEW_LEFT = 100

/** Bytes of words that fit into a comment beside the longest name: an envelope has at most 3,840. */
const COMMENT_BYTES = 3_200
/** Bytes of the largest character. */
const LARGEST = 4

/** Whether a share shows a section of answers: it may be answered, or was. */
export const hasAnswers = (share: Share): boolean =>
  me.value !== null && share.audience === 'contacts' && !share.album && (share.answers || share.answered > 0)

export function Answers({ share }: { share: Share }) {
  const heading = useId()
  const shown = hasAnswers(share)
  useEffect(() => (shown ? lookAtAnswers(share.id) : undefined), [share.id, shown])
  const replyTo = useSignal<Comment | null>(null)
  if (!shown) return null
  const all = answersTo(share.id) ?? []
  const comments = all.filter(({ heart }) => !heart)
  return (
    <section class="card pad stack answers" aria-labelledby={heading}>
      <h2 id={heading}>{s.answers.title}</h2>
      <Hearts share={share} hearts={all.filter(({ heart }) => heart)} />
      {comments.length > 0 && (
        <ol class="stack">
          {comments.map(comment => (
            <CommentItem key={comment.id} share={share} comment={comment} among={comments} onReply={() => (replyTo.value = comment)} />
          ))}
        </ol>
      )}
      {share.answers ? (
        <NewAnswer share={share} replyTo={replyTo.value} onDone={() => (replyTo.value = null)} />
      ) : (
        <p class="quiet">{s.answers.off}</p>
      )}
    </section>
  )
}

const writerOf = ({ mine, who, name }: Comment) => (mine ? s.common.you : nameOf(who, name))

/** A picture is known of oneself and of contacts. */
const personOf = ({ mine, who }: Comment) => (mine ? me.value : contacts.value.get(who))

function Hearts({ share, hearts }: { share: Share; hearts: readonly Comment[] }) {
  const { busy, problem, run } = useAsyncAction()
  const mine = hearts.find(heart => heart.mine)
  const shown = hearts.filter(({ hidden }) => !hidden)
  const press = () => void run(() => (mine ? takeHeartBack(share.id, mine) : answer(share.id, { heart: true })))
  const names = shown.map(writerOf).map(displayText)
  return (
    <>
      <div class="row wraps">
        {share.answers && (
          <button type="button" class="button heart" aria-pressed={mine !== undefined} disabled={busy} onClick={press}>
            <Icon name="heart" />
            <span class="visually-hidden">{s.answers.heart}</span>
            {shown.length > 0 && <span aria-hidden="true">{shown.length}</span>}
          </button>
        )}
        {names.length > 0 && <p class="quiet grow">{s.answers.heartsBy(names)}</p>}
      </div>
      {problem && <ErrorMessage text={problem} />}
    </>
  )
}

interface ItemProps {
  share: Share
  comment: Comment
  /** All comments, for what it replies to. */
  among: readonly Comment[]
  onReply: () => void
}

function CommentItem({ share, comment, among, onReply }: ItemProps) {
  const { busy, problem, run } = useAsyncAction()
  const name = displayText(writerOf(comment))
  const words = displayText(comment.text ?? '')
  const quoted = among.find(({ id }) => id === comment.reply)
  return (
    <li class={comment.hidden ? 'comment quiet' : 'comment'}>
      <Avatar id={comment.who} name={name} avatar={personOf(comment)?.avatar} size="small" />
      <div class="grow">
        <p class="comment-head">
          <bdi>{name}</bdi>{' '}
          <time dateTime={comment.time.toISOString()} title={fullDateTime(comment.time)}>
            {relativeTime(comment.time)}
          </time>
        </p>
        {comment.reply && (
          <p class="quoted">
            {quoted
              ? s.answers.repliesTo(displayText(writerOf(quoted)), shortened(displayText(quoted.text ?? '')))
              : s.answers.repliesToNobody}
          </p>
        )}
        <p class="note" dir="auto">
          {words}
        </p>
        {comment.hidden && <p class="quiet">{s.answers.isHidden}</p>}
        {problem && <ErrorMessage text={problem} />}
        <div class="row wraps">
          {share.answers && !comment.hidden && (
            <button type="button" class="button plain" aria-label={s.answers.replyTo(name)} onClick={onReply}>
              {s.answers.reply}
            </button>
          )}
          {comment.mine && (
            <button
              type="button"
              class="button plain"
              aria-label={s.answers.takeBackOf(shortened(words))}
              onClick={() => takeBack(share.id, comment)}
            >
              {s.answers.takeBack}
            </button>
          )}
          {isMine(share) && !comment.mine && !comment.hidden && (
            <button
              type="button"
              class="button plain"
              aria-label={s.answers.hideOf(name)}
              onClick={() => hideComment(share.id, comment, name)}
            >
              {s.answers.hide}
            </button>
          )}
          {comment.hidden && (
            <button type="button" class="button plain" disabled={busy} onClick={() => void run(() => showComment(share.id, comment))}>
              {s.answers.showAgain}
            </button>
          )}
        </div>
      </div>
    </li>
  )
}

const segmenter = new Intl.Segmenter()

function shortened(words: string): string {
  const characters = [...segmenter.segment(words.replaceAll('\n', ' '))].map(({ segment }) => segment)
  return characters.length > QUOTED ? `${characters.slice(0, QUOTED).join('').trimEnd()}…` : characters.join('')
}

const utf8 = new TextEncoder()

/**
 * How many characters a comment may still have, or by how many it is too long. The limit counts code points; letters of most
 * scripts fit all, but a thousand emoji, of four bytes each, do not.
 */
function roomAfter(text: string): number {
  const sizes = [...text].map(character => utf8.encode(character).length)
  let over = 0
  let bytes = sizes.reduce((sum, size) => sum + size, 0)
  for (; bytes > COMMENT_BYTES || sizes.length > LIMITS.commentChars; over += 1) bytes -= sizes.pop() ?? 0
  return over > 0 ? -over : Math.min(LIMITS.commentChars - sizes.length, Math.floor((COMMENT_BYTES - bytes) / LARGEST))
}

function NewAnswer({ share, replyTo, onDone }: { share: Share; replyTo: Comment | null; onDone: () => void }) {
  const text = useSignal('')
  const { busy, problem, reject, run } = useAsyncAction()
  const left = roomAfter(text.value.trim())
  const send = (event: Event) => {
    event.preventDefault()
    if (!text.value.trim()) return reject(s.answers.needWords)
    if (left < 0) return reject(s.answers.tooLong(-left))
    void run(async () => {
      await answer(share.id, { text: text.value, ...(replyTo && { reply: replyTo.id }) })
      text.value = ''
      onDone()
    })
  }
  const to = replyTo && displayText(writerOf(replyTo))
  return (
    <form class="stack" onSubmit={send} noValidate>
      <TextArea
        key={replyTo?.id ?? ''}
        label={to ? s.answers.replying(to) : s.answers.write}
        hint={left < 0 ? s.answers.tooLong(-left) : left <= FEW_LEFT ? s.answers.left(left) : s.answers.who}
        value={text.value}
        rows={2}
        autoFocus={replyTo !== null}
        onInput={typed => {
          text.value = typed
          reject(null)
        }}
      />
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="submit" class="button" disabled={busy}>
          {busy ? s.answers.sending : s.answers.send}
        </button>
        {replyTo && (
          <button type="button" class="button plain" onClick={onDone}>
            {s.answers.noReply}
          </button>
        )}
      </div>
    </form>
  )
}

/** Whether the recipients may answer. */
export function MayAnswer({ share }: { share: Share }) {
  const { busy, problem, run } = useAsyncAction()
  const change = (answers: boolean) => {
    if (!busy) void run(async () => addShare(await api().shares.setAnswers(share.id, answers)))
  }
  return (
    <>
      <Checkbox label={s.answers.mayAnswer} hint={s.answers.mayAnswerHint} checked={share.answers} onChange={change} />
      {problem && <ErrorMessage text={problem} />}
    </>
  )
}
