/** Has a picture stand for a share, for all of its readers. */

import type { Share } from '../contract'
import { api } from '../state/engine'
import { notifyDone } from '../state/notices'
import { addShare } from '../state/shares'
import { s } from '../strings'

export async function chooseCover(share: Share, path: string): Promise<void> {
  const before = share.cover
  addShare(await api().shares.setCover(share.id, path))
  notifyDone(s.cover.done, () => void api().shares.setCover(share.id, before).then(addShare))
}
