/** Textos sobre cómo liberar espacio en este navegador. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

const shares = (n: number) => plural(n, { one: '# envío', many: '# de envíos', other: '# envíos' })

export const freeing = {
  title: 'Liberar espacio en este navegador',
  text: 'Los archivos que compartiste ocupan espacio en este navegador. Pueden irse de aquí cuando dos lugares, al menos uno de ellos un amigo, hayan mostrado que pueden entregarlo todo. Los nombres y las imágenes pequeñas se quedan aquí, y los archivos se abren desde allí.',
  parts: (mine: number, friends: number, free: number) =>
    `Tuyo: ${formatBytes(mine)}. Conservado para amigos: ${formatBytes(friends)}. Libre: ${formatBytes(free)}.`,
  can: (n: number, bytes: number) => `Se puede ir: ${shares(n)}, ${formatBytes(bytes)}.`,
  nothing: 'Ahora no se puede ir nada.',
  why: (n: number, bytes: number, reason: string) => `${shares(n)}, ${formatBytes(bytes)}: ${reason}`,
  reasons: {
    unfinished: 'todavía en camino a un relé.',
    public: 'para todo el mundo; los amigos no tienen que conservarlo.',
    elsewhere: 'en otro dispositivo.',
    folder: 'va al paso de una carpeta de este dispositivo.',
    wanted: 'está llegando.',
    asked: 'otro dispositivo tuyo lo está leyendo.',
    'no-friend': 'ningún amigo lo conserva todo.',
    'one-place': 'solo un lugar lo tiene todo.',
  },
  begun: 'Algunos lugares todavía tienen que mostrar que lo tienen todo. Esto sigue solo.',
  gone: (places: readonly string[]) => `Sus archivos ya no están en este navegador. Se abren desde: ${formatList(places)}.`,
  asked: (proven: number, blocks: number) =>
    blocks
      ? `Sale de este navegador cuando dos lugares hayan mostrado que lo tienen todo: ${Math.floor((proven / blocks) * 100)} %.`
      : 'Sale de este navegador cuando dos lugares hayan mostrado que lo tienen todo.',
  returns: 'Vuelve a este navegador, porque muy pocos lugares lo tienen todo o porque algo cambió.',
}
