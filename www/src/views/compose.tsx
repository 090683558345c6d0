/** Files, words, people, and off it goes. */

import { wordsFor } from '../errors'
import { LIMITS } from '../generated'
import { chosen } from '../picked'
import { go, href, route } from '../route'
import { shown } from '../say'
import {
  addFiles, cancelSending, clear, keepPlaces, leaveOut, note, type Picked, picked, reading, refused, send, sending, size, title,
} from '../state/compose'
import { say } from '../state/notices'
import { PlacesKept } from '../state/prepare'
import { adding } from '../state/transfers'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { useChunks } from '../ui/chunks'
import { Checkbox, Field, Problem, TextArea } from '../ui/field'
import { Icon } from '../ui/icon'
import { FilePicker } from '../ui/pickers'
import { Progress } from '../ui/progress'
import { Page } from '../ui/shell'
import { Thumb } from '../ui/thumb'
import { audienceAction, audienceProblem, audienceSentence, Who } from './audience'
import { MovedFiles } from './moved'
import { transferWords } from './parts'

/** Tiles drawn at once. */
const CHUNK = 60
/** A finger drags no files. */
const canDrop = matchMedia('(any-pointer: fine)').matches

export function Compose() {
  const { busy, problem, refuse, run } = useBusy()
  const submit = (event: Event) => {
    event.preventDefault()
    const missing = whatIsMissing()
    if (missing) return refuse(missing)
    void run(
      async () => {
        const share = await send()
        say(s.compose.shared(shown(share.title)))
        // Whoever went on to something else meanwhile is left there.
        if (route.value.view === 'share') go(href.shared(share.id))
      },
      error => (error instanceof PlacesKept ? placesWords(error) : wordsFor(error)),
    )
  }
  if (sending.value) return <Sending />
  const any = picked.value.length > 0 || refused.value.length > 0
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
        <Files />
        <Refused />
        <Field label={s.compose.titleField} big placeholder={s.compose.titlePlaceholder} autoComplete="off" value={title.value} onInput={value => (title.value = value)} />
        <TextArea label={`${s.compose.note} (${s.common.optional})`} rows={2} placeholder={s.compose.notePlaceholder} value={note.value} onInput={value => (note.value = value)} />
        <Who />
        <Checkbox label={s.compose.location} hint={s.compose.locationHint} checked={keepPlaces.value} onChange={yes => (keepPlaces.value = yes)} />
        <footer class="row wraps send">
          <div class="grow">
            {problem ? <Problem text={problem} /> : <small aria-live="polite">{audienceSentence()}</small>}
          </div>
          <button type="submit" class="button main" disabled={busy}>
            {audienceAction()}
          </button>
        </footer>
      </form>
    </Page>
  )
}

function whatIsMissing(): string | null {
  if (!picked.value.length) return s.compose.needFiles
  if (!title.value.trim()) return s.compose.needTitle
  if ([...title.value.trim()].length > LIMITS.titleChars) return s.compose.titleTooLong
  if ([...note.value.trim()].length > LIMITS.noteChars) return s.compose.noteTooLong
  return audienceProblem()
}

/** Which pictures would tell where they were taken. */
export const placesWords = ({ paths }: PlacesKept): string => `${s.compose.locationFailed(paths.length)} ${paths.map(shown).join(', ')}`

function Files() {
  const list = picked.value
  const { shown: drawn, end } = useChunks(list.length, CHUNK)
  const add = (files: FileList) => void addFiles(chosen(files))
  const any = list.length > 0
  return (
    <section class={any ? 'card pad stack' : 'card pad stack dropzone'} aria-label={s.share.others} aria-busy={reading.value}>
      {any ? (
        <ul class="tiles">
          {list.slice(0, drawn).map(each => (
            <Tile key={each.path} picked={each} />
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
      <div class="end" ref={end} />
      <div class={any ? 'actions' : 'actions centred'}>
        <FilePicker label={any ? s.compose.addFiles : s.compose.pickFiles} onChosen={add} main={!any} />
        <FilePicker label={any ? s.compose.addFolder : s.compose.pickFolder} onChosen={add} folder />
        <small role="status">{reading.value ? s.compose.reading : any ? s.compose.chosen(list.length, size.value) : ''}</small>
      </div>
    </section>
  )
}

/** Drawn again when its own preview comes, and no other tile with it. */
function Tile({ picked: { path, file, preview } }: { picked: Picked }) {
  return (
    <li class="tile" title={shown(path)}>
      <Thumb path={path} type={file.type} preview={preview.value} />
      <button type="button" class="icon-button over" aria-label={s.compose.removeFile(shown(path))} onClick={() => leaveOut(path)}>
        <Icon name="close" />
      </button>
    </li>
  )
}

function Refused() {
  if (!refused.value.length) return null
  const rest = refused.value.length - CHUNK
  return (
    <section class="banner bad column" role="alert">
      <b>{s.compose.refusedTitle}</b>
      <ul class="names">
        {refused.value.slice(0, CHUNK).map(({ path, why }, i) => (
          <li key={i}>
            <bdi>{visible(path)}</bdi> {s.compose.refusals[why]}
          </li>
        ))}
        {rest > 0 && <li>{s.compose.more(rest)}</li>}
      </ul>
      <p>{s.compose.refusedHint}</p>
    </section>
  )
}

/** While previews are made and the engine reads, seals and stores. */
function Sending() {
  const now = sending.value
  const moving = adding.value
  return (
    <Page title={shown(title.value) || s.compose.title} named={s.compose.title}>
      <section class="card pad stack">
        {now?.step === 'preparing' ? (
          <>
            <p role="status">{s.compose.preparing(now.done, now.of)}</p>
            <Progress label={s.compose.title} done={now.done} total={now.of} />
          </>
        ) : (
          <>
            <p role="status">{moving ? `${s.compose.sealing} · ${transferWords(moving)}` : `${s.compose.sealing}…`}</p>
            <Progress label={s.compose.sealing} done={moving?.bytes ?? 0} total={moving?.total ?? size.value} />
            {moving && <MovedFiles transfer={moving} />}
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

/** A refused name with what makes it unsafe made visible. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is shown
const visible = (path: string) => shown(path).replace(/[\u0000-\u001f\u007f-\u009f]/g, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
