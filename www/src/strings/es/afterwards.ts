/** Texts about changing a share afterwards: selecting files, its title and text, its cover and order, and its link. */

import { formatBytes, formatCount } from '../../format.ts'
import { plural } from './plurals.ts'

export const selection = {
  begin: 'Seleccionar',
  label: 'Archivos seleccionados',
  count: (n: number, bytes: number) =>
    n ? `${plural(n, { one: '# archivo', other: '# archivos' })} · ${formatBytes(bytes)}` : 'Nada seleccionado',
  all: 'Seleccionar todo',
  save: 'Guardar',
  saveOf: (n: number) => plural(n, { one: 'Guardar # archivo', other: 'Guardar # archivos' }),
  passOn: 'Reenviar',
  passOnOf: (n: number) => plural(n, { one: 'Reenviar # archivo', other: 'Reenviar # archivos' }),
  reading: 'Recibiendo los archivos…',
  tooMuch: (bytes: number) =>
    `Así se pueden reenviar como máximo ${formatBytes(bytes)}. Selecciona menos archivos o reenvía el envío completo.`,
  tooMany: 'Son demasiados para guardarlos de una vez. Selecciona menos o guarda todo.',
  passedOn: 'Los archivos ya están en un nuevo envío tuyo. Elige para quién es.',
  remove: 'Quitar',
  removeOf: (n: number) => plural(n, { one: 'Quitar # archivo', other: 'Quitar # archivos' }),
  removed: (n: number) =>
    plural(n, {
      one: 'Se quitó # archivo. Quien ya lo tiene lo conserva.',
      other: 'Se quitaron # archivos. Quien ya los tiene los conserva.',
    }),
  end: 'Terminar la selección',
}

export const rename = {
  begin: 'Cambiar el nombre',
  title: 'Título',
  note: 'Texto',
  hint: 'Todas las personas que pueden abrirlo verán el cambio.',
  needTitle: 'Escribe primero un título.',
  needShorter: (most: number) => `Como máximo ${formatCount(most)} caracteres.`,
  done: 'Se cambió el texto.',
}

export const cover = {
  use: 'Usar como portada',
  done: 'A partir de ahora, esta imagen es la portada del envío.',
}

export const orderForAll = {
  use: 'Para todos',
  hint: 'Quien abra el envío verá este orden y podrá elegir otro para sí.',
  done: 'A partir de ahora, todos ven este orden.',
}

export const text = {
  copy: 'Copiar el texto',
  open: (host: string) => `Abrir ${host}`,
}

export const panel = {
  title: 'Quién puede abrirlo',
}

export const changeLink = {
  begin: 'Cambiar final o contraseña',
  text: 'El enlace que ya tienen otras personas sigue funcionando.',
  end: 'Termina',
  ends: {
    same: 'Como ahora',
    day: 'En 1 día',
    week: 'En 1 semana',
    month: 'En 1 mes',
    never: 'Nunca',
    date: 'Después del día que elija',
  },
  lastDay: 'Último día',
  needDay: 'Elige un día que aún no haya pasado.',
  password: 'Contraseña',
  passwords: { same: 'Como ahora', none: 'Sin contraseña', other: 'Otra contraseña' },
  typed: 'Contraseña nueva',
  typedHint: 'Quien solo tenga la anterior ya no podrá abrir el enlace. Lo que haya guardado se queda.',
  needPassword: 'Escribe primero una contraseña.',
  save: 'Cambiar el enlace',
  done: 'Se cambió el enlace. A quien ya lo tiene le sigue funcionando.',
}
