/** Short notices at the edge of the page, with an undo button if something is removed. */

import { signal } from '@preact/signals'
import { wordsFor } from '../errors'

/** Long enough to read the notice and reach its button. With keyboard focus inside, the notice stays. */
const SHOWN_MS = 7_000
/** Hover does not count: the pointer may be there by chance, because the notice appeared under it. */
const HAS_FOCUS = '.notice:focus-within'

export interface Notice {
  text: string
  tone: 'calm' | 'bad'
  undo?: () => unknown
  /** Where it leads, and what that link says. */
  link?: { text: string; href: string }
}

export const notice = signal<Notice | null>(null)
/** How many dialogs are open: a notice is shown in the dialog then, because nothing else can be reached. */
export const openDialogs = signal(0)

let hideTimer: ReturnType<typeof setTimeout> | undefined
let pendingAction: (() => void) | undefined

export function notify(text: string, tone: Notice['tone'] = 'calm', link?: Notice['link']): void {
  show({ text, tone, ...(link && { link }) })
}

/** Shows a notice of something that is done, and can be undone while the notice shows. */
export function notifyDone(text: string, undo: () => void): void {
  show({
    text,
    tone: 'calm',
    undo: () => {
      dismiss()
      undo()
    },
  })
}

/**
 * Shows a notice with an undo button and delays an action.
 *
 * `act` runs when the notice is closed, when the next notice comes, or when the page is left. `undo` restores what the
 * view already hides. It also runs after `act`: then the engine's events have brought the lists up to date.
 *
 * The function that comes back undoes it too, and returns false once it is too late.
 */
export function notifyUndoable(text: string, act: () => Promise<unknown>, undo: () => void): () => boolean {
  const action = () =>
    void act()
      .catch(error => notify(wordsFor(error), 'bad'))
      .finally(undo)
  const undoInTime = () => {
    if (pendingAction !== action) return false
    pendingAction = undefined
    dismiss()
    undo()
    return true
  }
  show({ text, tone: 'calm', undo: undoInTime })
  pendingAction = action
  return undoInTime
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
