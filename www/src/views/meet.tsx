/** The sheet in which friends meet: my code, a code to scan, an invite to paste, or an invite that was opened. */

import { useRef } from 'preact/hooks'
import { closeTo, href, type MeetTab, replaceRoute, route } from '../route'
import { me } from '../state/session'
import { s } from '../strings'
import { Dialog } from '../ui/dialog'
import { QrReader } from '../ui/qr-scanner'
import { AddForm, InvitationForm } from './add-contact'
import { MyCode } from './invite'

const TABS: readonly MeetTab[] = ['invite', 'scan', 'paste']
const PANEL = 'meet-panel'
const tabId = (tab: MeetTab) => `meet-${tab}`

/** The sheet that the address asks for, if it asks for one. */
export function Meet() {
  const at = route.value
  if (at.view !== 'people') return null
  if (at.add !== undefined) return <InvitationForm key={at.add} code={at.add} />
  return at.sheet ? <Sheet tab={at.sheet} /> : null
}

function Sheet({ tab }: { tab: MeetTab }) {
  return (
    <Dialog kind="meet" title={s.add.title} onClose={() => closeTo(href.people)}>
      <Tabs current={tab} />
      <div id={PANEL} class="stack" role="tabpanel" aria-labelledby={tabId(tab)}>
        {tab === 'invite' && me.value && <MyCode me={me.value} />}
        {tab === 'scan' && (
          <QrReader onFound={scanned => replaceRoute(/#\/link\//.test(scanned) ? href.link(scanned) : href.add(scanned))} />
        )}
        {tab === 'paste' && <AddForm />}
      </div>
    </Dialog>
  )
}

/** The arrow keys go through the tabs, and one of them can be reached with Tab. */
function Tabs({ current }: { current: MeetTab }) {
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    const rtl = getComputedStyle(event.currentTarget as Element).direction === 'rtl'
    const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const to = TABS.at((TABS.indexOf(current) + step) % TABS.length)
    if (!to) return
    replaceRoute(href[to])
    list.current?.querySelector<HTMLElement>(`#${tabId(to)}`)?.focus()
  }
  return (
    <div ref={list} class="segments tabs" role="tablist" aria-label={s.add.ways} onKeyDown={onKeyDown}>
      {TABS.map(tab => (
        <button
          key={tab}
          id={tabId(tab)}
          type="button"
          role="tab"
          aria-selected={tab === current}
          aria-controls={PANEL}
          tabIndex={tab === current ? 0 : -1}
          onClick={() => replaceRoute(href[tab])}
        >
          {s.add.tabs[tab]}
        </button>
      ))}
    </div>
  )
}
