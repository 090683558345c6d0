/** Lets the reader drop files and folders anywhere in the window to add them to the share in the making. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { href, navigate } from '../route'
import { filesFromDrop } from '../selected-files'
import { addFiles, rejectFile, sending } from '../state/compose'
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
    const allow = (event: DragEvent) => void (hasFiles(event) && event.preventDefault())
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || !event.dataTransfer) return
      // Otherwise the browser opens the file instead of the page.
      event.preventDefault()
      set(0)
      if (sending.value) return
      void addFiles(filesFromDrop(event.dataTransfer.items, path => rejectFile(path, 'unreadable')))
      navigate(href.share)
    }
    const listeners = { dragenter: enter, dragleave: leave, dragover: allow, drop }
    for (const [type, listener] of Object.entries(listeners)) addEventListener(type, listener as EventListener)
    return () => {
      for (const [type, listener] of Object.entries(listeners)) removeEventListener(type, listener as EventListener)
    }
  }, [])
  return over.value ? (
    <div class="drop-sign" aria-hidden="true">
      <b>{s.compose.dropNow}</b>
    </div>
  ) : null
}

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
