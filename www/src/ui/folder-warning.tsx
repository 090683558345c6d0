/** A warning where other pages of the same host can read what is kept here. */

import { isInFolder } from '../state/engine'
import { s } from '../strings'
import { Icon } from './icon'

export function FolderWarning() {
  if (!isInFolder(location.pathname)) return null
  return (
    <section class="banner">
      <Icon name="warning" />
      <p class="grow">
        <b>{s.sharedOrigin.folder(location.host)}</b> {s.sharedOrigin.folderWhy}
      </p>
    </section>
  )
}
