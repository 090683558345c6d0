/** What was answered to shares: loaded when a share is looked at, and again whenever it changes. */

import { signal } from '@preact/signals'
import type { Comment, NewComment } from '../contract'
import { s } from '../strings'
import { api } from './engine'
import { HiddenIds } from './hidden-ids'
import { notifyUndoable } from './notices'

const answersByShare = signal<ReadonlyMap<string, readonly Comment[]>>(new Map())
/** Comments that are hidden or taken back, before the engine knows of it. */
const goneComments = new HiddenIds()

/** The shares whose answers somebody looks at. */
const looked = new Set<string>()

/** What was answered to a share, the oldest first; undefined until it is loaded. */
export function answersTo(share: string): readonly Comment[] | undefined {
  return answersByShare.value.get(share)?.filter(({ id }) => !goneComments.has(id))
}

async function loadAnswers(share: string): Promise<void> {
  const list = await api().shares.comments(share)
  answersByShare.value = new Map(answersByShare.value).set(share, list)
}

/** Loads the answers to a share, and keeps them current until the returned function is called. */
export function lookAtAnswers(share: string): () => void {
  looked.add(share)
  // What fails is loaded again when something changes.
  void loadAnswers(share).catch(() => {})
  return () => looked.delete(share)
}

/** The engine says that they changed. */
export function onAnswers(share: string): void {
  // To load them says to the engine that somebody looks, so a hidden page does not.
  const isShown = looked.has(share) && document.visibilityState === 'visible'
  if (isShown) void loadAnswers(share).catch(() => {})
  else if (!looked.has(share)) forgetAnswersTo(share)
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return
  for (const share of looked) void loadAnswers(share).catch(() => {})
})

export async function answer(share: string, what: NewComment): Promise<void> {
  await api().shares.comment(share, what)
  await loadAnswers(share)
}

/** Takes back what the person wrote, unless they undo it. */
export function takeBack(share: string, { id }: Comment): void {
  const restore = goneComments.hide([id])
  notifyUndoable(
    s.answers.tookBack,
    () =>
      api()
        .shares.takeBackComment(share, id)
        .then(() => loadAnswers(share)),
    restore,
  )
}

/** Takes back a heart at once: to give it again is as easy. */
export async function takeHeartBack(share: string, { id }: Comment): Promise<void> {
  await api().shares.takeBackComment(share, id)
  await loadAnswers(share)
}

/** Hides what somebody wrote from all readers, unless it is undone. */
export function hideComment(share: string, { id }: Comment, name: string): void {
  const restore = goneComments.hide([id])
  notifyUndoable(
    s.answers.hid(name),
    () =>
      api()
        .shares.hideComment(share, id)
        .then(() => loadAnswers(share)),
    restore,
  )
}

export async function showComment(share: string, { id }: Comment): Promise<void> {
  await api().shares.hideComment(share, id, false)
  await loadAnswers(share)
}

function forgetAnswersTo(share: string): void {
  if (!answersByShare.peek().has(share)) return
  const rest = new Map(answersByShare.peek())
  rest.delete(share)
  answersByShare.value = rest
}

export function forgetAnswers(): void {
  answersByShare.value = new Map()
}
