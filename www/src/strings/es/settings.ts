/** Settings: profile, passphrase, relays and storage. */

import { formatBytes } from '../../format.ts'
import { plural } from './plurals.ts'

export const settings = {
  title: 'Ajustes',
  profile: 'Perfil',
  name: 'Nombre',
  bio: 'Sobre ti',
  bioHint: 'Público para cualquiera que tenga tu id.',
  saved: 'Se guardó tu perfil.',
  security: 'Frase de contraseña y palabras',
  oldPassphrase: 'Frase de contraseña actual',
  newPassphrase: 'Nueva frase de contraseña',
  change: 'Cambiar la frase de contraseña',
  changed: 'Se cambió la frase de contraseña. Una copia de seguridad antigua de este disco se sigue abriendo con la anterior.',
  showWords: 'Mostrar mis palabras',
  leftOut: (n: number) =>
    `Tienes tantos contactos y envíos que tus palabras no recuperarían ${plural(n, { one: '# entrada', other: '# entradas' })}. Elimina lo que ya no necesites.`,
  wordsPassphrase: 'Frase de contraseña, para mostrar las palabras',
  lock: 'Bloquear',
  lockHint: 'Todo desaparece de esta página hasta que se vuelva a escribir la frase de contraseña.',
  autoLock: 'Bloquear automáticamente',
  autoLockText:
    'Tras este tiempo sin uso en este navegador. Espera mientras se lee, guarda o reproduce algo, y termina «Mantener la sesión abierta».',
  lockAfter: (minutes: number) =>
    minutes === 0
      ? 'Nunca'
      : minutes === 60
        ? 'Después de una hora'
        : plural(minutes, { one: 'Después de # minuto', other: 'Después de # minutos' }),
  remove: 'Eliminar este perfil de este navegador',
  removeText:
    'Tus claves, contactos e imágenes se borran de este navegador. Solo tus 24 palabras los recuperan, desde tu relé. Esto no se puede deshacer.',
  removeConfirm: (name: string) => `Escribe ${name} para permitirlo`,
  removeButton: 'Borrar todo aquí para siempre',
  network: 'Relés',
  networkText: 'Un relé permite que los navegadores se encuentren y guarda cifrado lo que compartes mientras tu página está cerrada.',
  noRelays: 'Esta página no tiene relé. Todo se queda en este navegador.',
  relayConnected: 'conectado',
  relayAddress: 'Su dirección',
  relayDown: 'sin conexión, reintentando',
  peers: (n: number) => plural(n, { one: '# navegador de tus amigos conectado', other: '# navegadores de tus amigos conectados' }),
  storage: 'Almacenamiento',
  used: (used: number, quota: number) => `${formatBytes(used)} de unos ${formatBytes(quota)} en uso`,
  persisted: 'Este navegador lo guarda hasta que lo borres.',
  notPersisted: 'Este navegador puede borrarlo cuando el disco se llene. Guarda bien tus palabras.',
  collect: 'Liberar espacio',
  freed: (n: number) => (n ? `Se liberaron ${formatBytes(n)}.` : 'No había nada que liberar.'),
  about: 'Acerca de Spinney',
  version: 'Versión',
  engine: 'Motor',
  leader: 'funciona en esta pestaña',
  attached: 'funciona en otra pestaña',
  install: 'Instalar como aplicación',
  installText: 'La aplicación tiene su propia ventana e icono, y otros programas pueden compartir archivos con ella.',
}
