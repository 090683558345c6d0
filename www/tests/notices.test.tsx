import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { page } from 'vitest/browser'
import { dismiss, notify, notifyUndoable } from '../src/state/notices'
import { show } from './show'

/** Longer than any notice shows. */
const LONG_MS = 10_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  dismiss()
  vi.useRealTimers()
})

const said = () => page.getByRole('status')
const removal = () => {
  const act = vi.fn(async () => {})
  const undo = vi.fn()
  return { act, undo, undoInTime: notifyUndoable('Summer is removed.', act, undo) }
}

test('a notice goes by itself, but not from under the keyboard', async () => {
  show('Notices', 'all of them')
  notify('Ben is added.')
  await expect.element(said()).toHaveTextContent('Ben is added.')
  page.getByRole('button', { name: 'Close' }).element().focus()
  vi.advanceTimersByTime(LONG_MS)
  await expect.element(said()).toHaveTextContent('Ben is added.')
  ;(document.activeElement as HTMLElement).blur()
  vi.advanceTimersByTime(LONG_MS)
  await expect.element(said()).toHaveTextContent('')
})

test('what can be undone is done once nobody undid it', async () => {
  show('Notices', 'all of them')
  const { act, undo, undoInTime } = removal()
  await expect.element(said()).toHaveTextContent('Summer is removed.')
  expect(act).not.toHaveBeenCalled()
  vi.advanceTimersByTime(LONG_MS)
  expect(act).toHaveBeenCalledOnce()
  await vi.waitFor(() => expect(undo).toHaveBeenCalledOnce())
  expect(undoInTime()).toBe(false)
})

test('Undo brings it back, and nothing is done', async () => {
  show('Notices', 'all of them')
  const { act, undo } = removal()
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  vi.advanceTimersByTime(LONG_MS)
  expect(undo).toHaveBeenCalledOnce()
  expect(act).not.toHaveBeenCalled()
})

test('the next notice, or leaving the page, does what waited', async () => {
  show('Notices', 'all of them')
  const first = removal()
  notify('Ben is added.')
  expect(first.act).toHaveBeenCalledOnce()
  const second = removal()
  dispatchEvent(new Event('pagehide'))
  expect(second.act).toHaveBeenCalledOnce()
})

test('an act that fails says why', async () => {
  show('Notices', 'all of them')
  const undo = vi.fn()
  notifyUndoable('Summer is removed.', () => Promise.reject(new Error('the disk is full')), undo)
  vi.advanceTimersByTime(LONG_MS)
  await vi.waitFor(() => expect(undo).toHaveBeenCalledOnce())
  await expect.element(page.getByRole('status')).not.toHaveTextContent('Summer is removed.')
  expect(document.querySelector('.notice[data-tone=bad]')?.textContent).toBeTruthy()
})
