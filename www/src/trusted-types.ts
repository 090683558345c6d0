/**
 * The one policy of the page for Trusted Types, which index.html requires: text becomes no HTML and no script, and only
 * the built files of this folder become workers.
 */

interface TrustedTypes {
  createPolicy(name: 'default', rules: { createScriptURL(text: string): string }): unknown
}

const folder = new URL('.', document.baseURI).href
/** What a build consists of: `sw.js`, and the workers in `assets`. Shared files lie deeper. */
const BUILT = /^(assets\/)?[\w.-]+\.js$/

function createScriptURL(text: string): string {
  const { href } = new URL(text, document.baseURI)
  if (href.startsWith(folder) && BUILT.test(href.slice(folder.length))) return text
  throw new TypeError(`${text} is no script of this page`)
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
trustedTypes?.createPolicy('default', { createScriptURL })
