/** The id of this build: a hash of all its sources. */
declare const __BUILD__: string
/** Files of the build, relative to `sw.js`. Only in the service worker. */
declare const __ASSETS__: readonly string[]
