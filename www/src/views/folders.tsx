/** Folders that are kept in step: on the page of a share, and all of them in the settings. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { BoundFolder, FolderConflict, Mode, Share } from '../contract'
import { displayText, relativeTime } from '../format'
import { href } from '../route'
import {
  allowFolder,
  bindFolder,
  folderConflicts,
  folderNews,
  folders,
  listFolders,
  scanFolder,
  settleConflict,
  unbindFolder,
} from '../state/folders'
import { notify } from '../state/notices'
import { s } from '../strings'
import { Dialog } from '../ui/dialog'
import { ErrorMessage } from '../ui/field'
import { Icon } from '../ui/icon'
import { useAsyncAction } from '../ui/use-async-action'
import { Journal } from './journal'
import { canPickFolder, pickFolder } from './save'

/** In the settings: every folder of this device. */
export function FoldersSection() {
  useEffect(() => void listFolders().catch(() => {}), []) // locked meanwhile
  return (
    <section class="card pad stack">
      <h2>{s.folders.title}</h2>
      <p class="quiet">{s.folders.text}</p>
      {folders.value?.map(folder => (
        <BoundFolderCard key={folder.id} folder={folder} linked />
      ))}
      <BindFolder label={s.folders.bindNew} />
    </section>
  )
}

/** On the page of a share to oneself: the folder that is kept in step with it. */
export function ShareFolder({ share }: { share: Share }) {
  useEffect(() => void listFolders().catch(() => {}), []) // locked meanwhile
  const bound = folders.value?.find(folder => folder.share === share.id)
  return (
    <section class="card pad stack">
      <h2>{s.folders.title}</h2>
      {bound ? (
        <BoundFolderCard folder={bound} />
      ) : (
        <>
          <p class="quiet">{s.folders.text}</p>
          <BindFolder label={s.folders.bind} share={share.id} />
        </>
      )}
    </section>
  )
}

const MODES: readonly Mode[] = ['both', 'out', 'in']

function BindFolder({ label, share }: { label: string; share?: string }) {
  const mode = useSignal<Mode>('both')
  const { busy, problem, run } = useAsyncAction()
  if (!canPickFolder) return <p>{s.folders.unsupported}</p>
  const bind = () =>
    run(async () => {
      const directory = await pickFolder()
      if (!directory) return
      const folder = await bindFolder(directory, mode.value, share)
      notify(s.folders.bound(displayText(folder.name)))
    })
  return (
    <>
      <fieldset class="plain stack">
        <legend>{s.folders.direction}</legend>
        <div class="choice-list">
          {MODES.map(each => (
            <label key={each} class="choice">
              <input type="radio" name="folder-mode" value={each} checked={mode.value === each} onChange={() => (mode.value = each)} />
              <span class="grow">{s.folders.modes[each]}</span>
              <Icon name="check" />
            </label>
          ))}
        </div>
      </fieldset>
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="button" class="button" disabled={busy} onClick={() => void bind()}>
          {label}
        </button>
      </div>
    </>
  )
}

function BoundFolderCard({ folder, linked = false }: { folder: BoundFolder; linked?: boolean }) {
  const isReading = useSignal(false)
  const { busy, problem, run } = useAsyncAction()
  const name = displayText(folder.name)
  const stop = () =>
    run(async () => {
      await unbindFolder(folder.id)
      notify(s.folders.unbound(name))
    })
  return (
    <div class="stack">
      <div class="row wraps">
        <b class="break-anywhere">{name}</b>
        <span class="chip neutral" role="status">
          {s.folders.states[folder.state]}
        </span>
      </div>
      <p class="quiet">
        {s.folders.modes[folder.mode]}
        {folder.at && ` · ${s.folders.at(relativeTime(folder.at))}`}
      </p>
      <Standing folder={folder} run={run} busy={busy} />
      {folder.conflicts > 0 && <Conflicts folder={folder} />}
      {folder.renamed.length > 0 && (
        <details>
          <summary>{s.folders.renamed}</summary>
          <ul>
            {folder.renamed.map(({ path, local }) => (
              <li key={path} class="break-anywhere">
                {s.folders.renamedAs(displayText(path), displayText(local))}
              </li>
            ))}
          </ul>
        </details>
      )}
      {folder.leftOut.length > 0 && (
        <details>
          <summary>{s.folders.leftOut}</summary>
          <ul>
            {folder.leftOut.map(path => (
              <li key={path} class="break-anywhere">
                {displayText(path)}
              </li>
            ))}
          </ul>
        </details>
      )}
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        {linked && (
          <a class="button" href={href.shared(folder.share)}>
            {s.folders.open}
          </a>
        )}
        <button type="button" class="button" disabled={busy} onClick={() => void run(() => scanFolder(folder.id))}>
          {s.folders.scan}
        </button>
        <button type="button" class="button" onClick={() => (isReading.value = true)}>
          {s.folders.journal}
        </button>
        <button type="button" class="button" disabled={busy} onClick={() => void stop()}>
          {s.folders.unbind}
        </button>
      </div>
      {isReading.value && (
        <Dialog title={s.folders.journalOf(name)} onClose={() => (isReading.value = false)}>
          <Journal folder={folder.id} />
        </Dialog>
      )}
    </div>
  )
}

/** What the person has to know or decide before it goes on. */
function Standing({ folder, run, busy }: { folder: BoundFolder; run: (act: () => Promise<unknown>) => Promise<void>; busy: boolean }) {
  switch (folder.state) {
    case 'waits':
      return <p>{s.folders.waits}</p>
    case 'gone':
      return <ErrorMessage text={s.folders.gone} />
    case 'fails':
      return <ErrorMessage text={s.folders.fails(displayText(folder.why ?? ''))} />
    case 'permission':
      return (
        <>
          <p>{s.folders.permission}</p>
          <div class="actions">
            <button type="button" class="button main" disabled={busy} onClick={() => void run(() => allowFolder(folder.id))}>
              {s.folders.allow}
            </button>
          </div>
        </>
      )
    case 'asks':
      return (
        <>
          <p role="alert">{s.folders.asks(folder.gone, folder.changed)}</p>
          <div class="actions">
            <button type="button" class="button danger" disabled={busy} onClick={() => void run(() => scanFolder(folder.id, true))}>
              {s.folders.anyway}
            </button>
          </div>
        </>
      )
    default:
      return null
  }
}

function Conflicts({ folder }: { folder: BoundFolder }) {
  const conflicts = useSignal<readonly FolderConflict[]>([])
  const news = folderNews.value
  useEffect(() => {
    folderConflicts(folder.id).then(
      found => (conflicts.value = found),
      () => {}, // locked meanwhile
    )
  }, [folder.id, news])
  return (
    <div class="stack">
      <p>{s.folders.conflicts(folder.conflicts)}</p>
      <ul class="names">
        {conflicts.value.map(({ path, copy }) => (
          <li key={copy}>
            <div class="row wraps">
              <span class="grow break-anywhere">{s.folders.conflict(displayText(path), displayText(copy))}</span>
              <button
                type="button"
                class="button"
                aria-label={s.folders.settleNamed(displayText(path))}
                onClick={() => void settleConflict(folder.id, path).catch(() => {})}
              >
                {s.folders.settle}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}
