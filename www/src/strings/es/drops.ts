/** Texts about drop boxes: links with which people without a profile give files. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

export const drops = {
  title: 'Recibe archivos de cualquiera',
  text: 'Crea un enlace y dáselo a quien quieras. No hace falta perfil: se abre, se eligen los archivos y se envían. Solo tú puedes abrir lo que llega. Espera en tu relé hasta que lo mires.',
  anyone:
    'Cualquiera que tenga el enlace puede dejar archivos en este buzón, pero no ver lo que hay dentro. Dáselo a gente que conozcas y abre solo lo que esperas.',
  name: 'Cómo lo llamas',
  nameHint: 'Solo lo ves tú. Puedes dejarlo vacío.',
  size: 'Cuánto cabe',
  sizeHint: 'Tu relé reserva para él esa parte de tu espacio.',
  days: 'Por cuánto tiempo',
  dayCount: (n: number) => plural(n, { one: '# día', other: '# días' }),
  make: 'Crear un enlace',
  made: 'El enlace está listo. Cópialo o deja que lo escaneen.',
  needRoom: (left: number) =>
    left > 0
      ? `En tu relé quedan ${formatBytes(left)} de espacio. Elige un tamaño menor o elimina envíos.`
      : 'En tu relé ya no te queda espacio. Elimina envíos o cierra otro buzón.',
  needReach: 'No hay conexión con tu relé, y un buzón lo necesita: revisa tu conexión y vuelve a intentarlo.',
  yours: 'Tus buzones',
  one: (n: number) => `Buzón ${n}`,
  room: (left: number, bytes: number) => `Quedan ${formatBytes(left)} de ${formatBytes(bytes)}`,
  roomUnknown: (bytes: number) => `Caben ${formatBytes(bytes)}`,
  ends: (date: string) => `Termina el ${date}`,
  over: (date: string) => `Cerrado el ${date}`,
  field: 'Enlace de tu buzón',
  copy: 'Copiar el enlace',
  qr: 'Código QR del enlace de tu buzón',
  end: 'Cerrar este buzón',
  endText: 'Cuando tu relé lo sepa, nadie podrá enviar más. Lo que llegó se queda 30 días.',
  ended: 'El buzón está cerrado.',
  empty: 'Aún no llegó nada.',
  came: (n: number) => plural(n, { one: 'Llegó # archivo a tu buzón.', other: 'Llegaron # archivos a tu buzón.' }),
  waiting: (n: number) => plural(n, { one: '# archivo espera en tu buzón', other: '# archivos esperan en tu buzón' }),
  look: 'Ver el buzón',
  from: 'Alguien con tu enlace',
  says: (message: string) => `Dice: «${message}»`,
  what: (n: number, size: number, when: string) =>
    `${plural(n, { one: '# archivo', other: '# archivos' })} · ${formatBytes(size)} · ${when}`,
  show: 'Mostrar qué es',
  showing: 'Cargando la lista…',
  more: (n: number) => plural(n, { one: 'y # archivo más', other: 'y # archivos más' }),
  accept: 'Conservar',
  accepting: 'Copiándolo a un envío tuyo…',
  accepted: (title: string) => `«${title}» está entre tus envíos. Solo tú puedes abrirlo.`,
  decline: 'Tirar',
  declined: 'Se tiró.',
  shareTitle: (message: string | undefined, date: string) => (message ? `Del buzón: ${message}` : `Del buzón, ${date}`),
}

export const drop = {
  ask: '¿Enviar archivos a alguien?',
  askText: 'En este navegador se abrió un enlace con el que puedes enviar archivos a alguien. No necesitas perfil para eso.',
  askHosts: (hosts: readonly string[]) => `Para enviar, Spinney se conecta con ${formatList(hosts)}. Allí se ve tu dirección de red.`,
  agree: 'Continuar',
  own: 'Este es el enlace de tu propio buzón. Dáselo a quien quiera enviarte archivos.',
  toBoxes: 'Tus buzones',
  opening: 'Buscando de quién es el buzón…',
  to: (name: string) => `Enviar archivos a ${name}`,
  text: (name: string) => `Tus archivos se cifran en este navegador y solo ${name} puede abrirlos. ${name} decide si los conserva.`,
  left: (left: number, until: string) => `Caben ${formatBytes(left)}, hasta el ${until}.`,
  here: 'Elige archivos o arrástralos a esta página.',
  chosen: (n: number, size: number) => `${plural(n, { one: '# archivo', other: '# archivos' })}, ${formatBytes(size)}`,
  remove: (path: string) => `No incluir ${path}`,
  others: (n: number) => plural(n, { one: 'y # más', other: 'y # más' }),
  message: 'Tu nombre o unas palabras',
  send: 'Enviar',
  progress: 'Enviando',
  done: (done: number, total: number) => `${formatBytes(done)} de ${formatBytes(total)}`,
  waits: 'No hay conexión con el relé. El envío sigue solo cuando vuelva: deja esta página abierta.',
  telling: (name: string) => `Todo está en el relé. Avisando a ${name}…`,
  stay: 'Deja esta página abierta hasta que se envíe todo.',
  stopped: 'Se detuvo el envío. No se guarda nada de él.',
  sent: 'Enviado. Puedes cerrar esta página.',
  sentText: (name: string) => `Tus archivos esperan a ${name} en el relé.`,
  again: 'Enviar más',
  needFiles: 'Elige primero al menos un archivo.',
  refusedNames: (paths: readonly string[]) =>
    `Estos archivos no se pueden enviar por sus nombres: ${formatList(paths)}. Cámbiales el nombre y vuelve a elegirlos.`,
  needRoom: (left: number) =>
    left > 0
      ? `Esto no cabe: quedan ${formatBytes(left)}. Envía menos archivos o pide un buzón más grande.`
      : 'Este buzón está lleno. Pide uno nuevo a quien te envió el enlace.',
  errors: {
    'drop-closed': 'Este buzón está cerrado. Pide uno nuevo a quien te envió el enlace.',
    'old-code': 'Este enlace viene de un Spinney más antiguo. Pide uno nuevo.',
    'broken-code': 'Este enlace no está completo. Cópialo entero y vuelve a abrirlo.',
    'invalid-id': 'Este enlace viene de un Spinney más nuevo. Recarga la página o pide un enlace nuevo.',
    unreachable: 'No hay conexión con el relé de este buzón. Revisa tu conexión o inténtalo más tarde.',
    'relays-only':
      'Este buzón está en un relé ajeno y tú solo te conectas a los tuyos. Cámbialo en Ajustes o abre el enlace en una ventana privada.',
  } as Record<string, string>,
}
