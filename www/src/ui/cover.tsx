/** A share as a small tile: its first picture. */

import type { Share } from '../contract'
import { Thumbnail } from './thumbnail'
import { useFirstFiles } from './use-first-files'

export function Cover({ share }: { share: Share }) {
  const files = useFirstFiles(share)?.files
  const first = files?.find(({ preview }) => preview) ?? files?.[0]
  return <span class="cover">{first && <Thumbnail {...first} path="" />}</span>
}
