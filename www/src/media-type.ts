/** Media types: what the page shows, and which type a file has by its first bytes. Systems go by the name, and take TypeScript for films. */

import { isTransportStream } from './metadata/transport-stream'
import { latin1 } from './metadata/view'

/** Formats that browsers decode to pixels; HEIC some of them only. SVG is a document, so it is not in the list. */
const RASTER = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/bmp', 'image/heic', 'image/heif'])

/** Text under another media type than `text/…`, and endings of text whose type systems do not know. */
const TEXTS = /^application\/(json|ld\+json|xml|javascript|typescript|yaml|x-yaml|toml|x-sh|x-httpd-php|sql)$/
const TEXT_ENDINGS = /\.(txt|md|markdown|log|csv|tsv|json|ya?ml|toml|ini|conf|cfg|srt|vtt|tex|rst|org|diff|patch)$/i

/** How the viewer shows a file. */
export type Kind = 'picture' | 'film' | 'sound' | 'text'

/** How the viewer shows a file; undefined if it can only be saved. */
export function kindOf({ type, path }: { type: string; path: string }): Kind | undefined {
  if (isPicture(type)) return 'picture'
  if (isFilm(type)) return 'film'
  if (type.startsWith('audio/')) return 'sound'
  const isUnknown = type === '' || type === 'application/octet-stream'
  return type.startsWith('text/') || TEXTS.test(type) || (isUnknown && TEXT_ENDINGS.test(path)) ? 'text' : undefined
}

export const isPicture = (type: string): boolean => RASTER.has(type)
export const isFilm = (type: string): boolean => type.startsWith('video/')

/** Whether it is a picture or a film, which have a tile. */
export const isViewable = (type: string): boolean => isPicture(type) || isFilm(type)

/** Enough for three packets of a transport stream. */
const BEGINNING = 1024

const PICTURES: readonly [RegExp, string][] = [
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^\x89PNG/, 'image/png'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF.{4}WEBP/s, 'image/webp'],
  [/^.{4}ftyp(avif|avis)/s, 'image/avif'],
  [/^.{4}ftyp(heic|heix|heim|heis|hevc|mif1|msf1)/s, 'image/heic'],
]
const FILMS: readonly [RegExp, string][] = [
  [/^.{4}ftypqt {2}/s, 'video/quicktime'],
  [/^.{4}ftyp(?!M4A|M4B)/s, 'video/mp4'],
  [/^.E\xdf\xa3.{0,64}webm/s, 'video/webm'],
  [/^.E\xdf\xa3/s, 'video/x-matroska'],
]
/** What browsers decode to pixels. Its beginning is known, so that another beginning is something else. */
const KNOWN_PICTURES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif'])

/** Files of which the type was found already: thousands are asked about more than once. */
const found = new WeakSet<File>()

/** The file with the type that it has; the same file if that is its type already, or if it cannot be read. */
export async function withTrueType(file: File): Promise<File> {
  if (found.has(file)) return file
  const bytes = await file
    .slice(0, BEGINNING)
    .arrayBuffer()
    .catch(() => null)
  if (!bytes) return file
  const type = trueType(new Uint8Array(bytes), file.type)
  const known = type === file.type ? file : new File([file], file.name, { type, lastModified: file.lastModified })
  found.add(known)
  return known
}

/** What the first bytes say; what `claimed` says where they say nothing. */
export function trueType(bytes: Uint8Array, claimed: string): string {
  const text = latin1(bytes)
  const picture = PICTURES.find(([pattern]) => pattern.test(text))?.[1]
  if (picture) return picture
  const film = FILMS.find(([pattern]) => pattern.test(text))?.[1]
  if (film) return isFilm(claimed) || claimed.startsWith('audio/') ? claimed : film
  if (claimed === 'video/mp2t' && isTransportStream(bytes)) return claimed
  if (!(isFilm(claimed) || KNOWN_PICTURES.has(claimed))) return claimed
  if (isText(bytes)) return 'text/plain'
  // An unknown form of film may be one that another program shows.
  return isFilm(claimed) && claimed !== 'video/mp2t' ? claimed : 'application/octet-stream'
}

/** Whether the bytes are text: UTF-8 without control characters. The last character may be cut off. */
function isText(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    return text !== '' && !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)
  } catch {
    return false
  }
}
