// Chromium's virtual authenticator: makes passkeys and answers for them, as a finger on a sensor does.

/** What a device with a fingerprint sensor can do. */
const DEVICE = {
  protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
  hasPrf: true, isUserVerified: true, automaticPresenceSimulation: true,
}

export class Authenticator {
  /** Gives one to a page. It keeps its passkeys while the page is open, also over a reload. */
  static async of(page, options = {}) {
    const authenticator = new Authenticator()
    authenticator.debug = await page.context().newCDPSession(page)
    await authenticator.debug.send('WebAuthn.enable')
    const { authenticatorId } = await authenticator.debug.send('WebAuthn.addVirtualAuthenticator', { options: { ...DEVICE, ...options } })
    authenticator.id = authenticatorId
    return authenticator
  }

  async passkeys() {
    const { credentials } = await this.send('getCredentials')
    return credentials
  }

  /** Deletes every passkey, as a person does in the settings of a device. */
  deleteAll() {
    return this.send('clearCredentials')
  }

  /** Whether the finger on the sensor is the right one. */
  knowsTheFinger(isUserVerified) {
    return this.send('setUserVerified', { isUserVerified })
  }

  send(command, more = {}) {
    return this.debug.send(`WebAuthn.${command}`, { authenticatorId: this.id, ...more })
  }
}
