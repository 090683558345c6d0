/** One-sentence notices at the edge of the page, with undo where something is taken away. */

import { signal } from '@preact/signals'

/** Long enough to read and reach the button; whoever has reached it with the keyboard has as long as they like. */
const SHOWN_MS = 7_000
/** Not where the pointer is: it may lie where the notice came to be, over what is wanted next. */
const HAS_FOCUS = '.notice:focus-within'

export interface Notice {
  text: string
  tone: 'calm' | 'bad'
  undo?: () => void
}

export const notice = signal<Notice | null>(null)

let hideTimer: ReturnType<typeof setTimeout> | undefined
let pendingAction: (() => void) | undefined

export function notify(text: string, tone: Notice['tone'] = 'calm'): void {
  show({ text, tone })
}

/**
 * Takes something away after there was time to think better of it.
 *
 * `act` runs when the notice goes, when the next one comes, or when the page is left; `undo` puts back what the view
 * has hidden already.
 */
export function notifyUndoable(text: string, act: () => void, undo: () => void): void {
  show({
    text,
    tone: 'calm',
    undo: () => {
      pendingAction = undefined
      dismiss()
      undo()
    },
  })
  pendingAction = act
}

export function dismiss(): void {
  clearTimeout(hideTimer)
  notice.value = null
  const act = pendingAction
  pendingAction = undefined
  act?.()
}

function show(next: Notice): void {
  dismiss()
  notice.value = next
  hideTimer = setTimeout(hideUnlessFocused, SHOWN_MS)
}

function hideUnlessFocused(): void {
  if (document.querySelector(HAS_FOCUS)) hideTimer = setTimeout(hideUnlessFocused, SHOWN_MS)
  else dismiss()
}

addEventListener('pagehide', dismiss)
