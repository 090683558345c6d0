/** Every link that I gave out and that is good still. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { wordsFor } from '../errors'
import { go, href } from '../route'
import { shown } from '../say'
import { audience } from '../state/compose'
import { links, listLinks } from '../state/links'
import { s } from '../strings'
import { useChunks } from '../ui/chunks'
import { Problem } from '../ui/field'
import { Page } from '../ui/shell'
import { Given } from './given'

/** Cards drawn at once: each draws a code. */
const CHUNK = 6

export function Links() {
  const problem = useSignal<string | null>(null)
  useEffect(() => {
    listLinks().catch(error => (problem.value = wordsFor(error)))
  }, [])
  const list = links.value ?? []
  const { shown: drawn, end } = useChunks(list.length, CHUNK)
  return (
    <Page title={s.links.title}>
      {problem.value && <Problem text={problem.value} />}
      {links.value?.length === 0 ? (
        <section class="card empty stack">
          <h2>{s.links.empty}</h2>
          <p class="quiet">{s.links.emptyText}</p>
          <button type="button" class="button main" onClick={begin}>
            {s.links.begin}
          </button>
        </section>
      ) : (
        <p class="quiet">{s.links.text}</p>
      )}
      {list.slice(0, drawn).map(link => (
        <section key={link.id} class="card pad stack" aria-labelledby={`link-${link.id}`}>
          <h2 id={`link-${link.id}`} class="named" dir="auto">
            <a href={href.shared(link.id)}>{shown(link.title)}</a>
          </h2>
          <Given link={link} />
        </section>
      ))}
      <div class="end" ref={end} />
    </Page>
  )
}

function begin(): void {
  audience.value = 'link'
  go(href.share)
}
