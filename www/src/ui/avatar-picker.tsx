/** Chooses a profile picture. It is cropped to a square and encoded again before it is used. */

import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { makeAvatar } from '../previews'
import { s } from '../strings'
import { Avatar } from './avatar'
import { ErrorMessage } from './field'

interface Props {
  id: string
  name: string
  avatar: Blob | undefined
  onChange: (avatar: Blob | undefined) => void
  removable?: boolean
}

export function AvatarPicker({ id, name, avatar, onChange, removable }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const problem = useSignal(false)
  const choose = async (file: File | undefined) => {
    if (!file) return
    const made = await makeAvatar(file)
    problem.value = !made
    if (made) onChange(made)
  }
  return (
    <div class="row wraps">
      <Avatar id={id} name={name || '?'} avatar={avatar} size="big" />
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        tabIndex={-1}
        aria-label={s.create.avatar}
        accept="image/jpeg,image/png,image/webp,image/gif,image/avif"
        onChange={event => {
          void choose(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
      <div class="actions grow">
        <button type="button" class="button" onClick={() => input.current?.click()}>
          {s.create.chooseAvatar}
        </button>
        {avatar && removable && (
          <button type="button" class="button plain" onClick={() => onChange(undefined)}>
            {s.create.removeAvatar}
          </button>
        )}
        {problem.value && <ErrorMessage text={s.create.avatarRefused} />}
      </div>
    </div>
  )
}
