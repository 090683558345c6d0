/** What is known of the file in the viewer: of its name and size, and what a camera noted in it. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { clockTime, dateAndTime, displayText, exposureOf, formatBytes } from '../format'
import { kindOf } from '../media-type'
import { type CameraNotes, cameraNotes } from '../metadata/exif'
import { api } from '../state/engine'
import { s } from '../strings'
import { folderOf, nameOf } from '../tree'
import type { Facts } from './viewer-media'

/** Cameras write their notes at the beginning of a picture; WebP has them at its end. */
const READ_BYTES = 256 * 1024

export function FileInfo({ share, file, facts }: { share: Share; file: FileEntry; facts: Facts | null }) {
  const isPicture = kindOf(file) === 'picture'
  const notes = useSignal<CameraNotes | 'reading' | 'absent'>(isPicture ? 'reading' : {})
  useEffect(() => {
    if (!isPicture) return
    const abort = new AbortController()
    readNotes(share, file, abort.signal).then(
      found => (notes.value = found),
      () => {
        if (!abort.signal.aborted) notes.value = 'absent'
      },
    )
    return () => abort.abort()
  }, [])
  const known = typeof notes.value === 'string' ? {} : notes.value
  const folder = folderOf(file.path)
  const rows: [string, string | false | undefined][] = [
    [s.viewer.info.name, displayText(nameOf(file.path))],
    [s.viewer.info.folder, displayText(folder)],
    [s.viewer.info.taken, known.taken && dateAndTime(known.taken, 'UTC')],
    [s.viewer.info.camera, known.camera && displayText(known.camera)],
    [s.viewer.info.exposure, exposureOf(known)],
    [s.viewer.info.pixels, !!facts?.width && !!facts.height && s.viewer.info.dimensions(facts.width, facts.height)],
    [s.viewer.info.length, !!facts?.length && clockTime(facts.length)],
    [s.viewer.info.size, formatBytes(file.size)],
    [s.viewer.info.type, displayText(file.type)],
    [s.viewer.info.changed, file.modified && dateAndTime(file.modified)],
  ]
  return (
    <aside class="info" aria-label={s.viewer.info.title}>
      <dl>
        {rows.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd class="break-anywhere" dir="auto">
                  {value}
                </dd>
              </div>
            ),
        )}
      </dl>
      {notes.value === 'reading' && <p class="quiet">{s.viewer.info.reading}</p>}
      {notes.value === 'absent' && <p class="quiet">{s.viewer.info.unread}</p>}
    </aside>
  )
}

async function readNotes(share: Share, { path, size, type }: FileEntry, signal: AbortSignal): Promise<CameraNotes> {
  const read = async (offset: number) => {
    const range = { offset, length: Math.min(READ_BYTES, size - offset) }
    if (range.length <= 0) return {}
    return cameraNotes(new Uint8Array(await new Response(api().shares.read(share.id, path, range, { signal })).arrayBuffer()))
  }
  const first = await read(0)
  return type === 'image/webp' && Object.keys(first).length === 0 ? read(Math.max(0, size - READ_BYTES)) : first
}
