/** Composes a share: files, title, note and recipients. */

import { useSignal } from '@preact/signals'
import { canReadClipboard, filesFromClipboard } from '../clipboard-files'
import { wordsFor } from '../errors'
import { displayText, formatBytes } from '../format'
import { LIMITS } from '../generated'
import { isPicture } from '../media-type'
import { href, navigate, route } from '../route'
import { filesFromInput } from '../selected-files'
import {
  addFiles,
  type ComposedFile,
  choice,
  hasChoice,
  leaveOut,
  reading,
  rejectedFiles,
  removeFile,
  removeFolder,
  selectedFiles,
  totalSize,
} from '../state/choosing'
import {
  allowLocated,
  cancelSending,
  clearUndoable,
  keepLocation,
  leaveOutLocated,
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
import { encryptingTransfer } from '../state/transfers'
import { s } from '../strings'
import { Checkbox, ErrorMessage, Field, TextArea } from '../ui/field'
import { FilePicker } from '../ui/file-picker'
import { Icon, type IconName } from '../ui/icon'
import { InTheWay } from '../ui/in-the-way'
import { Progress } from '../ui/progress'
import { Page } from '../ui/shell'
import { iconOf, Thumbnail } from '../ui/thumbnail'
import { useAsyncAction } from '../ui/use-async-action'
import { useIncrementalList } from '../ui/use-infinite-scroll'
import { AudiencePicker, audienceAction, audienceProblem, audienceSentence } from './audience-picker'
import { transferText } from './labels'
import { LocationQuestion } from './location-question'
import { TransferFiles } from './transfer-files'

/** Tiles rendered at once. */
const BATCH = 60
/** A touch screen cannot drag files from a folder. */
const canDrop = matchMedia('(any-pointer: fine)').matches
/** A touch screen has no key for pasting. */
const isTouch = matchMedia('(any-pointer: coarse)').matches

export function Compose() {
  const { busy, problem, reject, run } = useAsyncAction()
  /** Files that kept the share from being made. */
  const inTheWay = useSignal<readonly string[]>([])
  const share = () => {
    inTheWay.value = []
    const missing = validationError()
    if (missing) return reject(missing)
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
  if (sending.value) return <SendProgress />
  const any = hasChoice.value || rejectedFiles.value.length > 0
  return (
    <Page
      title={s.compose.title}
      actions={
        any && (
          <button type="button" class="button plain" onClick={() => notifyDone(s.compose.cleared, clearUndoable())}>
            {s.compose.clear}
          </button>
        )
      }
    >
      <form class="stack" onSubmit={submit} noValidate>
        <WaitingFiles />
        <SelectedFiles />
        <RejectedFiles />
        <Field
          label={s.compose.titleField}
          big
          placeholder={hasChoice.value ? displayText(proposal.value) : s.compose.titlePlaceholder}
          hint={hasChoice.value && !title.value.trim() ? s.compose.titleHint : undefined}
          autoComplete="off"
          value={title.value}
          onInput={value => (title.value = value)}
        />
        <TextArea
          label={`${s.compose.note} (${s.common.optional})`}
          rows={2}
          placeholder={s.compose.notePlaceholder}
          value={note.value}
          onInput={value => (note.value = value)}
        />
        <AudiencePicker />
        <Checkbox
          label={s.compose.location}
          hint={s.compose.locationHint}
          checked={keepLocation.value}
          onChange={yes => (keepLocation.value = yes)}
        />
        {locationStays.value.length > 0 && !keepLocation.value && (
          <LocationQuestion
            paths={locationStays.value}
            onLeaveOut={
              locationStays.value.length < selectedFiles.value.length
                ? () => {
                    leaveOutLocated()
                    share()
                  }
                : undefined
            }
            onShareAsTheyAre={() => {
              allowLocated()
              share()
            }}
          />
        )}
        <footer class="row wraps send">
          <div class="grow">
            {problem ? (
              <InTheWay
                problem={problem}
                paths={inTheWay.value}
                onLeaveOut={paths => {
                  leaveOut(paths)
                  share()
                }}
              />
            ) : (
              <small aria-live="polite">{audienceSentence()}</small>
            )}
          </div>
          <button type="submit" class="button main" disabled={busy}>
            {audienceAction()}
          </button>
        </footer>
      </form>
    </Page>
  )
}

function validationError(): string | null {
  if (!hasChoice.value) return s.compose.needFiles
  if ([...shareTitle.value].length > LIMITS.titleChars) return s.compose.titleTooLong
  if ([...note.value.trim()].length > LIMITS.noteChars) return s.compose.noteTooLong
  return audienceProblem()
}

function SelectedFiles() {
  const list = selectedFiles.value
  const { folders, system } = choice.value
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  const pickedFolder = useSignal(false)
  const paste = useAsyncAction()
  const add = (files: FileList) => void addFiles(filesFromInput(files))
  const addFolder = (files: FileList) => {
    pickedFolder.value = true
    add(files)
  }
  const pasteFiles = async () => {
    const found = await filesFromClipboard()
    if (!found.length) return paste.reject(s.compose.pasteNothing)
    await addFiles(found)
  }
  const any = hasChoice.value
  const shown = list.slice(0, visible)
  const pictures = shown.filter(({ file }) => isPicture(file.type))
  const others = shown.filter(({ file }) => !isPicture(file.type))
  return (
    <section class={any ? 'card pad stack' : 'card pad stack dropzone'} aria-label={s.share.others} aria-busy={reading.value}>
      {any ? (
        <div class="chosen stack">
          {pictures.length > 0 && (
            <ul class="tiles">
              {pictures.map(each => (
                <FileTile key={each.path} picked={each} />
              ))}
            </ul>
          )}
          {(others.length > 0 || folders.length > 0) && (
            <ul class="chosen-rows">
              {others.map(({ path, file }) => (
                <ChosenRow
                  key={path}
                  path={path}
                  icon={iconOf({ path, type: file.type })}
                  says={formatBytes(file.size)}
                  onRemove={() => removeFile(path)}
                />
              ))}
              {folders.map(path => (
                <ChosenRow key={`${path}/`} path={path} icon="folder" says={s.compose.folder} onRemove={() => removeFolder(path)} />
              ))}
            </ul>
          )}
          <div class="end" ref={sentinel} />
        </div>
      ) : (
        <p class="centred">
          <b>{canDrop ? s.compose.drop : s.compose.choose}</b>
          {canDrop && (
            <>
              <br />
              <span class="quiet">{s.compose.orPick}</span>
            </>
          )}
        </p>
      )}
      <div class={any ? 'actions' : 'actions centred'}>
        <FilePicker label={any ? s.compose.addFiles : s.compose.pickFiles} onChosen={add} main={!any} />
        <FilePicker label={any ? s.compose.addFolder : s.compose.pickFolder} onChosen={addFolder} folder />
        {isTouch && canReadClipboard && (
          <button
            type="button"
            class="button"
            disabled={paste.busy}
            onClick={() => void paste.run(pasteFiles, () => s.errors['permission-needed'])}
          >
            {s.compose.paste}
          </button>
        )}
        <small role="status">{reading.value ? s.compose.reading : any ? s.compose.chosen(list.length, totalSize.value) : ''}</small>
      </div>
      {paste.problem && <ErrorMessage text={paste.problem} />}
      {system > 0 && <small>{s.compose.systemFiles(system)}</small>}
      {pickedFolder.value && canDrop && <small>{s.compose.noEmptyFolders}</small>}
    </section>
  )
}

/** Each tile renders alone when its preview arrives. */
function FileTile({ picked: { path, file, preview } }: { picked: ComposedFile }) {
  const name = displayText(path)
  return (
    <li class="tile" title={name}>
      <Thumbnail path={path} type={file.type} preview={preview.value} />
      {preview.value === null && (
        <small class="tile-name" dir="auto">
          {name}
        </small>
      )}
      <button type="button" class="icon-button over" aria-label={s.compose.removeFile(name)} onClick={() => removeFile(path)}>
        <Icon name="close" />
      </button>
    </li>
  )
}

function ChosenRow({ path, icon, says, onRemove }: { path: string; icon: IconName; says: string; onRemove: () => void }) {
  const name = displayText(path)
  return (
    <li class="row">
      <Icon name={icon} />
      <span class="grow break-anywhere" dir="auto">
        {name}
      </span>
      <small>{says}</small>
      <button type="button" class="icon-button" aria-label={s.compose.removeFile(name)} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </li>
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

function RejectedFiles() {
  if (!rejectedFiles.value.length) return null
  const rest = rejectedFiles.value.length - BATCH
  return (
    <section class="banner bad column" role="alert">
      <b>{s.compose.refusedTitle}</b>
      <ul class="names">
        {rejectedFiles.value.slice(0, BATCH).map(({ path, why }, i) => (
          <li key={i}>
            <bdi>{escapeControls(path)}</bdi> {s.compose.refusals[why]}
          </li>
        ))}
        {rest > 0 && <li>{s.compose.more(rest)}</li>}
      </ul>
      <p>{s.compose.refusedHint}</p>
    </section>
  )
}

/** The progress while previews are made and the engine reads, encrypts and stores. */
function SendProgress() {
  const now = sending.value
  const moving = encryptingTransfer.value
  return (
    <Page title={displayText(shareTitle.value) || s.compose.title} named={s.compose.title}>
      <section class="card pad stack">
        {now?.step === 'preparing' ? (
          <>
            <p role="status">{s.compose.preparing(now.done, now.of)}</p>
            <Progress label={s.compose.title} done={now.done} total={now.of} />
          </>
        ) : (
          <>
            <p role="status">{moving ? `${s.compose.sealing} · ${transferText(moving)}` : `${s.compose.sealing}…`}</p>
            <Progress label={s.compose.sealing} done={moving?.bytes ?? 0} total={moving?.total ?? totalSize.value} />
            {moving && <TransferFiles transfer={moving} />}
          </>
        )}
        {waitingFiles.value !== undefined && <p role="status">{s.compose.waits(waitingFiles.value)}</p>}
        <small>{s.compose.stay}</small>
        <div class="actions">
          <button type="button" class="button" onClick={cancelSending}>
            {s.common.cancel}
          </button>
        </div>
      </section>
    </Page>
  )
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is shown
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g

/** Shows control characters in a rejected name as escapes. */
const escapeControls = (path: string) =>
  displayText(path).replace(CONTROLS, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
