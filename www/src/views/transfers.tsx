/** Everything on its way, in both directions, and what it waits for. */

import type { ComponentChildren } from 'preact'
import { wordsFor } from '../errors'
import { href } from '../route'
import { bytes } from '../say'
import { api } from '../state/engine'
import { network } from '../state/network'
import { say } from '../state/notices'
import { share } from '../state/shares'
import { finished, isOver, type Moving, underWay } from '../state/transfers'
import { s } from '../strings'
import { useChunks } from '../ui/chunks'
import { Cover } from '../ui/cover'
import { Icon } from '../ui/icon'
import { useNetwork } from '../ui/network'
import { Progress } from '../ui/progress'
import { Page } from '../ui/shell'
import { MovedFiles } from './moved'
import { titleOf, toneOf, transferWords } from './parts'

const CHUNK = 30

export function Transfers() {
  useNetwork()
  const none = underWay.value.length + finished.value.length === 0
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
      <Section title={s.transfers.underWay} list={underWay.value} />
      <Section title={s.transfers.finished} list={finished.value} />
      {!!served && <p class="quiet centred">{s.transfers.served(served)}</p>}
    </Page>
  )
}

function Section({ title, list }: { title: string; list: readonly Moving[] }) {
  const { shown: drawn, end } = useChunks(list.length, CHUNK)
  if (!list.length) return null
  return (
    <section class="stack" aria-label={title}>
      <h2>{title}</h2>
      {list.slice(0, drawn).map(transfer => (
        <Row key={transfer.id} transfer={transfer} />
      ))}
      <div class="end" ref={end} />
    </section>
  )
}

function Row({ transfer }: { transfer: Moving }) {
  const of = share(transfer.share)
  const what = titleOf(transfer)
  const over = isOver(transfer)
  return (
    <article class="card pad stack tight" aria-label={`${s.transfers.direction[transfer.direction]}: ${what}`}>
      <div class="row wraps">
        {of && <Cover share={of} />}
        <div class="grow">
          <b class="named" dir="auto">
            {of ? <a href={href.shared(of.id)}>{what}</a> : what}
          </b>
          <br />
          <small>{wordsOf(transfer)}</small>
        </div>
        {!over && (
          <Actions>
            {transfer.state === 'paused' ? (
              <Action label={s.transfers.resume} what={what} act={() => api().transfers.resume(transfer.id)} />
            ) : (
              <Action label={s.transfers.pause} what={what} act={() => api().transfers.pause(transfer.id)} />
            )}
            <Action label={s.transfers.cancel} what={what} act={() => api().transfers.cancel(transfer.id)} />
          </Actions>
        )}
        {transfer.state === 'failed' && <Action label={s.common.retry} what={what} act={() => api().transfers.resume(transfer.id)} />}
      </div>
      {transfer.state !== 'done' && <Progress label={s.transfers.progressOf(what)} done={transfer.bytes} total={transfer.total} tone={toneOf(transfer)} />}
      {!over && transfer.moved.size > 0 && (
        <details>
          <summary>{s.transfers.filesMoved(transfer.moved.size)}</summary>
          <MovedFiles transfer={transfer} />
        </details>
      )}
    </article>
  )
}

/** Of what is done, that it is done; else how far it is. */
const wordsOf = (transfer: Moving) =>
  transfer.state === 'done'
    ? `${s.transfers.done[transfer.direction]} · ${bytes(transfer.total)}`
    : `${s.transfers.direction[transfer.direction]} · ${transferWords(transfer)}`

const Actions = ({ children }: { children: ComponentChildren }) => <div class="actions">{children}</div>

function Action({ label, what, act }: { label: string; what: string; act: () => Promise<void> }) {
  const onClick = () => void act().catch(error => say(wordsFor(error), 'bad'))
  return (
    <button type="button" class="button plain" aria-label={s.transfers.actionOf(label, what)} onClick={onClick}>
      {label}
    </button>
  )
}
