/** A link to one of the reader's shares: its QR code, its terms, and a button to switch it off. */

import { useEffect } from 'preact/hooks'
import type { Link, Share } from '../contract'
import { displayText, longDate, relativeTime } from '../format'
import { shareLink } from '../route'
import { api } from '../state/engine'
import { hideLink, linkOf, links, listLinks, removeLink } from '../state/links'
import { notifyUndoable } from '../state/notices'
import { s } from '../strings'
import { Icon } from '../ui/icon'
import { LinkField } from '../ui/link-field'
import { QrCode } from '../ui/qr-code'
import { ChangeLink } from './change-link'

/** The section on the page of the share. */
export function ShareLink({ share }: { share: Share }) {
  useEffect(() => void listLinks().catch(() => {}), [share.id])
  const link = linkOf(share.id)
  if (!links.value) return null
  return (
    <section class="card pad stack" aria-labelledby="share-link">
      <h2 id="share-link">{s.links.one}</h2>
      {link ? <LinkCard link={link} /> : <p class="quiet">{s.links.off}</p>}
    </section>
  )
}

export function LinkCard({ link }: { link: Link }) {
  const url = shareLink(link.link)
  const title = displayText(link.title)
  return (
    <>
      <LinkTerms link={link} />
      <div class="link-card">
        <QrCode text={url} label={s.links.qr(title)} />
        <div class="stack">
          <LinkField url={url} label={s.links.fieldOf(title)} copy={s.links.copy} main />
          <p class="quiet">{link.password ? s.links.withPasswordText : s.links.withoutPasswordText}</p>
          <ChangeLink link={link} />
          <div class="row wraps">
            <p class="quiet grow">{s.links.switchOffText}</p>
            <button type="button" class="button danger" aria-label={s.links.switchOffOf(title)} onClick={() => switchOff(link)}>
              {s.links.switchOff}
            </button>
          </div>
        </div>
      </div>
    </>
  )
}

function LinkTerms({ link }: { link: Link }) {
  return (
    <div class="actions">
      <span class="chip">
        <Icon name={link.password ? 'lock' : 'link'} />
        {link.password ? s.links.withPassword : s.links.withoutPassword}
      </span>
      <span class="chip neutral">{link.expires ? s.links.ends(longDate(link.expires)) : s.links.noEnd}</span>
      <small>{s.links.made(relativeTime(link.created))}</small>
    </div>
  )
}

function switchOff(link: Link): void {
  const restore = hideLink(link.id)
  // The pressed button disappears with its link, so the heading gets the focus.
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  const disable = () =>
    api()
      .shares.disableLink(link.id)
      .then(() => removeLink(link.id))
  notifyUndoable(s.links.switchedOff(displayText(link.title)), disable, restore)
}
