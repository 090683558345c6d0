/** The id of this build: a hash of all its sources. */
declare const __BUILD__: string
/** Files of the build, relative to `sw.js`. Only in the service worker. */
declare const __ASSETS__: readonly string[]
/** The texts in other languages, which are loaded when somebody reads them. Only in the service worker. */
declare const __LANGUAGES__: readonly string[]
/** The words by which passphrases are judged, the most common first, and which keys are neighbours. */
declare module 'virtual:dictionaries' {
  export const dictionary: Record<string, string[]>
  export const graphs: import('@zxcvbn-ts/core').OptionsGraph
}
