/** The search field of a view. The `/` key focuses it. */

import { useEffect, useRef } from 'preact/hooks'
import { Icon } from './icon'

export function SearchField({ label, value, onInput }: { label: string; value: string; onInput: (value: string) => void }) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const focus = (event: Event) => {
      event.preventDefault()
      field.current?.focus()
    }
    addEventListener('spinney:search', focus)
    return () => removeEventListener('spinney:search', focus)
  }, [])
  return (
    <label class="search grow">
      <Icon name="search" />
      <input
        ref={field}
        class="field"
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onInput={event => onInput(event.currentTarget.value)}
        aria-keyshortcuts="/"
        dir="auto"
      />
    </label>
  )
}
