/** What a person is told when a call fails, by the code of the error. */

import { listOf, plural } from './plurals.ts'

export const errors = {
  locked: 'The profile is locked. Type your passphrase again.',
  'wrong-passphrase': 'That is not the passphrase.',
  'passkey-failed': 'The passkey did not work. Type your passphrase.',
  'passkey-gone': 'This passkey was removed from the profile. Type your passphrase.',
  'passkey-elsewhere': 'The passkeys of this profile are for another address than this page has. Type your passphrase.',
  'passkey-wrong':
    'This passkey gave another key than it should, so it cannot open the profile. Use your passphrase. If it was added earlier, remove it in Settings and add another.',
  'passkeys-full': 'There is no room for another passkey. Remove one first.',
  'passkey-refused':
    'Your device gave no passkey. It was cancelled, it took too long, or the passkey was deleted there. Try again, or use your passphrase.',
  'passkey-known':
    'That device or password manager has a passkey of this profile already. Use that one, or choose another place for a new one.',
  'no-prf':
    'This passkey cannot open a profile: this browser, or the device or password manager that keeps the passkey, lacks what that needs (PRF). Choose another place for the passkey, or go on with your passphrase.',
  'not-found': 'It is not here any more.',
  'already-exists': 'It is in this browser already. Go back and open it.',
  friend: 'You are friends already.',
  asked: 'You have asked them already. They have not answered yet.',
  followed: 'You follow them already.',
  blocked: 'You blocked them. Unblock them first: they are under “Blocked” on this page.',
  'invalid-id': 'This is neither an id nor an invite. Copy all of it and try again.',
  'own-id': 'This is your own id. Send it to a friend instead.',
  'mistyped-id': 'This id is mistyped: nobody can have it. Copy it again, or compare it letter by letter.',
  'broken-code': 'A part of this invite or link is missing or changed. Copy all of it again.',
  'old-code': 'This comes from an older Spinney. Ask for a new one.',
  'code-ended': 'This code is over: it was used, taken back or is too old. Show a new one on your other device.',
  'words-elsewhere':
    'Your 24 words are not here, because this device was linked or your keys were changed. They are where you wrote them down.',
  closed: 'They have changed their keys, and this is their old id. They are in your people under the new one.',
  doubted: 'Their profile names a different successor. Decide on their page first whether to go on.',
  'words-of-another': 'These are the words of another profile. Look for the paper of this one.',
  several: 'There is more than one in this. Choose one of them.',
  'invalid-name': 'This name cannot be used.',
  'needs-name': 'Give yourself a name and a passphrase first.',
  'not-agreed': 'One of them has not agreed to be shown to others. Ask them to turn it on in Settings.',
  'invalid-signature': 'What came back is not signed by them. Nothing was added.',
  unreachable: 'It cannot be reached now. Try again later.',
  'relays-only': 'It is at a relay of somebody else, and you reach contacts through your relays only. You can change that in Settings.',
  'service-known': 'There is a service of this name already. Choose another name.',
  'service-address': 'The address must begin with https:// and name a host, such as https://pins.example.org.',
  'service-unreachable':
    'It does not answer, or it does not allow pages to ask it. Check the address; not every service can be used from a page.',
  'no-service': 'What answers there is no pinning service. Check the address.',
  'service-token': 'The service does not accept this token. Copy all of it, or make a new one there.',
  'service-refused': 'The service refused, or it is busy or broken. Try again later.',
  'quota-exceeded': 'The storage of this browser is full. Free some in Settings.',
  'permission-needed': 'The browser did not allow that. Try again and allow it.',
  'file-changed': 'A file has changed on your disk since you chose it. Choose it again.',
  'engine-moved': 'Another tab has taken over. Try again.',
  'engine-stopped': 'The engine stopped and was started once more. Try again.',
  'insecure-context': 'This address is not secure: open Spinney over https.',
  unsupported: 'This browser cannot do that.',
  'not-invited':
    'This relay keeps shares only for people whom its operator invited. Send your id to the operator. It is under People, “Add a friend”, “Permanent”.',
  'storage-failed': 'The storage of this browser failed. Reload the page, then try again.',
  cancelled: 'Cancelled.',
} as Record<string, string> & Record<'blocked' | 'locked' | 'permission-needed' | 'several', string>

export const errorOf = {
  unreadable: (paths: readonly string[]) =>
    paths.length === 1
      ? `${paths[0]} cannot be read. It was changed, moved or removed since you chose it, or you may not open it.`
      : `${plural(paths.length, { one: '# file', other: '# files' })} cannot be read: ${listOf(paths)}. They were changed, moved or removed since you chose them, or you may not open them.`,
  refused: (why: string) => `That cannot be taken: ${why}.`,
}
