/** Lets the reader drop or paste files anywhere in the window, on every screen. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { filesFromPaste } from '../clipboard-files'
import { route } from '../route'
import { filesFromTransfer } from '../selected-files'
import { intake, receive } from '../state/incoming'
import { profiles } from '../state/session'
import { s } from '../strings'

export function DropTarget() {
  const over = useSignal(false)
  useEffect(() => {
    // The browser reports entering a child before leaving its parent. Counting both avoids flicker.
    let depth = 0
    const set = (next: number) => {
      depth = Math.max(0, next)
      over.value = depth > 0
    }
    const enter = (event: DragEvent) => void (hasFiles(event) && set(depth + 1))
    const leave = (event: DragEvent) => void (hasFiles(event) && set(depth - 1))
    const allow = (event: DragEvent) => {
      if (isLeftToBrowser(event)) return
      event.preventDefault()
      if (!hasFiles(event) && event.dataTransfer) event.dataTransfer.dropEffect = 'none'
    }
    const drop = (event: DragEvent) => {
      if (isLeftToBrowser(event)) return
      // Otherwise the browser opens the file, or the link, instead of the page.
      event.preventDefault()
      set(0)
      if (hasFiles(event) && event.dataTransfer) void receive(filesFromTransfer(event.dataTransfer.items))
    }
    const paste = (event: ClipboardEvent) => {
      const data = event.clipboardData
      if (!data || (isEditable(event.target) && (data.files.length === 0 || data.getData('text/plain')))) return
      // A text that is pasted on the first screen is probably a passphrase.
      if (data.files.length === 0 && intake.value === 'locked') return
      const found = filesFromPaste(data)
      if (!found) return
      event.preventDefault()
      void receive(found)
    }
    const listeners = { dragenter: enter, dragleave: leave, dragover: allow, drop, paste }
    for (const [type, listener] of Object.entries(listeners)) addEventListener(type, listener as EventListener)
    return () => {
      for (const [type, listener] of Object.entries(listeners)) removeEventListener(type, listener as EventListener)
    }
  }, [])
  return over.value ? (
    <div class="drop-sign" aria-hidden="true">
      <b>{s.incoming.letGo[isFirstVisit() ? 'now' : intake.value]}</b>
    </div>
  ) : null
}

/** Without any profile here, the first screen takes files at once. */
const isFirstVisit = () => intake.value === 'locked' && route.value.view === 'home' && profiles.value?.length === 0

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/** Text may be dragged into a field. */
const isLeftToBrowser = (event: DragEvent) => !hasFiles(event) && isEditable(event.target)

const isEditable = (target: EventTarget | null) =>
  target instanceof Element && target.closest('input:not([type=checkbox], [type=radio], [type=file]), textarea, [contenteditable]') !== null
