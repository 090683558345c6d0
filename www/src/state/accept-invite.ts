/** Accepts the invite that led somebody here, as soon as they have a profile. */

import type { Pasted } from '../contract'
import { wordsFor } from '../errors'
import { forgetOpened, href, replaceRoute, route } from '../route'
import { additionText, putContact } from './contacts'
import { api } from './engine'
import { notify } from './notices'

/** Whether an invite adds its first user without a question. */
export const isSure = ({ personal, ended }: Pasted): boolean => personal && !ended

/** The code of the invite that was opened, if it makes friends at once. */
async function openedInvite(): Promise<string | undefined> {
  const { value } = route
  const code = value.view === 'people' ? value.add : undefined
  if (code === undefined) return undefined
  const [one, ...others] = await api().contacts.read(code)
  return one && !others.length && isSure(one) && !one.own && one.state === undefined ? code : undefined
}

/** Makes the profile, and then the friend. If that fails, the invite is still open, with what to do. */
export async function withOpenedInvite(makeProfile: () => Promise<void>): Promise<void> {
  const code = await openedInvite().catch(() => undefined)
  await makeProfile()
  if (code === undefined) return
  // Files that waited for the profile may be on the screen now.
  if (route.value.view === 'people') replaceRoute(href.home)
  void accept(code)
}

async function accept(code: string): Promise<void> {
  try {
    const contact = await api().contacts.add(code)
    putContact(contact)
    forgetOpened()
    notify(additionText(contact))
  } catch (error) {
    if (route.value.view === 'home') replaceRoute(href.add(code))
    notify(wordsFor(error), 'bad')
  }
}
