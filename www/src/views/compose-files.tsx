/** The chosen files of a share in the making: pictures as a strip, other files and folders as rows, and what is left out. */

import { useSignal } from '@preact/signals'
import { useContext, useMemo } from 'preact/hooks'
import { canReadClipboard, filesFromClipboard } from '../clipboard-files'
import { displayText, formatBytes } from '../format'
import { isPicture } from '../media-type'
import { countOf } from '../proposed-title'
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
import { hasContents } from '../state/compose'
import { s } from '../strings'
import { type Branch, branches, nameOf } from '../tree'
import { ErrorMessage, Sent } from '../ui/field'
import { FilePicker } from '../ui/file-picker'
import { Icon, type IconName } from '../ui/icon'
import { iconOf, Thumbnail } from '../ui/thumbnail'
import { useAsyncAction } from '../ui/use-async-action'
import { useBlobUrl } from '../ui/use-blob-url'
import { useIncrementalList } from '../ui/use-infinite-scroll'

/** Tiles and rows rendered at once. */
const BATCH = 60
/** Rows shown before the reader asks for all: what follows is to stay in sight. */
const ROWS = 4
/** A touch screen cannot drag files from a folder. */
const canDrop = matchMedia('(any-pointer: fine)').matches
/** A touch screen has no key for pasting. */
const isTouch = matchMedia('(any-pointer: coarse)').matches

/** What is wrong with the choice; null if nothing is. */
export const filesProblem = (): string | null => (hasContents.value ? null : s.compose.needContents)

export function ComposeFiles() {
  const { files, folders, system } = choice.value
  const pickedFolder = useSignal(false)
  const paste = useAsyncAction()
  const problem = useContext(Sent) ? filesProblem() : null
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
  const pasteButton = isTouch && canReadClipboard && (
    <button
      type="button"
      class={any ? 'link-button' : 'button'}
      disabled={paste.busy}
      onClick={() => void paste.run(pasteFiles, () => s.errors['permission-needed'])}
    >
      {s.compose.paste}
    </button>
  )
  return (
    <section
      class={any ? 'stack tight' : 'dropzone stack'}
      aria-label={s.share.others}
      aria-busy={reading.value}
      data-invalid={problem ? '' : undefined}
    >
      {any ? (
        <div class="chosen stack tight">
          <Contents files={files} empty={folders} folder="" />
        </div>
      ) : (
        <p class="centred">
          {canDrop ? s.compose.drop : s.compose.choose}
          {canDrop && (
            <>
              <br />
              <span class="quiet">{s.compose.orPick}</span>
            </>
          )}
        </p>
      )}
      {any ? (
        <div class="count-line">
          <small role="status">
            {reading.value ? s.compose.reading : s.compose.chosen(countOf(selectedFiles.value, []), totalSize.value)}
          </small>
          <FilePicker label={s.compose.addFiles} onChosen={add} inLine />
          <FilePicker label={s.compose.addFolder} onChosen={addFolder} folder inLine />
          {pasteButton}
        </div>
      ) : (
        <div class="actions centred">
          <FilePicker label={s.compose.pickFiles} onChosen={add} main />
          <FilePicker label={s.compose.pickFolder} onChosen={addFolder} folder />
          {pasteButton}
        </div>
      )}
      {!any && reading.value && (
        <p class="centred quiet" role="status">
          {s.compose.reading}
        </p>
      )}
      {problem && <ErrorMessage text={problem} />}
      {paste.problem && <ErrorMessage text={paste.problem} />}
      {system > 0 && <small>{s.compose.systemFiles(system)}</small>}
      {pickedFolder.value && canDrop && <small>{s.compose.noEmptyFolders}</small>}
    </section>
  )
}

interface Level {
  files: readonly ComposedFile[]
  empty: readonly string[]
  folder: string
}

/** What is in a folder: pictures as a strip, and rows of folders and of other files. */
function Contents({ files, empty, folder }: Level) {
  const here = useMemo(() => branches(files, empty, folder), [files, empty, folder])
  const pictures = here.files.filter(({ file }) => isPicture(file.type))
  const others = here.files.filter(({ file }) => !isPicture(file.type))
  const isAlone = here.files.length === 0 && here.folders.length === 1
  return (
    <>
      {pictures.length > 0 && <Strip pictures={pictures} />}
      {others.length + here.folders.length > 0 && <Rows folders={here.folders} files={others} isAlone={isAlone} />}
    </>
  )
}

