/** Composes a share: files, title, note and recipients. */

import { wordsFor } from '../errors'
import { displayText } from '../format'
import { LIMITS } from '../generated'
import { href, navigate, route } from '../route'
import { filesFromInput } from '../selected-files'
import {
  addFiles,
  allowLocated,
  type ComposedFile,
  cancelSending,
  clear,
  keepLocation,
  leaveOutLocated,
  locationStays,
  note,
  reading,
  rejectedFiles,
  removeFile,
  selectedFiles,
  send,
  sending,
  title,
  totalSize,
} from '../state/compose'
import { notify } from '../state/notices'
import { LocationError } from '../state/prepare-files'
import { encryptingTransfer } from '../state/transfers'
import { s } from '../strings'
import { Checkbox, ErrorMessage, Field, TextArea } from '../ui/field'
import { FilePicker } from '../ui/file-picker'
import { Icon } from '../ui/icon'
import { Progress } from '../ui/progress'
import { Page } from '../ui/shell'
import { Thumbnail } from '../ui/thumbnail'
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

export function Compose() {
  const { busy, problem, reject, run } = useAsyncAction()
  const submit = (event?: Event) => {
    event?.preventDefault()
    const missing = validationError()
    if (missing) return reject(missing)
    void run(
      async () => {
        const share = await send()
        notify(s.compose.shared(displayText(share.title)))
        // Do not navigate if the reader has opened another view meanwhile.
        if (route.value.view === 'share') navigate(href.shared(share.id))
      },
      error => (error instanceof LocationError ? null : wordsFor(error)),
    )
  }
  if (sending.value) return <SendProgress />
  const any = selectedFiles.value.length > 0 || rejectedFiles.value.length > 0
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
      <form class="stack" onSubmit={submit} noValidate>
        <SelectedFiles />
        <RejectedFiles />
        <Field
          label={s.compose.titleField}
          big
          placeholder={s.compose.titlePlaceholder}
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
                    submit()
                  }
                : undefined
            }
            onShareAsTheyAre={() => {
              allowLocated()
              submit()
            }}
          />
        )}
        <footer class="row wraps send">
          <div class="grow">{problem ? <ErrorMessage text={problem} /> : <small aria-live="polite">{audienceSentence()}</small>}</div>
          <button type="submit" class="button main" disabled={busy}>
            {audienceAction()}
          </button>
        </footer>
      </form>
    </Page>
  )
}

function validationError(): string | null {
  if (!selectedFiles.value.length) return s.compose.needFiles
  if (!title.value.trim()) return s.compose.needTitle
  if ([...title.value.trim()].length > LIMITS.titleChars) return s.compose.titleTooLong
  if ([...note.value.trim()].length > LIMITS.noteChars) return s.compose.noteTooLong
  return audienceProblem()
}

function SelectedFiles() {
  const list = selectedFiles.value
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  const add = (files: FileList) => void addFiles(filesFromInput(files))
  const any = list.length > 0
  return (
    <section class={any ? 'card pad stack' : 'card pad stack dropzone'} aria-label={s.share.others} aria-busy={reading.value}>
      {any ? (
        <ul class="tiles">
          {list.slice(0, visible).map(each => (
            <FileTile key={each.path} picked={each} />
          ))}
        </ul>
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
      <div class="end" ref={sentinel} />
      <div class={any ? 'actions' : 'actions centred'}>
        <FilePicker label={any ? s.compose.addFiles : s.compose.pickFiles} onChosen={add} main={!any} />
        <FilePicker label={any ? s.compose.addFolder : s.compose.pickFolder} onChosen={add} folder />
        <small role="status">{reading.value ? s.compose.reading : any ? s.compose.chosen(list.length, totalSize.value) : ''}</small>
      </div>
    </section>
  )
}

/** Each tile renders alone when its preview arrives. */
function FileTile({ picked: { path, file, preview } }: { picked: ComposedFile }) {
  return (
    <li class="tile" title={displayText(path)}>
      <Thumbnail path={path} type={file.type} preview={preview.value} />
      <button type="button" class="icon-button over" aria-label={s.compose.removeFile(displayText(path))} onClick={() => removeFile(path)}>
        <Icon name="close" />
      </button>
    </li>
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
    <Page title={displayText(title.value) || s.compose.title} named={s.compose.title}>
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
