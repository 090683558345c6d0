import { afterEach, expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { show } from './show'

afterEach(() => {
  vi.restoreAllMocks()
})

test('Copy says that it copied', async () => {
  show('CopyButton', 'calm')
  const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  await page.getByRole('button', { name: 'Copy the word' }).click()
  expect(write).toHaveBeenCalledWith('tulip')
  await expect.element(page.getByText('Copied')).toBeVisible()
})

test('where the browser refuses to copy, the text is there to be copied by hand', async () => {
  show('CopyButton', 'calm')
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('no'))
  vi.spyOn(document, 'execCommand').mockReturnValue(false)
  await page.getByRole('button', { name: 'Copy the word' }).click()
  const byHand = page.getByRole('textbox', { name: 'Copy the word' })
  await expect.element(byHand).toHaveFocus()
  await expect.element(byHand).toHaveValue('tulip')
})

test('a dialog takes the focus, and gives it back however it is closed', async () => {
  show('Dialog', 'closed')
  const ask = page.getByRole('button', { name: 'Ask' })
  for (const close of [() => userEvent.keyboard('{Escape}'), () => page.getByRole('button', { name: 'Close' }).click()]) {
    await ask.click()
    await expect.element(page.getByRole('heading', { name: 'A question' })).toHaveFocus()
    await close()
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
    await expect.element(ask).toHaveFocus()
  }
})

test('a disclosure gives the focus back to its button', async () => {
  show('Disclosure', 'closed')
  const rename = page.getByRole('button', { name: 'Rename' })
  await expect.element(rename).toHaveAttribute('aria-expanded', 'false')
  await rename.click()
  await expect.element(rename).toHaveAttribute('aria-expanded', 'true')
  await page.getByRole('button', { name: 'Done' }).click()
  await expect.element(page.getByRole('button', { name: 'Done' })).not.toBeInTheDocument()
  await expect.element(rename).toHaveFocus()
})

test('progress is whole for nothing, and never more than whole', async () => {
  for (const [state, part] of [
    ['of nothing', 1],
    ['begun', 0.3],
    ['with more than was said', 1],
  ] as const) {
    const bar = show('Progress', state).querySelector('progress')
    expect(bar?.position, state).toBeCloseTo(part)
  }
})
