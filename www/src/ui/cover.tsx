/** A share as one small tile: its first picture. */

import type { Share } from '../contract'
import { Thumb } from './thumb'
import { useFirstFiles } from './first'

export function Cover({ share }: { share: Share }) {
  const files = useFirstFiles(share)
  const first = files?.find(({ preview }) => preview) ?? files?.[0]
  return <span class="cover">{first && <Thumb {...first} path="" />}</span>
}
