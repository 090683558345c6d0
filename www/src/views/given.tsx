/** A link that I gave out: to be copied, sent or scanned, and to be switched off. */

import { useEffect } from 'preact/hooks'
import type { Link, Share } from '../contract'
import { wordsFor } from '../errors'
import { shareLink } from '../route'
import { day, moment, shown } from '../say'
import { api } from '../state/engine'
import { linkIsOff, linkOf, links, listLinks, takeLink } from '../state/links'
import { say, sayUndoable } from '../state/notices'
import { s } from '../strings'
import { LinkToSend } from '../ui/link'
import { Icon } from '../ui/icon'
import { Qr } from '../ui/qr'

/** On the page of its share. */
export function GivenLink({ share }: { share: Share }) {
  useEffect(() => void listLinks().catch(() => {}), [share.id])
  const link = linkOf(share.id)
  if (!links.value) return null
  return (
    <section class="card pad stack" aria-labelledby="given-link">
      <h2 id="given-link">{s.links.one}</h2>
      {link ? <Given link={link} /> : <p class="quiet">{s.links.off}</p>}
    </section>
  )
}

export function Given({ link }: { link: Link }) {
  const url = shareLink(link.link)
  const title = shown(link.title)
  return (
    <>
      <Terms link={link} />
      <div class="given">
        <Qr text={url} label={s.links.qr(title)} />
        <div class="stack">
          <LinkToSend url={url} label={s.links.fieldOf(title)} copy={s.links.copy} main />
          <p class="quiet">{link.password ? s.links.withPasswordText : s.links.withoutPasswordText}</p>
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

function Terms({ link }: { link: Link }) {
  return (
    <div class="actions">
      <span class="chip">
        <Icon name={link.password ? 'lock' : 'link'} />
        {link.password ? s.links.withPassword : s.links.withoutPassword}
      </span>
      <span class="chip neutral">{link.expires ? s.links.ends(day(link.expires)) : s.links.noEnd}</span>
      <small>{s.links.made(moment(link.created))}</small>
    </div>
  )
}

function switchOff(link: Link): void {
  const putBack = takeLink(link.id)
  // What was pressed is gone with its link.
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  sayUndoable(
    s.links.switchedOff(shown(link.title)),
    () => void api().shares.disableLink(link.id).then(() => linkIsOff(link.id), error => say(wordsFor(error), 'bad')).finally(putBack),
    putBack,
  )
}
