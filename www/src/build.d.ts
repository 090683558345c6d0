/** The id of this build: a hash of all its sources. */
declare const __BUILD__: string
/** Files of the build, relative to `sw.js`. Only in the service worker. */
declare const __ASSETS__: readonly string[]

/** The crate as wasm, with what wasm-bindgen makes of `crate/src/js.rs`: checked against that where it is built, and
 *  declared here so that the page's types are checked without it. */
declare module '*/wasm/spinney' {
  export class Host {
    static open(config: unknown, rtc: MessagePort | null | undefined, onPanic: (why: string) => void): Promise<Host>
    attach(port: MessagePort): void
    probe(): Promise<void>
  }
  const init: (from: { module_or_path: string }) => Promise<unknown>
  // biome-ignore lint/style/noDefaultExport: wasm-bindgen exports it so
  export { init as default }
}
