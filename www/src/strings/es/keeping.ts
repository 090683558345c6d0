/** Texts about what friends keep for each other. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

export const keeping = {
  title: (name: string) => `Espacio para ${name}`,
  text: (name: string) =>
    `Este navegador puede conservar lo que comparte ${name}, para que esté disponible cuando ${name} no está y ningún relé lo tiene. Está cifrado: no puedes leer ni comprobar lo que contiene.`,
  room: (name: string) => `Cuánto espacio recibe ${name}`,
  none: 'Ninguno',
  bytes: (n: number) => formatBytes(n),
  left: (limit: number) => `Tus amigos pueden tener en total ${formatBytes(limit)} de este navegador.`,
  noLimit: 'Este navegador puede borrar lo que hay aquí cuando el disco está lleno, así que no puede conservar nada para otros.',
  named: (name: string) => `${name} puede decir a sus amigos que se conserva aquí`,
  namedHint: 'Entonces pueden abrirlo desde este navegador y ver que lo conservas.',
  public: 'También lo que se comparte con todo el mundo',
  metered: 'También con datos móviles',
  meteredHint: 'Si no, llega cuando este dispositivo usa otra conexión, por ejemplo wifi.',
  given: (used: number, bytes: number) => `${formatBytes(used)} de ${formatBytes(bytes)} en uso`,
  shares: (whole: number, missing: number) =>
    missing
      ? `${plural(whole, { one: '# envío conservado', other: '# envíos conservados' })}; ${plural(missing, { one: '# envío no está', other: '# envíos no están' })} aquí todavía.`
      : `${plural(whole, { one: '# envío conservado', other: '# envíos conservados' })}.`,
  ends: (date: string) => `Has retirado este espacio. Lo que se conserva se queda hasta el ${date}.`,
  letGo: 'Soltar ahora',
  letGoHint: (name: string) => `Borra enseguida todo lo que conservas para ${name}.`,
  released: (name: string) => `Aquí ya no se conserva nada de ${name}.`,
  theirs: (name: string, bytes: number) => `${name} te da ${formatBytes(bytes)}.`,
  theyKeep: (name: string, shares: number, used: number, when: string) =>
    `${name} conserva completos ${plural(shares, { one: '# envío tuyo', other: '# envíos tuyos' })}: ${formatBytes(used)}, según dijo ${name} ${when}.`,
  notYet: (name: string) => `${name} aún no ha dicho que conserve algo tuyo.`,
  full: (name: string) => `No cabe todo. Pide más espacio a ${name}.`,
  notChosen: (name: string) =>
    `Todavía no se usa. Compara las seis palabras con ${name}, o espera a que se conozcan aquí desde hace 30 días. Como máximo dos amigos conservan tus envíos.`,
  alsoAt: (name: string, names: readonly string[]) => `Lo que comparte ${name} también lo conservan: ${formatList(names)}.`,
  keptBy: (friends: readonly string[], relays: readonly string[]) => {
    const places = [...friends, ...relays]
    return `Lo ${places.length > 1 ? 'conservan' : 'conserva'}: ${formatList(places)}.`
  },
  checked: (place: string, when: string) => `${place} (comprobado ${when})`,
  lacks: (places: readonly string[]) =>
    `No todo se pudo entregar cuando este navegador preguntó: ${formatList(places)}. Conserva la copia de este navegador.`,
  proven: (name: string, when: string) => `${name} pudo entregarlo cuando este navegador preguntó, ${when}.`,
  fails: (name: string, when: string) =>
    `${name} no pudo entregar todo cuando este navegador preguntó, ${when}. Lo que conserva ${name} no cuenta hasta que vuelva a funcionar.`,
  forFriends: (used: number, given: number) => `En uso: ${formatBytes(used)} de los ${formatBytes(given)} que tienen aquí tus amigos.`,
  back: {
    title: 'Volver',
    text: 'Comprueba de antemano si tus 24 palabras te traerían de vuelta si perdieras este navegador. Con ello no cambia nada.',
    button: 'Probar a volver',
    trying: 'Probando. Puede tardar un minuto.',
    from: (places: readonly string[]) => `Podrías volver desde: ${formatList(places)}.`,
    unreachable: (place: string) => `${place} no respondió. Inténtalo más tarde.`,
    unknown: (place: string) => `${place} todavía no tiene nada tuyo. Deja esta página abierta un rato e inténtalo de nuevo.`,
    incomplete: (place: string) => `A ${place} le falta algo. Deja esta página abierta hasta que vuelva a estar allí e inténtalo de nuevo.`,
    unreadable: (place: string) => `Lo que tiene ${place} no se puede leer. Avisa a quien lo administra y conserva este navegador.`,
    older: (place: string, when: string) =>
      `${place} te traería de vuelta tal como estabas: ${when}. Deja esta página abierta hasta que tenga lo nuevo e inténtalo de nuevo.`,
    lacking: (place: string) =>
      `A lo que tiene ${place} le faltan personas, ajustes o envíos que hay aquí. Deja esta página abierta hasta que se unan e inténtalo de nuevo.`,
  },
}
