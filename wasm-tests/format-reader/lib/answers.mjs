// FORMAT.md: what readers of a share answer.
import { bool, check, concat, equal, exactly, int, maybe, object, text, within } from './codec.mjs'
import { kdf } from './crypto.mjs'
import { linkPage } from './letterbox.mjs'
import { sha256 } from './packages.mjs'
import { openSigned } from './signed.mjs'

/** A comment on this share, signed by `writer` or else by whom it claims. */
export function comment(share, writer, envelope) {
  const value = openSigned('comment', writer, envelope, 3840, (value) => {
    object(value, {
      share: exactly(20),
      rev: int(),
      time: int(),
      name: text(64),
      text: maybe((words) => check(text(1000)(words).length > 0, 'says nothing')),
      heart: maybe(bool),
      reply: maybe(exactly(32))
    })
    const isOne = value.text === undefined ? value.heart === true : value.heart === undefined
    within('heart', () => check(isOne, 'neither words alone nor a heart alone'))
  })
  within('object', () => within('share', () => check(equal(value.share, share), 'another share')))
  return value
}

export const nameOf = (envelope) => sha256(concat(envelope))

/** A page of the list that the author of a share publishes, and the envelopes on it that hold. */
export function list(shareKey, share, block) {
  const content = linkPage(kdf(shareKey, 'share/answers'), block)
  const envelopes = content.notes.filter(({ k }) => k === 'comment').map(({ comment }) => comment)
  const isSound = (envelope) => {
    try {
      return Boolean(comment(share, undefined, envelope))
    } catch (error) {
      if (error.code === undefined) throw error
      return false
    }
  }
  return { content, sound: envelopes.filter(isSound) }
}
