/** Texts about linking one more device. */

import { formatList, plural } from './plurals.ts'

export const devices = {
  title: 'Tus dispositivos',
  text: 'Usa este perfil en tu teléfono y en tu computadora. Cada uno tiene su propia frase de contraseña.',
  here: 'este',
  unnamed: 'Un dispositivo sin nombre',
  added: (day: string) => `Desde el ${day}`,
  rename: 'Cambiar el nombre',
  renameNamed: (name: string) => `Cambiar el nombre de ${name}`,
  newName: 'Nombre nuevo',
  save: 'Guardar el nombre',
  online: 'en línea',
  lastSeen: (when: string) => `última vez: ${when}`,
  newSince: (day: string, name: string) => `Dispositivo nuevo desde el ${day}: ${name}`,
  known: 'Fui yo',
  remove: 'Quitar',
  removeNamed: (name: string) => `Quitar ${name}`,
  removeTitle: (name: string) => `¿Quitar «${name}»?`,
  removeDoes: 'Tus otros dispositivos y tus amigos dejan de mostrarlo y de darle nada, y tus relés no aceptan nada de él.',
  removeHas:
    'Tiene tu identidad y no hay manera de quitársela. Si está bloqueado, nadie puede abrirlo sin su frase de contraseña. Si está abierto, quien lo tenga puede leer lo que tus amigos comparten contigo.',
  stolen: '¿Te lo robaron? Tus 24 palabras crean claves nuevas que él no tiene:',
  newKeys: '«Después de un robo», en los ajustes',
  removeThis: 'Quitar este dispositivo',
  removed: (name: string) => `Se quitó «${name}».`,
  removedHere: 'Otro dispositivo tuyo quitó este.',
  removedHereText:
    'Lo que haces aquí no llega a nadie: ni a tus amigos, ni a ningún relé, ni a tus otros dispositivos. Para volver a usar este navegador, elimina el perfil aquí en los ajustes y vincúlalo de nuevo.',
  link: 'Vincular otro dispositivo',
  passphrase: 'Tu frase de contraseña en este dispositivo',
  showCode: 'Mostrar el código',
  warning: 'Solo para un dispositivo tuyo, aquí a tu lado. Nadie más lo necesita nunca, ni siquiera para ayudarte.',
  how: 'En tu otro dispositivo, abre esta dirección, elige «Tengo Spinney en otro dispositivo» y escanea el código.',
  address: 'Dirección',
  qr: 'El código para tu otro dispositivo, como código QR',
  asText: 'Mostrar el código como texto',
  code: 'Código',
  until: (time: string) => `El código sirve para un solo dispositivo. Hora límite: ${time}.`,
  asks: (name: string) => `«${name}» leyó el código.`,
  gives:
    'Si escribes las cuatro palabras que muestra, podrá hacer todo lo que puedes tú: leer tus envíos, escribir a tus amigos y actuar como tú.',
  words: 'Las cuatro palabras',
  give: 'Vincular este dispositivo',
  linked: (name: string) => `«${name}» está vinculado.`,
  newCode: 'Mostrar un código nuevo',
  ended: 'El código ya no sirve. Si fuiste tú, muestra uno nuevo.',
  wrong: (tries: number) =>
    tries > 0
      ? `Estas no son las palabras que muestra tu otro dispositivo. Te ${plural(tries, { one: 'queda # intento', other: 'quedan # intentos' })}.`
      : 'Estas no son las palabras que muestra tu otro dispositivo. El código ya no sirve: muestra uno nuevo.',
  needFour: (n: number) => `Tu otro dispositivo muestra cuatro palabras; aquí hay ${n}.`,
  wrongWord: (position: number, near: readonly string[]) =>
    near.length
      ? `Ningún dispositivo muestra la palabra ${position}. ¿Quisiste decir ${formatList(near, 'or')}?`
      : `Ningún dispositivo muestra la palabra ${position}. Revisa cómo está escrita.`,
}

export const join = {
  start: 'Tengo Spinney en otro dispositivo',
  title: 'Usar tu perfil también en este dispositivo',
  text: 'En tu otro dispositivo, abre Ajustes, «Vincular otro dispositivo». Después escanea el código que muestra, o pégalo.',
  code: 'El código de tu otro dispositivo',
  scan: 'Escanear el código',
  scanTitle: 'Escanea el código de tu otro dispositivo',
  scanText: 'Pon el código de tu otro dispositivo delante de la cámara.',
  scanOther: 'Este no es el código de un dispositivo. En tu otro dispositivo, abre Ajustes, «Vincular otro dispositivo».',
  needCode: 'Escanea o pega primero el código.',
  needWholeCode: 'Falta una parte de este código, o está cambiada. Cópialo de nuevo completo.',
  needReach: 'No hay conexión con tu otro dispositivo. Déjalo abierto y desbloqueado, y revisa las dos conexiones.',
  name: 'Nombre de este dispositivo',
  nameHint: 'Lo ves en la lista de tus dispositivos.',
  names: { phone: 'Mi teléfono', computer: 'Mi computadora' },
  passphrase: 'Nueva frase de contraseña para este dispositivo',
  note: 'Tus 24 palabras no vienen aquí. Siguen donde las escribiste.',
  submit: 'Continuar',
  busy: 'Conectando con tu otro dispositivo…',
  wordsTitle: 'Escribe estas cuatro palabras en tu otro dispositivo',
  wordsText: 'Demuestran que no hay otro dispositivo en medio. Deja los dos abiertos.',
  whose: (name: string) => `Este será un dispositivo de ${name}`,
  whoseUnknown: 'Este será un dispositivo de tu perfil',
  whoseText: 'Tus amigos y tus envíos vendrán aquí. Si no eres tú, di que no.',
  yes: 'Sí, soy yo',
  no: 'No',
  restoring: 'Trayendo tus amigos y tus envíos…',
}
