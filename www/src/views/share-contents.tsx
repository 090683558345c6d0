/** The files of a share: pictures as a gallery with a viewer, other files as a list, and buttons to save them. */

import type { FileEntry, Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText, formatBytes } from '../format'
import { isViewable } from '../media-type'
import { href } from '../route'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import type { PagedList } from '../state/paged-list'
import { SpinneyError } from '../spinney'
import { me } from '../state/session'
import { activeTransfers, failureText, transferOf } from '../state/transfers'
import { s } from '../strings'
import { Icon } from '../ui/icon'
import { Thumbnail } from '../ui/thumbnail'
import { useInfiniteScroll } from '../ui/use-infinite-scroll'
import { canPickFolder, saveAll, saveFile, saveToFolder } from './save'
import { Viewer } from './viewer'

interface Props {
  share: Share
  files: PagedList<FileEntry>
  /** The picture in the viewer. */
  path: string | undefined
  /** Whether a file row leaves out that the file is in this browser, because the page says it of the whole share. */
  hideLocation: boolean
}

export function ShareContents({ share, files, path, hideLocation }: Props) {
  const pictures = files.items.filter(({ type }) => isViewable(type))
  const others = files.items.filter(({ type }) => !isViewable(type))
  const sentinel = useInfiniteScroll(files.more, !files.complete && !files.loading)
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
              <FileRow key={file.path} share={share} file={file} hideLocation={hideLocation} />
            ))}
          </ul>
        </section>
      )}
      <div class="end" ref={sentinel}>
        {files.loading && <p class="quiet centred">{s.share.loadingFiles}</p>}
      </div>
      {path !== undefined && <Viewer share={share} pictures={pictures} path={path} onNear={files.more} />}
    </>
  )
}

export function SaveActions({ share, here }: { share: Share; here: boolean }) {
  if (share.files === 0) return null
  const fetching = activeTransfers.value.some(each => each.share === share.id && each.direction === 'down')
  const attempt = (work: Promise<unknown>) => void work.catch(error => notify(wordsFor(error), 'bad'))
  const into = async () => {
    try {
      const folder = await saveToFolder(share)
      if (folder) notify(s.share.savingFolder(folder))
    } catch (error) {
      if (!(error instanceof SpinneyError)) throw error
      notify(s.share.savingFailed(failureText(error, true)), 'bad')
    }
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
      {/* Both start transfers, which belong to a profile. */}
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

function FileRow({ share, file, hideLocation }: { share: Share; file: FileEntry; hideLocation: boolean }) {
  const path = displayText(file.path)
  const fetched = transferOf(share.id, 'down')?.recentFiles.get(file.path)?.bytes ?? 0
  const have = Math.max(file.have, fetched)
  const where = hideLocation ? undefined : have >= file.size ? s.share.here : have > 0 ? s.share.partlyHere(have, file.size) : undefined
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
      <button
        type="button"
        class="icon-button"
        aria-label={s.share.downloadFile(path)}
        title={s.share.download}
        onClick={() => void saveFile(share, file).catch(error => notify(wordsFor(error), 'bad'))}
      >
        <Icon name="download" />
      </button>
    </li>
  )
}
