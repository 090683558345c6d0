/** Gives somebody files by the link of their drop box, with a profile or without. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { ChosenFiles } from '../chosen-files'
import type { DropLinkPreview, OpenedDropBox } from '../contract'
import { codeOf, detailOf, wordsFor } from '../errors'
import { displayText, formatBytes, longDate } from '../format'
import { pathProblem } from '../paths'
import { agreeToOpened, forgetOpened, href, openedWasAgreed, replaceRoute } from '../route'
import { type Found, filesFromInput, type SelectedFile } from '../selected-files'
import { SpinneyError } from '../spinney'
import { sendingDrop } from '../state/drops'
import { api } from '../state/engine'
import { taker } from '../state/incoming'
import { LocationError, pathsInTheWay, prepareFiles, withAllUnreadable } from '../state/prepare-files'
import { s } from '../strings'
import { systemFile } from '../system-files'
import { Avatar } from '../ui/avatar'
import { Checkbox, ErrorMessage, TextArea } from '../ui/field'
import { FilePicker } from '../ui/file-picker'
import { Icon } from '../ui/icon'
import { InTheWay } from '../ui/in-the-way'
import { Progress } from '../ui/progress'
import { Page, useHeading } from '../ui/shell'
import { StandaloneLayout } from '../ui/standalone-layout'
import { useAsyncAction } from '../ui/use-async-action'
import { LocationQuestion } from './location-question'

/** Files that are named while they are chosen. */
const NAMED = 50

/** With an unlocked profile: inside the normal layout. What is sent has nothing to do with the profile. */
export function DropPage({ code }: { code: string }) {
  const agreed = useSignal(false)
  const agree = () => {
    forgetOpened()
    agreed.value = true
  }
  return (
    <Page title={s.drop.ask}>
      <section class="card pad stack narrow">{agreed.value ? <Opened code={code} /> : <Question code={code} agree={agree} />}</section>
    </Page>
  )
}

/** Without a profile: the standalone layout. A guest who reloads the page is not asked again. */
export function DropStandalone({ code }: { code: string }) {
  const agreed = useSignal(openedWasAgreed())
  const heading = useHeading(s.drop.ask)
  const agree = () => {
    agreeToOpened()
    agreed.value = true
  }
  return (
    <StandaloneLayout>
      <section class="card pad stack">
        {!agreed.value && (
          <h1 ref={heading} tabIndex={-1}>
            {s.drop.ask}
          </h1>
        )}
        {agreed.value ? <Opened code={code} isAlone /> : <Question code={code} agree={agree} />}
      </section>
    </StandaloneLayout>
  )
}

/** Any page can open a link in a tab of ours, so nothing happens before the reader says so. */
function Question({ code, agree }: { code: string; agree: () => void }) {
  const preview = useSignal<DropLinkPreview | null>(null)
  const problem = useSignal<string | null>(null)
  useEffect(() => {
    api()
      .drops.inspect(code)
      .then(found => (preview.value = found))
      .catch(error => (problem.value = explain(error)))
  }, [])
  const leave = () => {
    forgetOpened()
    replaceRoute(href.home)
  }
  if (problem.value) return <ErrorMessage text={problem.value} />
  // Nothing moves away from under a finger.
  if (!preview.value) return null
  const { own, relays } = preview.value
  if (own) {
    return (
      <>
        <p>{s.drop.own}</p>
        <div class="actions">
          <a class="button main" href={href.drops} onClick={forgetOpened}>
            {s.drop.toBoxes}
          </a>
        </div>
      </>
    )
  }
  return (
    <>
      <p>{s.drop.askText}</p>
      {relays.length > 0 && <p class="quiet break-anywhere">{s.drop.askHosts(relays)}</p>}
      <div class="actions">
        <button type="button" class="button main" onClick={agree}>
          {s.drop.agree}
        </button>
        <button type="button" class="button plain" onClick={leave}>
          {s.add.notNow}
        </button>
      </div>
    </>
  )
}

