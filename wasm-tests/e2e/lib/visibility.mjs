/** Acts like a switch to another tab (`hidden`) and back (`visible`), because Playwright's pages are always visible. */
export const show = (page, state) => page.evaluate(state => {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}, state)
