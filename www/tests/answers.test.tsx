import { expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { show } from './show'

test('a comment is written, answered to and counted in characters and in bytes', async () => {
  show('Answers', 'as its reader')
  const field = page.getByRole('textbox')
  const send = page.getByRole('button', { name: 'Send', exact: true })
  await send.click()
  await expect.element(page.getByRole('alert')).toHaveTextContent('Write something first.')
  await userEvent.fill(field, 'a'.repeat(950))
  await expect.element(field).toHaveAccessibleDescription('50 characters left')
  await userEvent.fill(field, 'ä'.repeat(1_001))
  await expect.element(field).toHaveAccessibleDescription(/too long by 1 character\./)
  // Trees take four bytes each, and fewer of them fit.
  await userEvent.fill(field, '\u{1f333}'.repeat(790))
  await expect.element(field).toHaveAccessibleDescription('10 characters left')
  await userEvent.fill(field, '\u{1f333}'.repeat(802))
  await expect.element(field).toHaveAccessibleDescription(/too long by 2 characters\./)
  await userEvent.fill(field, 'Yes, it is.')
  await send.click()
  await expect.element(page.getByText('Yes, it is.', { exact: true })).toBeVisible()
  await expect.element(field).toHaveValue('')
  await page.getByRole('button', { name: 'Reply to Ben' }).click()
  await expect.element(page.getByLabelText('Your reply to Ben')).toHaveFocus()
})

test('a heart is given and taken back by one press each', async () => {
  show('Answers', 'none')
  const heart = page.getByRole('button', { name: 'Give a heart' })
  await heart.click()
  await expect.element(heart).toHaveAttribute('aria-pressed', 'true')
  await expect.element(page.getByText('Hearts from you')).toBeVisible()
  await heart.click()
  await expect.element(heart).toHaveAttribute('aria-pressed', 'false')
})
