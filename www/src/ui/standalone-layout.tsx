/** The layout without navigation, while no profile is unlocked: the logo and one thing to do or to read. */

import type { ComponentChildren } from 'preact'
import { s } from '../strings'
import { Logo } from './icon'
import { LanguageSelect } from './language-select'
import { NewVersion } from './new-version'
import { useHeading } from './shell'
import { WaitingFiles } from './waiting-files'

interface Props {
  children: ComponentChildren
  loading?: boolean
  /** Whether the screen shows by itself which files wait. */
  ownFiles?: boolean
}

export function StandaloneLayout({ children, loading, ownFiles }: Props) {
  return (
    <main class="welcome stack" aria-busy={loading}>
      <div class="brand">
        <Logo />
        {s.app}
      </div>
      <NewVersion />
      {!ownFiles && <WaitingFiles />}
      {children}
      {!loading && <LanguageSelect small />}
    </main>
  )
}

/** An error after which the page cannot continue. */
export function StandaloneAlert({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useHeading(title)
  return (
    <StandaloneLayout>
      <section class="card pad stack" role="alert">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </section>
    </StandaloneLayout>
  )
}
