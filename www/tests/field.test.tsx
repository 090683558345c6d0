import { expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { focusInvalid } from '../src/ui/field'
import { show } from './show'

test('what lacks is said at the field, and goes when it is mended', async () => {
  const form = show('Field', 'of a form that was sent')
  const field = page.getByLabelText('Your name')
  await expect.element(field).toHaveAccessibleDescription('Type a name first.')
  await expect.element(field).toHaveAttribute('aria-invalid', 'true')
  expect(focusInvalid(form)).toBe(true)
  await expect.element(field).toHaveFocus()
  await userEvent.keyboard('Anna')
  await expect.element(field).not.toHaveAttribute('aria-invalid')
  expect(focusInvalid(form)).toBe(false)
  await userEvent.clear(field)
  await expect.element(page.getByRole('alert')).toHaveTextContent('Type a name first.')
})

test('a secret is read only while it is shown', async () => {
  show('Field', 'of a secret')
  const field = page.getByLabelText('Passphrase', { exact: true })
  await expect.element(field).toHaveAttribute('type', 'password')
  await userEvent.fill(field, 'lantern')
  await page.getByRole('button', { name: 'Show Passphrase' }).click()
  await expect.element(field).toHaveAttribute('type', 'text')
  await expect.element(field).toHaveValue('lantern')
  await page.getByRole('button', { name: 'Hide Passphrase' }).click()
  await expect.element(field).toHaveAttribute('type', 'password')
})

test('five words are proposed, shown, judged and others the next time', async () => {
  show('NewPassphrase', 'empty')
  const field = page.getByLabelText('Passphrase', { exact: true })
  const propose = page.getByRole('button', { name: /words/i })
  await propose.click()
  const value = () => (field.element() as HTMLInputElement).value
  await expect.poll(value).toMatch(/^[a-z]+( [a-z]+){4}$/)
  await expect.element(field).toHaveAttribute('type', 'text')
  await expect.element(page.getByText(/^Very good/)).toBeVisible()
  const first = value()
  await propose.click()
  await expect.element(field).not.toHaveValue(first)
  // Below the field stands only what was proposed.
  await userEvent.fill(field, 'password')
  await expect.element(page.getByText(/^Very easy to guess/)).toBeVisible()
  expect(document.querySelector('.proposed')).toBeNull()
})

test('the key / leads into the search field', async () => {
  show('SearchField', 'empty')
  dispatchEvent(new CustomEvent('spinney:search', { cancelable: true }))
  await expect.element(page.getByLabelText('Search')).toHaveFocus()
})