function Strip({ pictures }: { pictures: readonly ComposedFile[] }) {
  const { visible, sentinel } = useIncrementalList(pictures.length, BATCH)
  return (
    <div class="strip">
      <ul class="tiles">
        {pictures.slice(0, visible).map(each => (
          <FileTile key={each.path} picked={each} />
        ))}
      </ul>
      <div class="end" ref={sentinel} />
    </div>
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
          {displayText(nameOf(path))}
        </small>
      )}
      <button type="button" class="icon-button over" aria-label={s.compose.removeFile(name)} onClick={() => removeFile(path)}>
        <Icon name="close" />
      </button>
    </li>
  )
}

interface RowsProps {
  folders: readonly Branch<ComposedFile>[]
  files: readonly ComposedFile[]
  /** Whether nothing else is beside the one folder: it is open then. */
  isAlone: boolean
}

function Rows({ folders, files, isAlone }: RowsProps) {
  const all = useSignal(false)
  const { visible, sentinel } = useIncrementalList(folders.length + files.length, BATCH)
  const total = folders.length + files.length
  // One more row takes no more room than the button.
  const shown = all.value || total <= ROWS + 1 ? visible : ROWS
  return (
    <>
      <ul class="chosen-rows">
        {folders.slice(0, shown).map(each => {
          const { path, name, empty } = each
          const isEmpty = empty[0] === path
          return (
            <li key={`${path}/`}>
              {isEmpty ? (
                <Row icon="folder" path={path} name={name} says={s.compose.folder} onRemove={() => removeFolder(path)} />
              ) : (
                <FolderRow branch={each} isOpen={isAlone} />
              )}
            </li>
          )
        })}
        {files.slice(0, Math.max(0, shown - folders.length)).map(({ path, file, preview }) => (
          <li key={path}>
            <Row
              icon={iconOf({ path, type: file.type })}
              path={path}
              name={nameOf(path)}
              says={formatBytes(file.size)}
              still={preview}
              onRemove={() => removeFile(path)}
            />
          </li>
        ))}
      </ul>
      {shown < total && !all.value && (
        <div>
          <button type="button" class="link-button" aria-expanded={false} onClick={() => (all.value = true)}>
            {s.compose.showAll(total)}
          </button>
        </div>
      )}
      {all.value && <div class="end" ref={sentinel} />}
    </>
  )
}

interface RowProps {
  icon: IconName
  path: string
  name: string
  says: string
  /** A still of a film. */
  still?: ComposedFile['preview']
  onRemove: () => void
}

function Row({ icon, path, name, says, still, onRemove }: RowProps) {
  const picture = useBlobUrl(still?.value)
  return (
    <div class="row">
      <span class="file-kind">{picture ? <img src={picture} alt="" /> : <Icon name={icon} />}</span>
      <Named name={name} says={says} />
      <button type="button" class="icon-button" aria-label={s.compose.removeFile(displayText(path))} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </div>
  )
}

/** A folder as one row, which opens. */
function FolderRow({ branch: { path, name, files, empty }, isOpen }: { branch: Branch<ComposedFile>; isOpen: boolean }) {
  const open = useSignal(isOpen)
  const size = files.reduce((sum, { file }) => sum + file.size, 0)
  const remove = () => {
    leaveOut(files.map(file => file.path))
    for (const each of empty) removeFolder(each)
  }
  return (
    <>
      <div class="row">
        <button type="button" class="opens" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
          <Icon name="next" />
          <span class="file-kind">
            <Icon name="folder" />
          </span>
          <Named name={name} says={s.compose.chosen(countOf(files, []), size)} />
        </button>
        <button type="button" class="icon-button" aria-label={s.compose.removeFolder(displayText(path))} onClick={remove}>
          <Icon name="close" />
        </button>
      </div>
      {open.value && (
        <div class="inside stack tight">
          <Contents files={files} empty={empty} folder={path} />
        </div>
      )}
    </>
  )
}

const Named = ({ name, says }: { name: string; says: string }) => (
  <span class="named">
    <span dir="auto">{displayText(name)}</span> <small>{says}</small>
  </span>
)

export function RejectedFiles() {
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

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is shown
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g

/** Shows control characters in a rejected name as escapes. */
const escapeControls = (path: string) =>
  displayText(path).replace(CONTROLS, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
