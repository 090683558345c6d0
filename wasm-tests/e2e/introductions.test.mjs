// Friends show whom they know, among those who agreed, and introduce two of them to each other.
import assert from 'node:assert/strict'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

const suggestions = ({ page }) => page.getByRole('region', { name: 'Your friends know' })
const requests = ({ page }) => page.getByRole('region', { name: 'Friend requests' })

/** Anna, whose friends Ben and Cleo do not know each other. */
async function three() {
  const [anna, ben, cleo] = [await here.person('Anna'), await here.person('Ben'), await here.person('Cleo')]
  await here.befriend(anna, ben)
  await here.befriend(anna, cleo)
  return { anna, ben, cleo }
}

async function agrees(person, to) {
  await person.go('settings')
  await person.page.getByLabel('Friends may show me to their friends').click()
  await person.hears('Friends may show you to their friends.')
  await to.visit(person.name)
  await to.page.getByText(`${person.name} may be shown to your other friends.`).waitFor()
}

here.test('who agreed is suggested to whom a friend chose, and can be put aside, added, or hidden again', async () => {
  const { anna, ben, cleo } = await three()
  await anna.visit('Ben')
  await anna.page.getByLabel('Show Ben my contacts').click()
  await anna.hears('Ben sees your contacts who agreed.')
  await ben.go('people')
  assert.equal(await suggestions(ben).count(), 0, 'Cleo did not agree yet')
  await agrees(cleo, anna)
  await ben.go('people')
  await suggestions(ben).getByText('through Anna').waitFor()

  // Put aside, with Undo, and then for good.
  await suggestions(ben).getByRole('button', { name: 'Not now: Cleo' }).click()
  await until(() => suggestions(ben).count(), 0)
  await ben.page.getByRole('button', { name: 'Undo' }).click()
  await suggestions(ben).getByText('Cleo').waitFor()
  await suggestions(ben).getByRole('button', { name: 'Not now: Cleo' }).click()
  await ben.page.getByRole('button', { name: 'Close' }).click()
  await until(() => ben.api(async ({ spinney }) => (await spinney.contacts.suggestions()).length), 0)
  await ben.api(async ({ spinney, id }) => spinney.contacts.undoDismiss(id), { id: await cleo.id() })
  await ben.go('people')

  await suggestions(ben).getByRole('button', { name: 'Add Cleo' }).click()
  await until(() => suggestions(ben).count(), 0)
  await cleo.go('people')
  await requests(cleo).getByRole('button', { name: 'Accept Ben' }).click()
  await cleo.hears('Ben is added.')

  await anna.visit('Ben')
  await anna.page.getByLabel('Show Ben my contacts').click()
  await anna.hears('Ben no longer sees your contacts.')
})

here.test('two friends who are introduced are asked, and become friends', async () => {
  const { anna, ben, cleo } = await three()
  await anna.visit('Ben')
  const introduce = anna.page.getByRole('button', { name: 'Introduce… Ben' })
  const dialog = anna.page.getByRole('dialog', { name: 'Introduce Ben to…' })
  await introduce.click()
  await dialog.getByText('Ben has not agreed to be shown to others.').waitFor()
  await dialog.locator('header').getByRole('button', { name: 'Close' }).click()
  await agrees(ben, anna)
  await agrees(cleo, anna)

  await anna.visit('Ben')
  await introduce.click()
  await dialog.getByRole('button', { name: 'Introduce', exact: true }).click()
  await dialog.getByText('Choose somebody first.').waitFor()
  await dialog.getByRole('radio', { name: 'Cleo' }).check({ force: true })
  await dialog.getByLabel('A few words for both (optional)').fill('a'.repeat(501))
  await dialog.getByRole('button', { name: 'Introduce', exact: true }).click()
  await dialog.getByText('Write at most 500 characters.').waitFor()
  await dialog.getByLabel('A few words for both (optional)').fill('You both climb')
  await dialog.getByRole('button', { name: 'Introduce', exact: true }).click()
  await anna.hears('Ben and Cleo are introduced. Each decides.')

  for (const person of [ben, cleo]) await person.go('people')
  await requests(ben).getByText('Anna introduces you to Cleo.').waitFor()
  await requests(ben).getByText('You both climb').waitFor()
  await requests(cleo).getByRole('button', { name: 'Add Ben', exact: true }).click()
  await requests(ben).getByText('Anna introduces you to Cleo. Cleo accepted.').waitFor()
  await requests(ben).getByRole('button', { name: 'Accept Cleo' }).click()
  await ben.hears('Cleo is added.')
  await cleo.hears('Ben is added.')
  await until(() => requests(ben).count(), 0)
})
