// Asks WebAuthn for passkeys, which only a window can do. What a passkey gives goes to the engine at once, and its copy
// here is wiped. What it is for stands in FORMAT.md, "Keystore".

import { type Detail, FAULTS, type NewPasskey, type Passkey, type PasskeyOffer } from '../generated'
import { SpinneyError } from './error'

/** The bytes that WebAuthn's PRF gives. */
const PRF_BYTES = 32

/** COSE algorithms. Each authenticator has one of them; nobody looks at a signature. */
const ES256 = -7
const RS256 = -257

/** What the PRF of a passkey gave; its taker wipes it. */
export interface Opened {
  id: string
  prf: Uint8Array<ArrayBuffer>
}

/** Makes a passkey of this host, and resolves once two assertions in a row gave the same. */
export async function makePasskey({ user, name, salt, known }: PasskeyOffer): Promise<{ made: NewPasskey; prf: Opened['prf'] }> {
  await mustHavePrf()
  const made = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { id: location.hostname, name: 'Spinney' },
        user: { id: bytesOf(user), name, displayName: name },
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        pubKeyCredParams: [ES256, RS256].map(alg => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        excludeCredentials: known.map(descriptor),
        extensions: { prf: { eval: { first: bytesOf(salt) } } },
      },
    }),
  )
  try {
    const { prf } = made.getClientExtensionResults()
    wipe(prf?.results?.first)
    if (!prf?.enabled) throw noPrf()
    const first = await openPasskey([{ id: made.id, salt }])
    const second = await openPasskey([{ id: made.id, salt }])
    const same = first.prf.every((byte, i) => byte === second.prf[i])
    wipe(second.prf)
    if (!same) {
      wipe(first.prf)
      throw failed('passkey-wrong', 'this passkey gave two different keys')
    }
    return { made: { id: made.id, host: location.hostname, salt }, prf: first.prf }
  } catch (error) {
    forgetPasskey(made.id)
    throw error
  }
}

/** Has the person choose one of these passkeys, and resolves to what its PRF gives. */
export async function openPasskey(passkeys: readonly Pick<Passkey, 'id' | 'salt'>[], signal?: AbortSignal): Promise<Opened> {
  await mustHavePrf()
  const opened = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        rpId: location.hostname,
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        allowCredentials: passkeys.map(({ id }) => descriptor(id)),
        userVerification: 'required',
        extensions: { prf: { evalByCredential: Object.fromEntries(passkeys.map(({ id, salt }) => [id, { first: bytesOf(salt) }])) } },
      },
      ...(signal && { signal }),
    }),
  )
  const first = opened.getClientExtensionResults().prf?.results?.first
  if (first?.byteLength !== PRF_BYTES) throw noPrf()
  return { id: opened.id, prf: viewOf(first) }
}

/** The passkeys that this page can use, of those of a profile. */
export function passkeysHere(passkeys: readonly Passkey[]): readonly Passkey[] {
  const here = passkeys.filter(({ host }) => host === location.hostname)
  if (here.length > 0) return here
  if (passkeys.length > 0) throw failed('passkey-elsewhere', 'the passkeys of this profile are for another address')
  throw failed('passkey-gone', 'this profile has no passkey')
}

/** Tells what keeps the passkeys that nothing opens with this one any more. Few listen yet. */
export function forgetPasskey(id: string): void {
  if (typeof PublicKeyCredential === 'undefined') return
  PublicKeyCredential.signalUnknownCredential?.({ rpId: location.hostname, credentialId: id }).catch(() => {})
}

export function wipe(bytes: BufferSource | undefined): void {
  if (bytes) viewOf(bytes).fill(0)
}

/** Refuses before a passkey is made that could open nothing. Older browsers do not say what they can do. */
async function mustHavePrf(): Promise<void> {
  if (typeof PublicKeyCredential === 'undefined') throw noPrf()
  const can = await PublicKeyCredential.getClientCapabilities?.()
  if (can?.['extension:prf'] === false) throw noPrf()
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await ask()
    if (credential instanceof PublicKeyCredential) return credential
  } catch (error) {
    throw explained(error)
  }
  throw refused()
}

/** WebAuthn does not tell whether the person cancelled, or the passkey is not there any more. */
function explained(error: unknown): unknown {
  switch (error instanceof DOMException ? error.name : undefined) {
    case 'NotAllowedError':
      return refused()
    case 'InvalidStateError':
      return failed('passkey-known', 'there is a passkey of this profile already')
    // No authenticator that can check who is there; a host without a name, such as 127.0.0.1.
    case 'ConstraintError':
    case 'NotSupportedError':
    case 'SecurityError':
      return noPrf()
    default:
      return error
  }
}

const refused = () => failed('passkey-refused', 'the browser gave no passkey: it was cancelled, or the passkey was deleted')
const noPrf = () => failed('no-prf', 'this browser, or what keeps the passkey, gives no key with it')
const failed = (detail: Detail, message: string) => new SpinneyError('passkey-failed', FAULTS['passkey-failed'], message, detail)

const descriptor = (id: string): PublicKeyCredentialDescriptor => ({ type: 'public-key', id: bytesOf(id) })

const viewOf = (bytes: BufferSource): Uint8Array<ArrayBuffer> =>
  ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes)

/** The bytes of a text in base64url. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, character => character.charCodeAt(0))
}
