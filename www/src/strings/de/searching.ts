/** Searching the names of files. */

export const fileSearch = {
  label: 'Diese Dateien durchsuchen',
  none: (text: string) => `Keine Datei heißt wie „${text}“.`,
  found: (name: string) => `Enthält „${name}“`,
}
