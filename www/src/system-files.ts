/** Files that systems and programs strew into folders, and that nobody means to share. */

/** Names of files and folders, in small letters: no system that makes them tells capitals apart. */
const NAMES: ReadonlySet<string> = new Set([
  // macOS
  '.ds_store',
  '.localized',
  '.apdisk',
  '.appledb',
  '.appledesktop',
  '.appledouble',
  '.com.apple.timemachine.donotpresent',
  '.documentrevisions-v100',
  '.fseventsd',
  '.spotlight-v100',
  '.temporaryitems',
  '.trashes',
  '.volumeicon.icns',
  '__macosx',
  'icon\r',
  'network trash folder',
  // Windows
  '$recycle.bin',
  'desktop.ini',
  'ehthumbs.db',
  'ehthumbs_vista.db',
  'recycler',
  'system volume information',
  'thumbs.db',
  'thumbs.db:encryptable',
  // Linux desktops and network storage
  '.directory',
  '.xdg-volume-info',
  '@eadir',
  'lost+found',
])

/** Names of which only a part is fixed. */
const PATTERNS: readonly RegExp[] = [
  /^\._./, // macOS keeps what other disks cannot hold of a file in a second file, by AppleDouble
  /^~\$.+\.(doc|dot|xls|xlt|ppt|pot|pps|vsd|pub|one)[a-z]*$/i, // a document that is open in Microsoft Office
  /^\.~lock\..+#$/, // a document that is open in LibreOffice
  /^\.trash(-\d+)?$/i,
  /^\.nfs[0-9a-f]{16,}$/, // a file that was removed from a network disk while it was open
  /^\.fuse_hidden[0-9a-f]+$/,
]

/** The outermost part of a path that a system or a program made for itself, with what is before it. */
export function systemFile(path: string): string | undefined {
  let end = 0
  for (const name of path.split('/')) {
    end += name.length
    if (NAMES.has(name.toLowerCase()) || PATTERNS.some(pattern => pattern.test(name))) return path.slice(0, end)
    end += 1
  }
  return undefined
}
