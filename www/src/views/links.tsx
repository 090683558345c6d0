/** All active links of the reader. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { href, navigate } from '../route'
import { audience } from '../state/compose'
import { links, listLinks } from '../state/links'
import { s } from '../strings'
import { ErrorMessage } from '../ui/field'
import { Page } from '../ui/shell'
import { useIncrementalList } from '../ui/use-infinite-scroll'
import { LinkCard } from './link-card'

/** Cards rendered at once: each draws a QR code. */
const BATCH = 6

export function Links() {
  const problem = useSignal<string | null>(null)
  useEffect(() => {
    listLinks().catch(error => (problem.value = wordsFor(error)))
  }, [])
  const list = links.value ?? []
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  return (
    <Page title={s.links.title}>
      {problem.value && <ErrorMessage text={problem.value} />}
      {links.value?.length === 0 ? (
        <section class="card empty stack">
          <h2>{s.links.empty}</h2>
          <p class="quiet">{s.links.emptyText}</p>
          <button type="button" class="button main" onClick={createLink}>
            {s.links.begin}
          </button>
        </section>
      ) : (
        <p class="quiet">{s.links.text}</p>
      )}
      <div class="actions">
        <a class="button plain" href={href.drops}>
          {s.drops.title}
        </a>
      </div>
      {list.slice(0, visible).map(link => (
        <section key={link.id} class="card pad stack" aria-labelledby={`link-${link.id}`}>
          <h2 id={`link-${link.id}`} class="plain-link" dir="auto">
            <a href={href.shared(link.id)}>{displayText(link.title)}</a>
          </h2>
          <LinkCard link={link} />
        </section>
      ))}
      <div class="end" ref={sentinel} />
    </Page>
  )
}

function createLink(): void {
  audience.value = 'link'
  navigate(href.share)
}
