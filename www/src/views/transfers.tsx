/** All transfers in both directions, with their progress and what they wait for. */

import type { ComponentChildren } from 'preact'
import type { Saved } from '../contract'
import { wordsFor } from '../errors'
import { displayText, formatBytes } from '../format'
import { href } from '../route'
import { api } from '../state/engine'
import { network } from '../state/network'
import { notify } from '../state/notices'
import { findShare } from '../state/shares'
import { activeTransfers, finishedTransfers, isOver, type TransferProgress } from '../state/transfers'
import { s } from '../strings'
import { Cover } from '../ui/cover'
import { Icon } from '../ui/icon'
import { Progress } from '../ui/progress'
import { Page } from '../ui/shell'
import { useIncrementalList } from '../ui/use-infinite-scroll'
import { useNetworkStatus } from '../ui/use-network-status'
import { NoRoom, progressTone, transferText, transferTitle } from './labels'
import { TransferFiles } from './transfer-files'

const BATCH = 30

export function Transfers() {
  useNetworkStatus()
  const none = activeTransfers.value.length + finishedTransfers.value.length === 0
  const served = network.value?.served
  return (
    <Page title={s.transfers.title}>
      {none && (
        <section class="card empty stack">
          <Icon name="transfers" />
          <h2>{s.transfers.empty}</h2>
          <p class="quiet">{s.transfers.emptyText}</p>
          <div class="actions centred">
            <a class="button main" href={href.share}>
              {s.home.emptyShare}
            </a>
          </div>
        </section>
      )}
      <TransferList title={s.transfers.underWay} list={activeTransfers.value} />
      <TransferList title={s.transfers.finished} list={finishedTransfers.value} />
      {!!served && <p class="quiet centred">{s.transfers.served(served)}</p>}
    </Page>
  )
}

function TransferList({ title, list }: { title: string; list: readonly TransferProgress[] }) {
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  if (!list.length) return null
  return (
    <section class="stack" aria-label={title}>
      <h2>{title}</h2>
      {list.slice(0, visible).map(transfer => (
        <TransferRow key={transfer.id} transfer={transfer} />
      ))}
      <div class="end" ref={sentinel} />
    </section>
  )
}

function TransferRow({ transfer }: { transfer: TransferProgress }) {
  const of = findShare(transfer.share)
  const what = transferTitle(transfer)
  const over = isOver(transfer)
  return (
    <article class="card pad stack tight" aria-label={`${s.transfers.direction[transfer.direction]}: ${what}`}>
      <div class="row wraps">
        {of && <Cover share={of} />}
        <div class="grow">
          <b class="plain-link" dir="auto">
            {of ? <a href={href.shared(of.id)}>{what}</a> : what}
          </b>
          <br />
          <small>{statusText(transfer)}</small>
        </div>
        {!over && (
          <Actions>
            {!canRest(transfer) ? null : transfer.state === 'paused' ? (
              <Action label={s.transfers.resume} what={what} act={() => api().transfers.resume(transfer.id)} />
            ) : (
              <Action label={s.transfers.pause} what={what} act={() => api().transfers.pause(transfer.id)} />
            )}
            {/* What is sent is a share already: it is removed instead. */}
            {transfer.direction !== 'up' && (
              <Action label={s.transfers.cancel} what={what} act={() => api().transfers.cancel(transfer.id)} />
            )}
          </Actions>
        )}
        {transfer.state === 'failed' && canRest(transfer) && (
          <Action label={s.common.retry} what={what} act={() => api().transfers.resume(transfer.id)} />
        )}
      </div>
      {transfer.state !== 'done' && (
        <Progress label={s.transfers.progressOf(what)} done={transfer.bytes} total={transfer.total} tone={progressTone(transfer)} />
      )}
      <NoRoom transfer={transfer} />
      {!over && transfer.recentFiles.size > 0 && (
        <details>
          <summary>{s.transfers.filesMoved(transfer.recentFiles.size)}</summary>
          <TransferFiles transfer={transfer} />
        </details>
      )}
      {over && transfer.saved && <SavedNames saved={transfer.saved} />}
    </article>
  )
}

/** Whether it can be paused, and go on later. For what is read or saved, files or a folder have to be chosen again. */
const canRest = ({ direction, saved }: TransferProgress) => direction !== 'add' && !saved

/** The direction and the progress of a transfer, or its size if it is done. */
const statusText = (transfer: TransferProgress) =>
  transfer.state === 'done'
    ? `${transfer.saved ? s.transfers.savedIn(transfer.saved.folder) : s.transfers.done[transfer.direction]} · ${formatBytes(transfer.total)}`
    : `${transfer.saved ? s.transfers.savingIn(transfer.saved.folder) : s.transfers.direction[transfer.direction]} · ${transferText(transfer)}`

/** The files that have another name in the folder into which they were saved, and those that were left out. */
function SavedNames({ saved }: { saved: Saved }) {
  const { names = [], renamed, leftOut } = saved
  if (renamed + leftOut === 0) return null
  const more = renamed + leftOut - names.length
  return (
    <details class="saved-names">
      <summary>{s.transfers.otherNames(renamed, leftOut)}</summary>
      <ul>
        {names.map(({ path, savedAs }) => (
          <li key={path} class="break-anywhere" dir="auto">
            {displayText(path)} <small>{savedAs === undefined ? s.transfers.leftOut : s.transfers.savedAs(savedAs)}</small>
          </li>
        ))}
      </ul>
      {more > 0 && <small>{s.compose.more(more)}</small>}
    </details>
  )
}

const Actions = ({ children }: { children: ComponentChildren }) => <div class="actions">{children}</div>

function Action({ label, what, act }: { label: string; what: string; act: () => Promise<void> }) {
  const onClick = () => void act().catch(error => notify(wordsFor(error), 'bad'))
  return (
    <button type="button" class="button plain" aria-label={s.transfers.actionOf(label, what)} onClick={onClick}>
      {label}
    </button>
  )
}
