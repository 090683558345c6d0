/** What comes of opening a link: the share at once, its password if it has one, or why there is nothing. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Share } from '../contract'
import { codeOf, detailOf, wordsFor } from '../errors'
import { href } from '../route'
import { shown } from '../say'
import { openLink } from '../state/bylink'
import { useFiles } from '../state/files'
import { me, profiles } from '../state/session'
import { s } from '../strings'
import { Alone } from '../ui/alone'
import { Field, Problem } from '../ui/field'
import { Icon, Mark } from '../ui/icon'
import { Page, useHeading } from '../ui/shell'
import { Contents, Saving } from './contents'
import { Audience } from './kept'
import { Told } from './shared'

/** While a profile is open, among its other views. */
export const LinkPage = ({ code }: { code: string }) => (
  <Page title={s.byLink.title}>
    <section class="card pad stack narrow">
      <Opening key={code} code={code} />
    </section>
  </Page>
)

/** With nobody here, alone. */
export function LinkAlone({ code }: { code: string }) {
  const heading = useHeading(s.byLink.title)
  return (
    <Alone>
      <section class="card pad stack">
        <h1 ref={heading} tabIndex={-1}>
          {s.byLink.title}
        </h1>
        <Opening key={code} code={code} />
      </section>
    </Alone>
  )
}

/** What does not come to be otherwise by being tried again. */
const FINAL = new Set<string | undefined>(['invalid-id', 'not-found'])

function Opening({ code }: { code: string }) {
  const password = useSignal('')
  const asked = useSignal(false)
  const busy = useSignal(false)
  const failed = useSignal<unknown>(null)
  const field = useRef<HTMLInputElement>(null)
  const open = async () => {
    if (busy.value) return
    busy.value = true
    failed.value = null
    try {
      await openLink(code, password.value || undefined)
    } catch (error) {
      const locked = codeOf(error) === 'wrong-passphrase'
      // The first answer only says that there is a password.
      if (asked.value || !locked) failed.value = error
      asked.value ||= locked
    } finally {
      busy.value = false
      if (asked.value) requestAnimationFrame(() => field.current?.select())
    }
  }
  useEffect(() => void open(), [])
  const problem = failed.value ? explain(failed.value) : null
  const submit = (event: Event) => {
    event.preventDefault()
    void open()
  }
  return (
    <form class="stack" onSubmit={submit}>
      {asked.value && (
        <>
          <p class="quiet">{s.byLink.passwordText}</p>
          <Field
            label={s.byLink.password}
            type="password"
            autoComplete="off"
            value={password.value}
            onInput={value => (password.value = value)}
            field={field}
            error={problem}
          />
        </>
      )}
      {!asked.value && problem && <Problem text={problem} />}
      <p class="quiet" role="status">
        {busy.value ? (asked.value ? s.byLink.checking : s.byLink.opening) : ''}
      </p>
      {(asked.value || problem) && (
        <div class="actions">
          {!FINAL.has(codeOf(failed.value)) && (
            <button type="submit" class="button main" disabled={busy.value || (asked.value && !password.value)}>
              {asked.value ? s.byLink.open : s.common.retry}
            </button>
          )}
          {!asked.value && (
            <a class="button plain" href={href.home}>
              {me.value ? s.nav.home : profiles.value?.length ? s.byLink.start : s.byLink.make}
            </a>
          )}
        </div>
      )}
    </form>
  )
}

function explain(error: unknown): string {
  if (detailOf(error) === 'link-ended') return s.byLink.ended
  return s.byLink.errors[codeOf(error) ?? ''] ?? wordsFor(error)
}

/** What was opened with nobody here: on a page of its own, without the rail. */
export function ByLink({ share, path }: { share: Share; path: string | undefined }) {
  const { files, more, problem } = useFiles(share)
  const title = shown(share.title)
  const heading = useHeading(title, s.share.pictures)
  return (
    <div class="bylink">
      <header class="row wraps">
        <div class="brand grow">
          <Mark />
          {s.app}
        </div>
        <a class="button" href={href.home}>
          {profiles.value?.length ? s.byLink.start : s.byLink.make}
        </a>
      </header>
      <main class="page stack">
        <h1 ref={heading} tabIndex={-1} dir="auto">
          {title}
        </h1>
        <Told share={share} />
        <div class="actions">
          <Audience share={share} />
        </div>
        <Saving share={share} here={false} />
        {problem && <Problem text={problem} />}
        <Contents share={share} files={files} more={more} path={path} told />
        <section class="card pad row wraps">
          <Icon name="download" />
          <p class="grow">{s.byLink.keepText}</p>
          <a class="button" href={href.home}>
            {s.byLink.keep}
          </a>
        </section>
      </main>
    </div>
  )
}
