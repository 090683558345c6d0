/** Texts about pinning services. */

import { plural } from './plurals.ts'

export const services = {
  title: 'Servicios de pinning',
  text: 'Un servicio que pagas o que llevas tú puede conservar lo que compartes, además de tu relé. Lo toma cifrado de tu relé y sabe qué bloques son tuyos. Lo que compartes con todo el mundo lo puede leer, como todo el mundo.',
  name: 'Cómo lo llamas',
  address: 'Dirección',
  addressHint: 'La de su IPFS Pinning Service API, por ejemplo https://pins.example.org',
  token: 'Token',
  tokenHint: 'Te lo da el servicio. Solo se envía a ese servicio.',
  needName: 'Escribe cómo lo llamas.',
  needToken: 'Pega su token.',
  add: 'Añadir',
  added: (name: string) => `Se pide a ${name} que conserve lo que compartes.`,
  remove: (name: string) => `Quitar ${name}`,
  removed: (name: string) => `Ya no se pide nada a ${name}. Lo que conserva se queda allí.`,
  holds: (n: number) => plural(n, { one: 'Conserva # envío.', other: 'Conserva # envíos.' }),
  waiting: (n: number) => plural(n, { one: '# envío está en camino.', other: '# envíos están en camino.' }),
  failed: (n: number) => plural(n, { one: 'Renunció a # envío.', other: 'Renunció a # envíos.' }),
  checked: (when: string) => `Última respuesta: ${when}.`,
  notYet: 'Todavía no se le ha pedido nada.',
  said: (what: string) => `Dice: «${what}»`,
  trouble: {
    unreachable: 'No responde, o no permite que las páginas le pregunten. Spinney lo vuelve a intentar.',
    strange: 'Lo que responde ahí no es un servicio de pinning. Comprueba la dirección, quítalo y añádelo de nuevo.',
    token: 'Ya no acepta el token. Quítalo aquí y añádelo con un token nuevo.',
    full: 'No tiene más espacio para ti.',
    busy: 'Está saturado. Spinney lo vuelve a intentar.',
    refused: 'Rechazó lo que se le pidió.',
    failing: 'Ahora está averiado. Spinney lo vuelve a intentar.',
  },
}
