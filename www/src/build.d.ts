/** Names this build: a hash of everything it was made from. */
declare const __BUILD__: string
/** Files of the build beside `sw.js`, relative to it. Only in the service worker. */
declare const __ASSETS__: readonly string[]
