/** Offers to install the page as an app, where the browser can. */

import { signal } from '@preact/signals'

/** Chromium's event: TypeScript does not know it, since no other browser has it. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>
}

const offered = signal<InstallPrompt | null>(null)

export const canInstall = (): boolean => offered.value !== null

export function watchInstall(): void {
  addEventListener('beforeinstallprompt', event => {
    // Not by itself: the settings have a button.
    event.preventDefault()
    offered.value = event as InstallPrompt
  })
  addEventListener('appinstalled', () => (offered.value = null))
}

/** The browser asks the person. Only a click may call it, and once. */
export async function install(): Promise<void> {
  await offered.value?.prompt()
  offered.value = null
}
