/** What the author of a share wrote: to be read, selected, and copied with one press. */

import type { Share } from '../contract'
import { displayText } from '../format'
import { s } from '../strings'
import { CopyButton } from '../ui/copy'

export function ShareText({ share }: { share: Share }) {
  const note = share.note && displayText(share.note)
  if (!note) return null
  const text = (
    <p class="note" dir="auto">
      {note}
    </p>
  )
  // Beside files it says what they are. Alone it is what was shared.
  if (share.files > 0 || share.unlisted) return text
  const address = webAddress(note)
  return (
    <section class="card pad stack whole-text" aria-label={s.rename.note}>
      {text}
      <div class="actions">
        <CopyButton text={note} label={s.text.copy} main />
        {address && (
          <a class="button" href={address.href} target="_blank" rel="noopener noreferrer">
            {s.text.open(address.host)}
          </a>
        )}
      </div>
    </section>
  )
}

/** The address that a text is, if it is nothing else. */
function webAddress(text: string): URL | undefined {
  const typed = text.trim()
  if (!/^https?:\/\/\S+$/i.test(typed)) return undefined
  return URL.parse(typed) ?? undefined
}
