/** Composes a share on one sheet: its files, who gets it, its title and note, and options. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { LIMITS } from '../generated'
import { href, navigate, route } from '../route'
import { hasChoice, reading, rejectedFiles } from '../state/choosing'
import {
  audience,
  clearUndoable,
  hasContents,
  keepLocation,
  locationStays,
  note,
  proposal,
  send,
  sending,
  shareTitle,
  title,
} from '../state/compose'
import { takeWaiting, waitingFiles } from '../state/incoming'
import { notify, notifyDone } from '../state/notices'
import { LocationError, pathsInTheWay } from '../state/prepare-files'
import { s } from '../strings'
import { Field, focusInvalid, Sent, TextArea } from '../ui/field'
import { Icon } from '../ui/icon'
import { Page } from '../ui/shell'
import { useAsyncAction } from '../ui/use-async-action'
import { AudiencePicker, audienceAction, audienceSentence, peopleProblem } from './audience-picker'
import { ComposeFiles, filesProblem, RejectedFiles } from './compose-files'
import { ComposeOptions, lastDayProblem } from './compose-options'
import { SendProgress } from './send-progress'
import { WhatStopped } from './what-stopped'

export function Compose() {
  const { busy, problem, reject, run } = useAsyncAction()
  const form = useRef<HTMLFormElement>(null)
  /** Whether it was sent while something was wrong: what is wrong is said until it is mended. */
  const sent = useSignal(false)
  /** Files that kept the share from being made. */
  const inTheWay = useSignal<readonly string[]>([])
  const share = () => {
    inTheWay.value = []
    reject(null)
    if (PROBLEMS.some(problem => problem() !== null)) {
      sent.value = true
      requestAnimationFrame(() => form.current && focusInvalid(form.current))
      return
    }
    sent.value = false
    void run(
      async () => {
        const made = await send()
        notify(s.compose.shared(displayText(made.title)))
        // Do not navigate if the reader has opened another view meanwhile, or if files have waited for the next share.
        if (route.value.view === 'share' && !reading.value && !hasChoice.value) navigate(href.shared(made.id))
      },
      error => {
        inTheWay.value = pathsInTheWay(error)
        return error instanceof LocationError ? null : wordsFor(error)
      },
    )
  }
  const submit = (event: Event) => {
    event.preventDefault()
    share()
  }
  const clear = () => {
    sent.value = false
    reject(null)
    notifyDone(s.compose.cleared, clearUndoable())
  }
  const located = keepLocation.value ? [] : locationStays.value
  // What has to be answered is not behind the row that sends.
  const asked = useRef<HTMLDivElement>(null)
  const isAsked = problem !== null || located.length > 0
  useEffect(() => {
    if (isAsked) asked.current?.scrollIntoView({ block: 'nearest' })
  }, [isAsked])
  if (sending.value) return <SendProgress />
  const any = hasContents.value || rejectedFiles.value.length > 0
  return (
    <Page
      title={s.compose.title}
      actions={
        any && (
          <button type="button" class="button plain" onClick={clear}>
            {s.compose.clear}
          </button>
        )
      }
    >
      <Sent.Provider value={sent.value}>
        <form ref={form} class="compose stack" onSubmit={submit} noValidate>
          <WaitingFiles />
          <div class="card sheet">
            <ComposeFiles />
            <AudiencePicker />
            <TitleAndNote />
            <ComposeOptions />
          </div>
          <RejectedFiles />
          {isAsked && (
            <div ref={asked}>
              <WhatStopped problem={problem} paths={inTheWay.value} located={located} again={share} />
            </div>
          )}
          <footer class="send">
            <small aria-live="polite">{audienceSentence()}</small>
            <button type="submit" class="button main" disabled={busy}>
              {audienceAction()}
            </button>
          </footer>
        </form>
      </Sent.Provider>
    </Page>
  )
}

const titleProblem = () => ([...shareTitle.value].length > LIMITS.titleChars ? s.compose.titleTooLong : null)
const noteProblem = () => {
  const limit = audience.value === 'public' ? LIMITS.noteChars : LIMITS.textChars
  return [...note.value.trim()].length > limit ? s.compose.noteTooLong(limit) : null
}

/** What may be wrong, in the order of the sheet. */
const PROBLEMS = [filesProblem, peopleProblem, titleProblem, noteProblem, lastDayProblem]

function TitleAndNote() {
  const opened = useSignal(false)
  const hasNote = opened.value || note.value !== ''
  const line = useRef<HTMLDivElement>(null)
  const open = () => {
    opened.value = true
    requestAnimationFrame(() => line.current?.querySelector('textarea')?.focus())
  }
  return (
    <div ref={line} class="line">
      <div class="title">
        <Field
          label={s.compose.titleField}
          placeholder={hasContents.value ? displayText(proposal.value) : s.compose.titlePlaceholder}
          hint={hasContents.value && !title.value.trim() ? s.compose.titleHint : undefined}
          autoComplete="off"
          value={title.value}
          onInput={value => (title.value = value)}
          check={titleProblem}
        />
      </div>
      {hasNote ? (
        <TextArea
          label={s.compose.note}
          rows={1}
          placeholder={s.compose.notePlaceholder}
          value={note.value}
          onInput={value => {
            // It stays while it is emptied.
            opened.value = true
            note.value = value
          }}
          check={noteProblem}
        />
      ) : (
        <button type="button" class="link-button" onClick={open}>
          <Icon name="plus" />
          {s.compose.addNote}
        </button>
      )}
    </div>
  )
}

/** Files that were dropped while the share before was encrypted, if that share came back. */
function WaitingFiles() {
  const n = waitingFiles.value
  if (n === undefined) return null
  return (
    <section class="banner">
      <p>{s.compose.waits(n)}</p>
      <button type="button" class="button" onClick={takeWaiting}>
        {s.compose.takeWaiting}
      </button>
    </section>
  )
}
