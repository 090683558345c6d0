/** Sending first: somebody without a profile chooses files and gets a link. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Share } from '../contract'
import { codeOf, wordsFor } from '../errors'
import { displayText, formatBytes } from '../format'
import { href, shareLink } from '../route'
import { filesFromInput } from '../selected-files'
import { totalSize } from '../state/choosing'
import { cancelSending, locationStays, sending } from '../state/compose'
import { beginFirstShare, type firstShare, forgetFirstShare, leaveFirstShare, sendFirst } from '../state/first-share'
import { forgetWaiting, receive, waitingFound } from '../state/incoming'
import { linkOf } from '../state/links'
import { connection } from '../state/network'
import { LocationError, pathsInTheWay } from '../state/prepare-files'
import { me } from '../state/session'
import { findShare } from '../state/shares'
import { encryptingTransfer } from '../state/transfers'
import { s } from '../strings'
import { EmptyIllustration } from '../ui/empty-illustration'
import { FilePicker } from '../ui/file-picker'
import { Icon } from '../ui/icon'
import { LinkField } from '../ui/link-field'
import { Progress } from '../ui/progress'
import { useHeading } from '../ui/shell'
import { StandaloneLayout } from '../ui/standalone-layout'
import { iconOf } from '../ui/thumbnail'
import { useAsyncAction } from '../ui/use-async-action'
import { FinishOffer } from './finish-profile'
import { ShareTransfers, transferText } from './labels'
import { WhatStopped } from './what-stopped'

/** Names listed before "and more". */
const NAMED = 4
/** A touch screen cannot drag files from a folder. */
const canDrop = matchMedia('(any-pointer: fine)').matches
/** Codes of errors that mean: this browser keeps no key, or nothing at all. */
const CANNOT_KEEP = new Set<string | undefined>(['storage-failed', 'quota-exceeded', 'bug'])

/** Where files are chosen on the first screen. */
export function SendFirst() {
  const found = waitingFound.value
  const files = found.flatMap(({ path, file }) => (file ? [{ path, file }] : []))
  const rest = files.length - NAMED
  const any = found.length > 0
  const add = (chosen: FileList) => void receive(filesFromInput(chosen))
  return (
    <section class={any ? 'card pad stack send-first' : 'card pad stack send-first dropzone'} aria-label={s.first.region}>
      {any ? (
        <>
          <p role="status">
            <b>
              {s.first.chosen(
                files.length,
                files.reduce((sum, { file }) => sum + file.size, 0),
              )}
            </b>
          </p>
          <ul class="names">
            {files.slice(0, NAMED).map(({ path, file }) => (
              <li key={path} class="row">
                <Icon name={iconOf({ path, type: file.type })} />
                <span class="grow break-anywhere" dir="auto">
                  {displayText(path)}
                </span>
                <small>{formatBytes(file.size)}</small>
              </li>
            ))}
            {rest > 0 && <li>{s.first.more(rest)}</li>}
          </ul>
          <button type="button" class="button main" onClick={beginFirstShare}>
            {s.first.get}
          </button>
          <small>{s.first.kept}</small>
        </>
      ) : (
        <p class="centred">
          <b>{canDrop ? s.first.drop : s.first.choose}</b>
          {canDrop && (
            <>
              <br />
              <span class="quiet">{s.first.orPick}</span>
            </>
          )}
        </p>
      )}
      <div class={any ? 'actions' : 'actions centred'}>
        <FilePicker label={any ? s.compose.addFiles : s.compose.pickFiles} onChosen={add} main={!any} />
        <FilePicker label={any ? s.compose.addFolder : s.compose.pickFolder} onChosen={add} folder />
        {any && (
          <button type="button" class="button plain" onClick={forgetWaiting}>
            {s.first.clear}
          </button>
        )}
      </div>
    </section>
  )
}

/** The screen from "Get a link" on. */
export function FirstShare({ now }: { now: NonNullable<typeof firstShare.value> }) {
  return <StandaloneLayout ownFiles>{now.made ? <LinkReady share={now.made} /> : <Sending />}</StandaloneLayout>
}

function Sending() {
  const heading = useHeading(s.first.sendingTitle)
  const { busy, problem, run } = useAsyncAction()
  /** Files that kept the share from being made. */
  const inTheWay = useSignal<readonly string[]>([])
  const send = () => {
    inTheWay.value = []
    void run(sendFirst, error => {
      inTheWay.value = pathsInTheWay(error)
      if (error instanceof LocationError) return null
      return !me.value && CANNOT_KEEP.has(codeOf(error)) ? s.first.cannotKeep : wordsFor(error)
    })
  }
  useEffect(send, [])
  const located = locationStays.value
  return (
    <section class="card pad stack">
      <h1 ref={heading} tabIndex={-1}>
        {s.first.sendingTitle}
      </h1>
      {busy && <Encrypting />}
      <WhatStopped problem={problem} paths={inTheWay.value} located={busy ? [] : located} again={send} />
      {!busy && (
        <div class="actions">
          {problem && (
            <button type="button" class="button main" onClick={send}>
              {s.common.retry}
            </button>
          )}
          {me.value ? (
            <button type="button" class="button plain" onClick={() => leaveFirstShare(href.share)}>
              {s.first.toForm}
            </button>
          ) : (
            <button type="button" class="button plain" onClick={forgetFirstShare}>
              {s.common.back}
            </button>
          )}
        </div>
      )}
    </section>
  )
}

function Encrypting() {
  const now = sending.value
  const moving = encryptingTransfer.value
  return (
    <>
      {now?.step === 'preparing' && (
        <>
          <p role="status">{s.compose.preparing(now.done, now.of)}</p>
          <Progress label={s.first.sendingTitle} done={now.done} total={now.of} />
        </>
      )}
      {now?.step === 'sealing' && (
        <>
          <p role="status">{moving ? `${s.compose.sealing} · ${transferText(moving)}` : `${s.compose.sealing}…`}</p>
          <Progress label={s.compose.sealing} done={moving?.bytes ?? 0} total={moving?.total ?? totalSize.value} />
        </>
      )}
      {!now && <p role="status">{s.first.making}</p>}
      {now && (
        <div class="actions">
          <button type="button" class="button" onClick={cancelSending}>
            {s.common.cancel}
          </button>
        </div>
      )}
    </>
  )
}

function LinkReady({ share }: { share: Share }) {
  const heading = useHeading(s.first.ready)
  const copied = useSignal(false)
  const link = linkOf(share.id)
  const title = displayText(share.title)
  const kept = findShare(share.id)?.kept ?? share.kept
  return (
    <>
      <section class="card pad stack">
        <EmptyIllustration />
        <h1 ref={heading} tabIndex={-1}>
          {s.first.ready}
        </h1>
        <p class="quiet">{s.first.readyText(title)}</p>
        {link && (
          <LinkField
            url={shareLink(link.link)}
            label={s.first.linkOf(title)}
            copy={s.first.copy}
            main
            onCopied={() => (copied.value = true)}
          />
        )}
        <p role="status">{kept ? s.first.uploaded : connection.value === 'noRelay' ? s.connection.noRelay : s.first.uploading}</p>
        {!kept && <ShareTransfers share={share.id} />}
      </section>
      {copied.value && me.value?.waiting && <FinishOffer />}
      <div class="actions centred">
        <button type="button" class="button plain" onClick={() => leaveFirstShare(href.shared(share.id))}>
          {s.first.go}
        </button>
      </div>
    </>
  )
}
