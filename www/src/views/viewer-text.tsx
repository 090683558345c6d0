/** A text in the viewer. It is shown as letters, also if it is HTML: nothing in it runs. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { displayText } from '../format'
import { api } from '../state/engine'
import { connection } from '../state/network'
import { s } from '../strings'
import { Icon } from '../ui/icon'
import { MAX_TEXT_BYTES, textOf } from '../text-content'
import { saveOrSay } from './save'

export function TextFigure({ share, file }: { share: Share; file: FileEntry }) {
  const text = useSignal<string | null>(null)
  const state = useSignal<'loading' | 'here' | 'absent' | 'unknown'>('loading')
  const attempt = useSignal(0)
  const cut = file.size > MAX_TEXT_BYTES
  useEffect(() => {
    const abort = new AbortController()
    const read = async () => {
      const stream = api().shares.read(
        share.id,
        file.path,
        { offset: 0, length: Math.min(file.size, MAX_TEXT_BYTES) },
        { signal: abort.signal },
      )
      text.value = textOf(new Uint8Array(await new Response(stream).arrayBuffer()), cut)
      state.value = text.value === null ? 'unknown' : 'here'
    }
    read().catch(() => {
      if (!abort.signal.aborted) state.value = 'absent'
    })
    return () => abort.abort()
  }, [attempt.value])
  const retry = () => {
    state.value = 'loading'
    attempt.value += 1
  }
  const saveButton = (
    <button type="button" class="button" onClick={() => saveOrSay(share, file)}>
      <Icon name="download" />
      {s.share.download}
    </button>
  )
  return (
    <figure class="reading" data-state={state.value}>
      {text.value !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keyboard
        <pre tabIndex={0} aria-label={displayText(file.path)} role="document" dir="auto">
          {displayText(text.value)}
        </pre>
      )}
      <figcaption aria-live="polite">
        {state.value === 'loading' && (connection.value === 'connected' ? s.viewer.loadingFile : s.viewer.waiting)}
        {state.value === 'absent' && (
          <>
            {s.viewer.absent}{' '}
            <button type="button" class="button" onClick={retry}>
              {s.common.retry}
            </button>
          </>
        )}
        {state.value === 'unknown' && (
          <>
            {s.viewer.noText} {saveButton}
          </>
        )}
        {state.value === 'here' && cut && (
          <>
            {s.viewer.cutText(MAX_TEXT_BYTES)} {saveButton}
          </>
        )}
      </figcaption>
    </figure>
  )
}
