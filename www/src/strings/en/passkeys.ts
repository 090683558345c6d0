/** Texts about passkeys. */

import { longDate } from '../../format.ts'

export const passkeys = {
  title: 'Unlock with a fingerprint or a passkey',
  text: 'A passkey opens this profile in this browser with your fingerprint, your face or the code of your device. Your passphrase goes on working, and only the passphrase shows your words.',
  name: (n: number) => `Passkey ${n}`,
  addedOn: (when: Date) => `Added on ${longDate(when)}`,
  elsewhere: (host: string) => `Works only at ${host}`,
  remove: 'Remove',
  removeNamed: (name: string) => `Remove ${name}`,
  removed: 'This passkey does not open the profile any more. You can delete it on your device or in your password manager too.',
  oldCopy:
    'An old copy of this disk, for example a backup, still opens with every passkey that it had. Removing one here does not change that.',
  add: 'Add a passkey',
  synchronised:
    'If a password manager or an account, such as that of your phone, synchronises your passkeys, this disk opens to anyone who can use that account.',
  passphrase: 'Passphrase, to add a passkey',
  asks: 'Your device asks three times: once to make the passkey, and twice to try it.',
  make: 'Make the passkey',
  follow: 'Follow your device…',
  added: 'The passkey is added. It opens this profile on this page, beside your passphrase.',
  open: 'Unlock with a passkey',
  key: 'Your key never leaves this browser. Without the passphrase, a passkey or your recovery words nobody can open it, not even us.',
}
