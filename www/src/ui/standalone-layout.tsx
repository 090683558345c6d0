/** What stands alone on the page while no profile is open: the name of the place, and below it one thing to do or know. */

import type { ComponentChildren } from 'preact'
import { s } from '../strings'
import { Logo } from './icon'
import { useHeading } from './shell'

export function StandaloneLayout({ children, waits }: { children: ComponentChildren; waits?: boolean }) {
  return (
    <main class="welcome stack" aria-busy={waits}>
      <div class="brand">
        <Logo />
        {s.app}
      </div>
      {children}
    </main>
  )
}

/** Why the page goes no further. */
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
