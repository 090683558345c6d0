/** My drop boxes: making one, its link, and what came. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Drop, DropBox, FileEntry } from '../contract'
import { codeOf, detailOf, wordsFor } from '../errors'
import { displayText, formatBytes, longDate, relativeTime } from '../format'
import { dropLink, href } from '../route'
import { SpinneyError } from '../spinney'
import { dropBoxes, listDropBoxes, waitingDrops } from '../state/drops'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import { addShare } from '../state/shares'
import { s } from '../strings'
import { ErrorMessage, Field } from '../ui/field'
import { Icon } from '../ui/icon'
import { LinkField } from '../ui/link-field'
import { QrCode } from '../ui/qr-code'
import { Page } from '../ui/shell'
import { Thumbnail } from '../ui/thumbnail'
import { useAsyncAction } from '../ui/use-async-action'

const MB = 1_000_000
/** Sizes of a box, and days that it lasts. The middle ones are chosen at first. */
const SIZES = [10 * MB, 100 * MB, 500 * MB, 1000 * MB, 5000 * MB, 20_000 * MB]
const DAYS = [1, 3, 7, 14, 30, 90]
const FIRST = { bytes: 1000 * MB, days: 7 }
const DAY = 24 * 60 * 60 * 1000
/** Files of a drop that are shown before it is kept. */
const SHOWN = 100

export function Drops() {
  const problem = useSignal<string | null>(null)
  useEffect(() => {
    listDropBoxes().catch(error => (problem.value = wordsFor(error)))
  }, [])
  const boxes = dropBoxes.value ?? []
  return (
    <Page title={s.drops.title}>
      {problem.value && <ErrorMessage text={problem.value} />}
      <NewBox />
      {boxes.length > 0 && <h2>{s.drops.yours}</h2>}
      {boxes.map((box, at) => (
        <Box key={box.id} box={box} name={(box.name && displayText(box.name)) || s.drops.one(at + 1)} />
      ))}
    </Page>
  )
}

/** Says on other pages that something waits in a box. */
export function WaitingDrops() {
  const files = waitingDrops.value.reduce((sum, drop) => sum + drop.files, 0)
  if (!files) return null
  return (
    <section class="card pad row wraps">
      <Icon name="download" />
      <p class="grow">{s.drops.waiting(files)}</p>
      <a class="button" href={href.drops}>
        {s.drops.look}
      </a>
    </section>
  )
}

function NewBox() {
  const bytes = useSignal(FIRST.bytes)
  const days = useSignal(FIRST.days)
  const name = useSignal('')
  const { busy, problem, run } = useAsyncAction()
  const make = () =>
    void run(
      async () => {
        await api().drops.make(bytes.value, new Date(Date.now() + days.value * DAY), name.value)
        name.value = ''
        await listDropBoxes()
        notify(s.drops.made)
      },
      error => {
        if (codeOf(error) === 'unreachable') return s.drops.needReach
        if (detailOf(error) !== 'nothing-to-lend') return undefined
        const left = (error instanceof SpinneyError ? error.parameters.left : undefined) ?? 0
        // The largest that fits is offered next.
        bytes.value = SIZES.findLast(size => size <= left) ?? bytes.value
        return s.drops.needRoom(left)
      },
    )
  return (
    <section class="card pad stack">
      <p>{s.drops.text}</p>
      <p class="quiet">{s.drops.anyone}</p>
      <Field label={s.drops.name} hint={s.drops.nameHint} value={name.value} onInput={text => (name.value = text)} maxLength={64} />
      <Choice
        label={s.drops.size}
        hint={s.drops.sizeHint}
        of={SIZES}
        chosen={bytes.value}
        name={formatBytes}
        onChoose={n => (bytes.value = n)}
      />
      <Choice label={s.drops.days} of={DAYS} chosen={days.value} name={s.drops.dayCount} onChoose={n => (days.value = n)} />
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="button" class="button main" disabled={busy} onClick={make}>
          {s.drops.make}
        </button>
      </div>
    </section>
  )
}

interface ChoiceProps {
  label: string
  hint?: string
  of: readonly number[]
  chosen: number
  name: (n: number) => string
  onChoose: (n: number) => void
}

function Choice({ label, hint, of, chosen, name, onChoose }: ChoiceProps) {
  return (
    <div class="labelled">
      <span>{label}</span>
      <fieldset class="segments" aria-label={label}>
        {of.map(each => (
          <button key={each} type="button" aria-pressed={each === chosen} onClick={() => onChoose(each)}>
            {name(each)}
          </button>
        ))}
      </fieldset>
      {hint && <small>{hint}</small>}
    </div>
  )
}

