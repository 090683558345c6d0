/** The page of a share that a guest has opened by a link: whose it is, how long it stays, a way to save it, then what is in it. */

import type { Share } from '../contract'
import { displayText, formatBytes, longDate } from '../format'
import { href } from '../route'
import { useFiles } from '../state/files'
import { guestShare, keepGuestShare } from '../state/guest-share'
import { profiles } from '../state/session'
import { s } from '../strings'
import { folderOf } from '../tree'
import { Avatar } from '../ui/avatar'
import { ErrorMessage } from '../ui/field'
import { Icon, Logo } from '../ui/icon'
import { NewVersion } from '../ui/new-version'
import { useHeading } from '../ui/shell'
import { Thumbnail } from '../ui/thumbnail'
import { useFirstFiles } from '../ui/use-first-files'
import { WaitingFiles } from '../ui/waiting-files'
import { Saves } from './saves'
import { SaveActions, ShareContents } from './share-contents'
import { byline } from './share-page'
import { authorName } from './share-recipients'

/** Pictures above the title. */
const SHOWN = 3

interface Props {
  share: Share
  /** The file in the viewer. */
  path: string | undefined
  /** The folder that is listed. */
  folder: string | undefined
}

export function GuestSharePage({ share, path, folder }: Props) {
  const files = useFiles(share, path === undefined ? folder : folderOf(path))
  const title = displayText(share.title)
  const heading = useHeading(title, s.share.pictures)
  return (
    <div class="guest-share">
      <header class="row">
        <div class="brand grow">
          <Logo />
          {s.app}
        </div>
        <a class="button plain" href={href.home} onClick={keepGuestShare}>
          {profiles.value?.length ? s.openLink.start : s.openLink.make}
        </a>
      </header>
      <main class="stack">
        <NewVersion />
        <WaitingFiles />
        <section class="card hero">
          <HeroPictures share={share} />
          <Avatar id={share.author} name={authorName(share)} size="big" />
          <p class="quiet">{byline(share)}</p>
          <h1 ref={heading} tabIndex={-1} dir="auto">
            {title}
          </h1>
          {share.note && (
            <p class="note" dir="auto">
              {displayText(share.note)}
            </p>
          )}
          <Facts share={share} />
          <SaveActions share={share} here={false} />
          <small class="safe">
            <Icon name={share.audience === 'public' ? 'globe' : 'lock'} />
            {share.audience === 'public' ? s.audience.public : s.openLink.safe}
          </small>
        </section>
        <Saves share={share} />
        {files.problem && <ErrorMessage text={files.problem} />}
        <ShareContents share={share} files={files} path={path} hideLocation />
        <section class="card keep-it">
          <p>{s.openLink.keepText}</p>
          <a class="button" href={href.home} onClick={keepGuestShare}>
            {s.openLink.keep}
          </a>
        </section>
      </main>
    </div>
  )
}

/** The first pictures, as a band; without pictures a plain one. */
function HeroPictures({ share }: { share: Share }) {
  const pictures = useFirstFiles(share)?.files.filter(({ preview }) => preview) ?? []
  return (
    <div class="hero-pictures" aria-hidden="true">
      {pictures.slice(0, SHOWN).map(file => (
        <span key={file.path}>
          <Thumbnail {...file} path="" />
        </span>
      ))}
    </div>
  )
}

/** How much it is, and how long the link opens it. */
function Facts({ share }: { share: Share }) {
  const opened = guestShare.value
  const expires = opened?.share.id === share.id ? opened.expires : undefined
  return (
    <ul class="guest-facts">
      <li>{s.order.files(share.files)}</li>
      <li>{formatBytes(share.size)}</li>
      <li>{expires ? s.openLink.untilShort(longDate(expires)) : s.openLink.noEnd}</li>
    </ul>
  )
}