/** Looks whose box it is. */
function Opened({ code, isAlone = false }: { code: string; isAlone?: boolean }) {
  const box = useSignal<OpenedDropBox | null>(null)
  const { busy, problem, run } = useAsyncAction()
  const open = () =>
    void run(async () => {
      box.value = await api().drops.open(code)
    }, explain)
  useEffect(open, [])
  if (box.value) return <Sending code={code} box={box.value} isAlone={isAlone} />
  return (
    <>
      <p class="quiet" role="status">
        {busy ? s.drop.opening : ''}
      </p>
      {problem && (
        <>
          <ErrorMessage text={problem} />
          <div class="actions">
            <button type="button" class="button" onClick={open}>
              {s.common.retry}
            </button>
          </div>
        </>
      )}
    </>
  )
}

function Sending({ code, box, isAlone }: { code: string; box: OpenedDropBox; isAlone: boolean }) {
  const name = displayText(box.name) || s.common.someone
  const heading = useHeading(s.drop.to(name))
  const Title = isAlone ? 'h1' : 'h2'
  const files = useSignal<readonly SelectedFile[]>([])
  const message = useSignal('')
  const keepLocation = useSignal(false)
  const step = useSignal<{ done: number; of: number } | null>(null)
  const inTheWay = useSignal<readonly string[]>([])
  const located = useSignal<readonly string[]>([])
  const sent = useSignal(false)
  const abort = useRef<AbortController | null>(null)
  const { busy, problem, reject, run } = useAsyncAction()
  const size = files.value.reduce((sum, { file }) => sum + file.size, 0)

  const choose = (all: readonly SelectedFile[]) => {
    files.value = all
    inTheWay.value = []
    located.value = []
    reject(null)
  }
  const add = async (found: AsyncIterable<Found> | Iterable<Found>) => {
    const { files: all, unfit } = await together(files.value, found)
    choose(all)
    if (unfit.length) reject(s.drop.refusedNames(unfit.map(displayText)))
  }
  // What is dropped on the page comes here, and not into a share.
  useEffect(() => {
    taker.value = found => void (busy || add(found))
    return () => {
      taker.value = null
    }
  }, [busy])
  useEffect(() => () => abort.current?.abort(), [])

  const send = (asTheyAre: ReadonlySet<string> = new Set()) => {
    if (!files.value.length) return reject(s.drop.needFiles)
    inTheWay.value = []
    located.value = []
    const found = files.value
    const controller = new AbortController()
    abort.current = controller
    void run(
      async () => {
        const { signal } = controller
        const onStep = (done: number, of: number) => (step.value = { done, of })
        try {
          const prepared = await prepareFiles(found, { keepLocation: keepLocation.value, asTheyAre, signal, onStep })
          step.value = null
          await api().drops.send(code, prepared, message.value, { signal })
        } catch (error) {
          throw await withAllUnreadable(error, found)
        } finally {
          step.value = null
          sendingDrop.value = null
        }
        sent.value = true
        choose([])
        // A reload does not ask for the same once more.
        forgetOpened()
      },
      error => {
        inTheWay.value = pathsInTheWay(error)
        if (!(error instanceof LocationError)) return explain(error)
        located.value = error.paths
        return null
      },
    )
  }
  const stop = () => {
    abort.current?.abort()
    reject(s.drop.stopped)
  }
  const without = (paths: readonly string[]) => choose(files.value.filter(({ path }) => !paths.includes(path)))

  if (sent.value) {
    return (
      <>
        <Title ref={heading} tabIndex={-1}>
          {s.drop.sent}
        </Title>
        <p role="status">{s.drop.sentText(name)}</p>
        <div class="actions">
          <button type="button" class="button" onClick={() => (sent.value = false)}>
            {s.drop.again}
          </button>
        </div>
      </>
    )
  }
  return (
    <>
      <div class="row">
        <Avatar id={box.owner} name={name} avatar={box.avatar} />
        <Title ref={heading} tabIndex={-1} class="grow" dir="auto">
          {s.drop.to(name)}
        </Title>
      </div>
      <p>{s.drop.text(name)}</p>
      <p class="quiet">{s.drop.left(box.left, longDate(box.until))}</p>
      {busy ? (
        <Moving name={name} step={step.value} onStop={stop} />
      ) : (
        <>
          <p>{files.value.length ? s.drop.chosen(files.value.length, size) : s.drop.here}</p>
          <Chosen files={files.value} onRemove={path => without([path])} />
          <div class="actions">
            <FilePicker label={s.compose.pickFiles} onChosen={list => void add(filesFromInput(list))} main={!files.value.length} />
            <FilePicker label={s.compose.pickFolder} onChosen={list => void add(filesFromInput(list))} folder />
          </div>
          <TextArea label={s.drop.message} value={message.value} onInput={text => (message.value = text)} rows={2} />
          <Checkbox
            label={s.compose.location}
            hint={s.compose.locationHint}
            checked={keepLocation.value}
            onChange={yes => (keepLocation.value = yes)}
          />
          {problem && <InTheWay problem={problem} paths={inTheWay.value} onLeaveOut={without} />}
          {located.value.length > 0 && (
            <LocationQuestion
              paths={located.value}
              onLeaveOut={files.value.length > located.value.length ? () => without(located.value) : undefined}
              onShareAsTheyAre={() => send(new Set(located.value))}
            />
          )}
          <div class="actions">
            <button type="button" class="button main" disabled={!files.value.length} onClick={() => send()}>
              {s.drop.send}
            </button>
          </div>
        </>
      )}
    </>
  )
}

