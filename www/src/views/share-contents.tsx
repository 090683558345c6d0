/** What a share holds: its pictures as a gallery with a viewer, its other files as a list, and ways to save them. */

import type { FileEntry, Share } from '../contract'
import { wordsFor } from '../errors'
import { href } from '../route'
import { formatBytes, displayText } from '../format'
import { api } from '../state/engine'
import type { Files } from '../state/files'
import { notify } from '../state/notices'
import { me } from '../state/session'
import { transferOf, activeTransfers } from '../state/transfers'
import { s } from '../strings'
import { useInfiniteScroll } from '../ui/use-infinite-scroll'
import { Icon } from '../ui/icon'
import { isViewable, Thumbnail } from '../ui/thumbnail'
import { canPickFolder, saveAll, saveFile, saveToFolder } from './save'
import { Viewer } from './viewer'

interface Props {
  share: Share
  files: Files
  more: () => void
  /** The picture that is shown on the whole screen. */
  path: string | undefined
  /** Whether each file is in this browser need not be said of each. */
  told: boolean
}

export function ShareContents({ share, files, more, path, told }: Props) {
  const pictures = files.entries.filter(({ type }) => isViewable(type))
  const others = files.entries.filter(({ type }) => !isViewable(type))
  const sentinel = useInfiniteScroll(more, !files.whole && !files.loading)
  return (
    <>
      {share.files === 0 && <p class="quiet">{s.share.noFiles}</p>}
      {pictures.length > 0 && (
        <section aria-label={s.share.pictures}>
          <ul class="gallery">
            {pictures.map(file => (
              <li key={file.path}>
                <a href={href.picture(share.id, file.path)} aria-label={s.share.view(displayText(file.path))}>
                  <Thumbnail {...file} />
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {others.length > 0 && (
        <section class="card pad stack" aria-labelledby="other-files">
          <h2 id="other-files">{s.share.others}</h2>
          <ul class="files">
            {others.map(file => (
              <FileRow key={file.path} share={share} file={file} told={told} />
            ))}
          </ul>
        </section>
      )}
      <div class="end" ref={sentinel}>
        {files.loading && <p class="quiet centred">{s.share.loadingFiles}</p>}
      </div>
      {path !== undefined && <Viewer share={share} pictures={pictures} path={path} onNear={more} />}
    </>
  )
}

export function SaveActions({ share, here }: { share: Share; here: boolean }) {
  if (share.files === 0) return null
  const fetching = activeTransfers.value.some(each => each.share === share.id && each.direction === 'down')
  const attempt = (work: Promise<unknown>) => void work.catch(error => notify(wordsFor(error), 'bad'))
  const into = async () => {
    const folder = await saveToFolder(share)
    if (folder) notify(s.share.savingFolder(folder))
  }
  const keep = async () => {
    await api().shares.download(share.id)
    notify(s.share.keeping)
  }
  return (
    <div class="actions saving">
      <button type="button" class="button main" onClick={() => attempt(saveAll(share))}>
        <Icon name="download" />
        {s.share.saveAllSize(share.size)}
      </button>
      {/* Both are transfers, which belong to a profile. */}
      {canPickFolder && me.value && (
        <button type="button" class="button" onClick={() => attempt(into())}>
          {s.share.saveFolder}
        </button>
      )}
      {!here && !fetching && me.value && (
        <button type="button" class="button plain" onClick={() => attempt(keep())}>
          {s.share.keep}
        </button>
      )}
    </div>
  )
}

function FileRow({ share, file, told }: { share: Share; file: FileEntry; told: boolean }) {
  const path = displayText(file.path)
  const fetched = transferOf(share.id, 'down')?.recentFiles.get(file.path)?.bytes ?? 0
  const have = Math.max(file.have, fetched)
  const where = told ? undefined : have >= file.size ? s.share.here : have > 0 ? s.share.partlyHere(have, file.size) : undefined
  return (
    <li class="row">
      <Icon name="file" />
      <div class="grow">
        <span class="break-anywhere" dir="auto">
          {path}
        </span>
        <br />
        <small>{[formatBytes(file.size), where].filter(Boolean).join(' · ')}</small>
      </div>
      <button type="button" class="icon-button" aria-label={s.share.downloadFile(path)} title={s.share.download} onClick={() => void saveFile(share, file).catch(error => notify(wordsFor(error), 'bad'))}>
        <Icon name="download" />
      </button>
    </li>
  )
}
