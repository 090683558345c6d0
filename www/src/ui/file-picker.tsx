/** A button that opens the browser's picker for files or a folder. */

import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icon'

interface Props {
  label: string
  onChosen: (files: FileList) => void
  folder?: boolean
  main?: boolean
  /** Whether it stands in a line of text. */
  inLine?: boolean
  disabled?: boolean
}

export function FilePicker({ label, onChosen, folder, main, inLine, disabled }: Props) {
  const input = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    // Preact's types do not know this attribute.
    if (input.current) input.current.webkitdirectory = folder === true
  }, [folder])
  return (
    <>
      <button
        type="button"
        class={inLine ? 'link-button' : main ? 'button main' : 'button'}
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        <Icon name={folder ? 'folder' : 'plus'} />
        {label}
      </button>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        aria-hidden="true"
        aria-label={label}
        onChange={event => {
          const { files } = event.currentTarget
          if (files?.length) onChosen(files)
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}