/** How far it has come. */
function Moving({ name, step, onStop }: { name: string; step: { done: number; of: number } | null; onStop: () => void }) {
  const now = sendingDrop.value
  const waits = now?.state === 'waiting'
  return (
    <>
      {step && <small role="status">{s.compose.preparing(step.done, step.of)}</small>}
      {now && (
        <>
          <Progress label={s.drop.progress} done={now.bytes} total={now.total} tone={waits ? 'waiting' : undefined} />
          <p role="status">
            {waits ? s.drop.waits : now.bytes === now.total ? s.drop.telling(name) : s.drop.done(now.bytes, now.total)}
            {!waits && now.bytesPerSecond > 0 && ` · ${s.transfers.speed(now.bytesPerSecond)}`}
          </p>
        </>
      )}
      <p class="quiet">{s.drop.stay}</p>
      <div class="actions">
        <button type="button" class="button" onClick={onStop}>
          {s.common.cancel}
        </button>
      </div>
    </>
  )
}

function Chosen({ files, onRemove }: { files: readonly SelectedFile[]; onRemove: (path: string) => void }) {
  if (!files.length) return null
  return (
    <>
      <ul class="names">
        {files.slice(0, NAMED).map(({ path, file }) => (
          <li key={path} class="row">
            <span class="grow break-anywhere" dir="auto">
              {displayText(path)}
            </span>
            <small>{formatBytes(file.size)}</small>
            <button type="button" class="icon-button" aria-label={s.drop.remove(displayText(path))} onClick={() => onRemove(path)}>
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      {files.length > NAMED && <p class="quiet">{s.drop.others(files.length - NAMED)}</p>}
    </>
  )
}

/** What was chosen before and now, each file under a path of its own, without files that systems made for themselves. */
async function together(
  before: readonly SelectedFile[],
  found: AsyncIterable<Found> | Iterable<Found>,
): Promise<{ files: SelectedFile[]; unfit: string[] }> {
  const chosen = new ChosenFiles(before.map(({ path, file }) => ({ path, chosenAs: path, file })))
  const files = [...before]
  const unfit: string[] = []
  for await (const { path, file } of found) {
    if (!file || systemFile(path) !== undefined) continue
    if (pathProblem(path)) {
      unfit.push(path)
      continue
    }
    const outcome = await chosen.add(path, file)
    // One that cannot be read is named when all are read.
    if (outcome === 'unreadable') files.push({ path, file })
    else if (typeof outcome === 'object' && 'added' in outcome) files.push({ path: outcome.added, file })
    else if (typeof outcome === 'object')
      files.splice(
        files.findIndex(each => each.path === outcome.replaced),
        1,
        { path: outcome.replaced, file },
      )
  }
  return { files, unfit }
}

function explain(error: unknown): string {
  const detail = detailOf(error)
  if (detail === 'drop-full') return s.drop.needRoom((error instanceof SpinneyError ? error.parameters.left : undefined) ?? 0)
  return s.drop.errors[detail ?? ''] ?? s.drop.errors[codeOf(error) ?? ''] ?? wordsFor(error)
}
