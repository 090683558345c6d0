/** Opens a link: shows the share, asks for its password, or says why it does not open. */

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { LinkPreview } from '../contract'
import { codeOf, detailOf, wordsFor } from '../errors'
import { displayText, longDate } from '../format'
import { agreeToOpened, forgetOpened, href, openedWasAgreed, replaceRoute } from '../route'
import { api } from '../state/engine'
import { openLink } from '../state/guest-share'
import { me, profiles } from '../state/session'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { ErrorMessage, Field } from '../ui/field'
import { Icon, type IconName } from '../ui/icon'
import { Page, useHeading } from '../ui/shell'
import { StandaloneLayout } from '../ui/standalone-layout'

/**
 * With an unlocked profile: inside the normal layout.
 *
 * Any page can open a link in a tab of ours, so nothing happens before the reader says so.
 */
export function OpenLinkPage({ code }: { code: string }) {
  const agreed = useSignal(false)
  return (
    <Page title={agreed.value ? s.openLink.title : s.openLink.ask}>
      <section class="card pad stack narrow door">
        {agreed.value ? <OpenLinkForm code={code} /> : <OpenLinkQuestion code={code} agree={() => (agreed.value = true)} />}
      </section>
    </Page>
  )
}

/** Without a profile: the standalone layout. A guest who reloads the page is not asked again. */
export function OpenLinkStandalone({ code }: { code: string }) {
  const agreed = useSignal(openedWasAgreed())
  const title = agreed.value ? s.openLink.title : s.openLink.ask
  const heading = useHeading(title)
  const agree = () => {
    agreeToOpened()
    agreed.value = true
  }
  return (
    <StandaloneLayout>
      <section class="card pad stack door">
        {agreed.value ? (
          <OpenLinkForm code={code}>
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
          </OpenLinkForm>
        ) : (
          <OpenLinkQuestion code={code} agree={agree}>
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
          </OpenLinkQuestion>
        )}
      </section>
    </StandaloneLayout>
  )
}

/**
 * What opening does, and whether the reader wants it. Nobody was asked anything yet, so no more is known than the link
 * itself says.
 */
function OpenLinkQuestion({ code, agree, children }: { code: string; agree: () => void; children?: ComponentChildren }) {
  /** Undefined until the engine has read the link, null if it cannot: opening says what is wrong with it. */
  const preview = useSignal<LinkPreview | null | undefined>(undefined)
  useEffect(() => {
    api()
      .shares.inspectLink(code)
      .then(found => (preview.value = found))
      .catch(() => (preview.value = null))
  }, [])
  const leave = () => {
    forgetOpened()
    replaceRoute(href.home)
  }
  // Nothing moves away from under a finger.
  if (preview.value === undefined) return children
  const { author, authorName, relays, expires } = preview.value ?? {}
  return (
    <>
      {author && authorName ? <Avatar id={author} name={authorName} size="big" /> : <Sign icon="link" />}
      {children}
      <p>{me.value ? s.openLink.askText : s.openLink.askGuest}</p>
      {authorName !== undefined && <p>{s.openLink.askAuthor(displayText(authorName))}</p>}
      {relays?.length !== 0 && <p class="quiet break-anywhere">{relays ? s.openLink.askHosts(relays) : s.openLink.askRelays}</p>}
      {expires && <p class="quiet">{s.openLink.until(longDate(expires))}</p>}
      <div class="actions">
        <button type="button" class="button main" onClick={agree}>
          {s.openLink.agree}
        </button>
        <button type="button" class="button plain" onClick={leave}>
          {s.add.notNow}
        </button>
      </div>
    </>
  )
}

/** Stands in the place of a face where nobody is known. */
const Sign = ({ icon }: { icon: IconName }) => (
  <span class="avatar big neutral" aria-hidden="true">
    <Icon name={icon} />
  </span>
)

/** Errors that another attempt cannot change. */
const PERMANENT = new Set<string | undefined>(['invalid-id', 'not-found'])

function OpenLinkForm({ code, children }: { code: string; children?: ComponentChildren }) {
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
      // Another attempt after a reload would end in the same way.
      if (PERMANENT.has(codeOf(error))) forgetOpened()
      // The first attempt only shows that the link has a password.
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
      <div class="stack door">
        <Sign icon={asked.value ? 'lock' : 'link'} />
        {children}
        {asked.value && <p class="quiet">{s.openLink.passwordText}</p>}
      </div>
      {asked.value && (
        <Field
          label={s.openLink.password}
          type="password"
          autoComplete="off"
          value={password.value}
          onInput={value => (password.value = value)}
          field={field}
          error={problem}
        />
      )}
      {!asked.value && problem && <ErrorMessage text={problem} />}
      <p class="quiet" role="status">
        {busy.value ? (asked.value ? s.openLink.checking : s.openLink.opening) : ''}
      </p>
      {(asked.value || problem) && (
        <div class="actions">
          {!PERMANENT.has(codeOf(failed.value)) && (
            <button type="submit" class="button main" disabled={busy.value || (asked.value && !password.value)}>
              {asked.value ? s.openLink.open : s.common.retry}
            </button>
          )}
          {!asked.value && (
            <a class="button plain" href={href.home}>
              {me.value ? s.nav.home : profiles.value?.length ? s.openLink.start : s.openLink.make}
            </a>
          )}
        </div>
      )}
    </form>
  )
}

function explain(error: unknown): string {
  if (detailOf(error) === 'link-ended') return s.openLink.ended
  if (detailOf(error) === 'relays-only') return wordsFor(error)
  return s.openLink.errors[codeOf(error) ?? ''] ?? wordsFor(error)
}
