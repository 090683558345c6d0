/** Texts about passkeys. */

import { longDate } from '../../format.ts'

export const passkeys = {
  title: 'Desbloquear con huella o llave de acceso',
  text: 'Una llave de acceso abre este perfil en este navegador con tu huella, tu cara o el código de tu dispositivo. Tu frase de contraseña sigue sirviendo, y solo ella muestra tus palabras.',
  name: (n: number) => `Llave de acceso ${n}`,
  addedOn: (when: Date) => `Añadida el ${longDate(when)}`,
  elsewhere: (host: string) => `Solo funciona en ${host}`,
  remove: 'Quitar',
  removeNamed: (name: string) => `Quitar ${name}`,
  removed: 'Esta llave de acceso ya no abre el perfil. También puedes borrarla en tu dispositivo o en tu gestor de contraseñas.',
  oldCopy:
    'Una copia antigua de este disco, por ejemplo una copia de seguridad, se sigue abriendo con todas las llaves de acceso que tenía. Quitar una aquí no cambia eso.',
  add: 'Añadir una llave de acceso',
  synchronised:
    'Si un gestor de contraseñas o una cuenta, como la de tu teléfono, sincroniza tus llaves de acceso, quien pueda usar esa cuenta puede abrir este disco.',
  passphrase: 'Frase de contraseña, para añadir una llave de acceso',
  asks: 'Tu dispositivo pregunta tres veces: una para crear la llave de acceso y dos para probarla.',
  make: 'Crear la llave de acceso',
  follow: 'Sigue las indicaciones de tu dispositivo…',
  added: 'Se añadió la llave de acceso. Abre este perfil en esta página, además de tu frase de contraseña.',
  open: 'Usar una llave de acceso',
  key: 'Tu clave nunca sale de este navegador. Sin la frase de contraseña, una llave de acceso o tus palabras de recuperación nadie puede abrirla, ni siquiera nosotros.',
}
