/** Who may open a share, who made it, and where it is kept. */

import type { Share } from '../contract'
import { nameOf } from '../state/contacts'
import { network } from '../state/network'
import { me } from '../state/session'
import { lacksRoom, transferOf } from '../state/transfers'
import { s } from '../strings'
import { Icon } from '../ui/icon'
import { AUDIENCE_ICONS } from './audience-picker'

/** More names would be too long for a chip. */
const MAX_NAMES = 3

export const isMine = (share: Share): boolean => share.author === me.value?.id

/** Whether the reader can change all of a share: it is of their making, and not signed for everybody. */
export const canBeChanged = (share: Share): boolean => isMine(share) && share.audience !== 'public' && share.madeBy === undefined

export const authorName = (share: Share): string => nameOf(share.author, share.authorName)

/** The person who made a share that was passed on. */
export const makerName = (share: Share): string | undefined =>
  share.madeBy === undefined ? undefined : nameOf(share.madeBy, share.madeByName)

/** The people to whom the reader has given the share. */
export const recipientsOf = (share: Share): string[] => (share.recipients ?? []).filter(id => id !== me.value?.id)

/** People whom the reader has removed from the share, and who can still open what was in it then. */
export const formerRecipientsOf = (share: Share): string[] => share.former ?? []

/** Whether a share of the reader that was given to people is now given to nobody. */
export const isWithdrawn = (share: Share): boolean =>
  isMine(share) && share.audience === 'contacts' && recipientsOf(share).length === 0 && formerRecipientsOf(share).length === 0

export const AudienceChip = ({ share }: { share: Share }) => (
  <span class={share.audience === 'public' ? 'chip neutral' : 'chip'}>
    <Icon name={share.audience === 'contacts' ? 'lock' : AUDIENCE_ICONS[share.audience]} />
    {audienceText(share)}
  </span>
)

function audienceText(share: Share): string {
  switch (share.audience) {
    case 'self':
    case 'public':
    case 'link':
      return s.audience[share.audience]
    case 'contacts': {
      if (!isMine(share)) return s.audience.forYou(authorName(share))
      if (isWithdrawn(share)) return s.audience.withdrawn
      const people = recipientsOf(share).map(id => nameOf(id))
      const others = people.length - MAX_NAMES
      return others > 0 ? s.audience.youAndMany(people.slice(0, MAX_NAMES), others) : s.audience.youAnd(people)
    }
  }
}

/** `here`: whether all listed files are in this browser. */
export function AvailabilityChip({ share, here = false }: { share: Share; here?: boolean }) {
  const { text, calm } = availability(share, here)
  return <span class={calm ? 'chip neutral' : 'chip new'}>{text}</span>
}

/** Where a share is kept, in words, and whether that is as it should be. */
export function availability(share: Share, here: boolean): { text: string; calm: boolean; failed?: boolean } {
  if (!isMine(share)) return { text: s.availability[share.kept ? 'theirs' : 'theirsWaits'](authorName(share)), calm: share.kept }
  if (share.kept) return { text: here ? s.availability.hereAndRelay : s.availability.relay, calm: true }
  if (share.onOtherDevice) return { text: s.availability.otherDevice, calm: false }
  if (network.value?.relays.length === 0) return { text: s.availability.noRelay, calm: true }
  const up = transferOf(share.id, 'up')
  switch (up?.state) {
    case 'active':
      return { text: s.availability.uploading, calm: false }
    case 'failed':
    case 'cancelled':
      return { text: s.availability.failed, calm: false, failed: true }
    default:
      if (up && lacksRoom(up)) return { text: s.availability.noRoom, calm: false, failed: true }
      // A browser that was restored, or whose link was switched off, may have nothing of it.
      return { text: here ? s.availability.waiting : s.availability.notSent, calm: false }
  }
}
