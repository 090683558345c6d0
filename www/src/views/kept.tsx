/** Who may open a share, and where it is kept, in a friend's words. */

import type { Share } from '../contract'
import { nameOf } from '../state/contacts'
import { network } from '../state/network'
import { me } from '../state/session'
import { transferOf } from '../state/transfers'
import { s } from '../strings'
import { Icon } from '../ui/icon'

/** More names than these would not fit a chip. */
const NAMED = 3

export const isMine = (share: Share): boolean => share.author === me.value?.id

export const Audience = ({ share }: { share: Share }) => (
  <span class="chip">
    <Icon name="lock" />
    {audienceWords(share)}
  </span>
)

function audienceWords(share: Share): string {
  if (share.audience === 'self') return s.audience.self
  if (!isMine(share)) return s.audience.forYou(nameOf(share.author))
  const people = (share.recipients ?? []).filter(id => id !== me.value?.id).map(nameOf)
  const others = people.length - NAMED
  return others > 0 ? s.audience.youAndMany(people.slice(0, NAMED), others) : s.audience.youAnd(people)
}

/** `here`: its files are in this browser, as far as they were listed. */
export function Kept({ share, here = false }: { share: Share; here?: boolean }) {
  const { text, calm } = keptWords(share, here)
  return <span class={calm ? 'chip neutral' : 'chip new'}>{text}</span>
}

function keptWords(share: Share, here: boolean): { text: string; calm: boolean } {
  if (!isMine(share)) return { text: s.kept.theirs(nameOf(share.author)), calm: true }
  if (share.kept) return { text: here ? s.kept.hereAndRelay : s.kept.relay, calm: true }
  if (network.value?.relays.length === 0) return { text: s.kept.noRelay, calm: true }
  const up = transferOf(share.id, 'up')
  switch (up?.state) {
    case 'active':
      return { text: s.kept.uploading, calm: false }
    case 'failed':
    case 'cancelled':
      return { text: s.kept.failed, calm: false }
    default:
      return { text: s.kept.waiting, calm: false }
  }
}
