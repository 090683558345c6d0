/** Searching the names of files. */

export const fileSearch = {
  label: 'Search these files',
  none: (text: string) => `No file is named like “${text}”.`,
  found: (name: string) => `Has “${name}”`,
}
