// Hearts and comments on a share: everybody who has it sees them.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

const section = ({ page }) => page.getByRole('region', { name: 'Answers' })
const heart = person => section(person).getByRole('button', { name: 'Give a heart' })
const comments = person => section(person).getByRole('listitem')

async function say(person, words) {
  await section(person).getByRole('textbox').fill(words)
  await section(person).getByRole('button', { name: 'Send', exact: true }).click()
  await comments(person).filter({ hasText: words }).waitFor()
}

here.test('a heart and a comment show to all who have the share, until they are hidden or taken back', async () => {
  const [anna, ben, cleo] = await here.friends('Anna', 'Ben', 'Cleo')
  await anna.share({ title: 'Lake', files: [file('a.txt', 'of the lake')], to: ['Ben', 'Cleo'] })
  for (const person of [anna, ben, cleo]) await person.openShare('Lake')
  await heart(ben).click()
  await until(() => heart(ben).getAttribute('aria-pressed'), 'true')
  for (const person of [anna, cleo]) await section(person).getByText('Hearts from Ben').waitFor()
  await say(cleo, 'What a day!')
  for (const person of [anna, ben]) await comments(person).filter({ hasText: 'What a day!' }).getByText('Cleo').waitFor()

  await section(anna).getByRole('button', { name: 'Reply to Cleo' }).click()
  await say(anna, 'It was.')
  await comments(ben).filter({ hasText: 'To Cleo: “What a day!”' }).getByText('It was.').waitFor()

  // Ben looks at something else, and hears of the next one.
  await ben.go('settings')
  await say(cleo, 'Again soon?')
  await ben.page.getByText('Cleo answered.').waitFor()
  await ben.page.getByRole('link', { name: 'Look' }).click()
  await comments(ben).filter({ hasText: 'Again soon?' }).waitFor()

  // Hiding waits for Undo.
  const hide = section(anna).getByRole('button', { name: 'Hide what Cleo wrote' }).first()
  await hide.click()
  await until(() => comments(anna).count(), 2)
  await anna.page.getByRole('button', { name: 'Undo' }).click()
  await until(() => comments(anna).count(), 3)
  await hide.click()
  await anna.page.getByRole('button', { name: 'Close' }).click()
  await comments(anna).filter({ hasText: 'Hidden: only you see it.' }).waitFor()
  await until(() => comments(ben).filter({ hasText: /^.*Cleo.*What a day!/s }).count(), 0)

  await section(cleo).getByRole('button', { name: 'Take back “Again soon?”' }).click()
  await cleo.page.getByRole('button', { name: 'Close' }).click()
  await until(() => comments(ben).filter({ hasText: 'Again soon?' }).count(), 0)
})

here.test('what is too long or empty is refused, and answers can be switched off', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await anna.compose({ title: 'Papers', files: [file('a.txt', 'a')], to: ['Ben'] })
  await anna.options()
  await anna.page.getByLabel('Friends can answer').uncheck()
  await anna.sendOff('Papers')
  await ben.openShare('Papers')
  assert.equal(await section(ben).count(), 0)
  await anna.openShare('Papers')
  // Who has it stands beside the files where there is room, and else is folded.
  const folded = anna.page.locator('details.share-panel:not([open]) > summary')
  if (await folded.count()) await folded.click()
  await anna.page.getByLabel('Friends can answer').click()
  await section(ben).waitFor()
  const send = section(ben).getByRole('button', { name: 'Send', exact: true })
  await send.click()
  await section(ben).getByRole('alert').getByText('Write something first.').waitFor()
  await section(ben).getByRole('textbox').fill('a'.repeat(1_001))
  await send.click()
  await section(ben).getByRole('alert').getByText('This is too long by 1 character.').waitFor()
  // Of those that take four bytes each, fewer fit.
  await section(ben).getByRole('textbox').fill('\u{1f333}'.repeat(801))
  await send.click()
  await section(ben).getByRole('alert').getByText('This is too long by 1 character.').waitFor()
  await say(ben, '\u{1f333}'.repeat(800))
  await comments(anna).filter({ hasText: '\u{1f333}'.repeat(800) }).waitFor()
  await say(ben, 'Thanks')
  await comments(anna).filter({ hasText: 'Thanks' }).waitFor()
  await anna.page.getByLabel('Friends can answer').click()
  await section(ben).getByText('Answers are switched off.').waitFor()
  assert.equal(await section(ben).getByRole('textbox').count(), 0)
})
