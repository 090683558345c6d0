/** The port of STUN (RFC 8489), on which relays answer unless a page's `stun` says otherwise. */
const PORT = 3478

/** The hosts of relays, each as a STUN server; none of those on this machine, where nobody needs to learn an address. */
export function stunOf(relays: readonly string[]): string[] {
  const hosts = relays.map(relay => {
    const [, kind, host] = relay.split('/')
    return kind === 'ip6' ? `[${host}]` : host
  })
  const away = hosts.filter(host => host && host !== 'localhost' && host !== '[::1]' && !host.startsWith('127.'))
  return [...new Set(away)].map(host => `stun:${host}:${PORT}`).filter(isStun)
}

/** Whether it names a server as RFC 7064 has it. */
export const isStun = (server: string): boolean => /^stuns?:(\[[0-9a-f:.]+\]|[\w.~%-]+)(:\d{1,5})?$/i.test(server)