function Box({ box, name }: { box: DropBox; name: string }) {
  const { busy, problem, run } = useAsyncAction()
  const url = dropLink(box.link)
  const end = () =>
    void run(async () => {
      await api().drops.end(box.id)
      await listDropBoxes()
      notify(s.drops.ended)
    })
  return (
    <section class="card pad stack" aria-label={name}>
      {box.name && <h3 dir="auto">{name}</h3>}
      <div class="actions">
        <span class="chip">
          <Icon name="download" />
          {box.left === undefined ? s.drops.roomUnknown(box.bytes) : s.drops.room(box.left, box.bytes)}
        </span>
        <span class="chip neutral">{box.ended ? s.drops.over(longDate(box.until)) : s.drops.ends(longDate(box.until))}</span>
      </div>
      {!box.ended && (
        <div class="link-card">
          <QrCode text={url} label={s.drops.qr} />
          <div class="stack">
            <LinkField url={url} label={s.drops.field} copy={s.drops.copy} main />
            <div class="row wraps">
              <p class="quiet grow">{s.drops.endText}</p>
              <button type="button" class="button danger" disabled={busy} onClick={end}>
                {s.drops.end}
              </button>
            </div>
          </div>
        </div>
      )}
      {problem && <ErrorMessage text={problem} />}
      {box.drops.length === 0 && <p class="quiet">{s.drops.empty}</p>}
      {box.drops.map(drop => (
        <DropCard key={drop.id} drop={drop} />
      ))}
    </section>
  )
}

/** What somebody left. Nothing of it is fetched before the reader wants to see it. */
function DropCard({ drop }: { drop: Drop }) {
  const files = useSignal<readonly FileEntry[] | null>(null)
  const doing = useSignal<string | null>(null)
  const { busy, problem, run } = useAsyncAction()
  const during = (what: string | null, work: () => Promise<void>) =>
    void run(async () => {
      doing.value = what
      try {
        await work()
      } finally {
        doing.value = null
      }
    })
  const show = () =>
    during(s.drops.showing, async () => {
      files.value = await api().drops.files(drop.id, { limit: SHOWN })
    })
  const accept = () =>
    during(s.drops.accepting, async () => {
      const title = s.drops.shareTitle(drop.message && displayText(drop.message).split('\n')[0]?.slice(0, 100), longDate(drop.time))
      addShare(await api().drops.accept(drop.id, title))
      notify(s.drops.accepted(title))
      await listDropBoxes()
    })
  const decline = () =>
    during(null, async () => {
      await api().drops.decline(drop.id)
      notify(s.drops.declined)
      await listDropBoxes()
    })
  return (
    <section class="stack" aria-label={s.drops.from}>
      <h3>{s.drops.from}</h3>
      {drop.message && <p>{s.drops.says(displayText(drop.message))}</p>}
      <p class="quiet">{s.drops.what(drop.files, drop.size, relativeTime(drop.time))}</p>
      {files.value && <DropFiles files={files.value} of={drop.files} />}
      {problem && <ErrorMessage text={problem} />}
      <p class="quiet" role="status">
        {doing.value ?? ''}
      </p>
      <div class="actions">
        {!files.value && (
          <button type="button" class="button" disabled={busy} onClick={show}>
            {s.drops.show}
          </button>
        )}
        <button type="button" class="button main" disabled={busy} onClick={accept}>
          {s.drops.accept}
        </button>
        <button type="button" class="button danger" disabled={busy} onClick={decline}>
          {s.drops.decline}
        </button>
      </div>
    </section>
  )
}

function DropFiles({ files, of }: { files: readonly FileEntry[]; of: number }) {
  const pictures = files.filter(({ preview }) => preview)
  return (
    <>
      {pictures.length > 0 && (
        <ul class="tiles">
          {pictures.map(({ path, type, preview }) => (
            <li key={path} class="tile" title={displayText(path)}>
              <Thumbnail path={path} type={type} preview={preview} />
            </li>
          ))}
        </ul>
      )}
      <ul class="names">
        {files.map(({ path, size }) => (
          <li key={path} class="row">
            <span class="grow break-anywhere" dir="auto">
              {displayText(path)}
            </span>
            <small>{formatBytes(size)}</small>
          </li>
        ))}
      </ul>
      {of > files.length && <p class="quiet">{s.drops.more(of - files.length)}</p>}
    </>
  )
}
