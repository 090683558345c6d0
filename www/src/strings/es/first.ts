/** Texts about sending first: the link before a profile has a name, and giving it one. */

import { formatBytes, formatCount } from '../../format.ts'
import { plural } from './plurals.ts'

export const first = {
  region: 'Archivos para enviar',
  drop: 'Arrastra aquí imágenes, archivos o una carpeta',
  choose: '¿Qué quieres enviar?',
  orPick: 'o elígelos aquí',
  chosen: (n: number, size: number) =>
    n ? `${plural(n, { one: '# archivo', other: '# archivos' })} · ${formatBytes(size)}` : 'Una carpeta',
  more: (n: number) => `y ${formatCount(n)} más`,
  clear: 'Empezar de nuevo',
  get: 'Obtener un enlace',
  making: 'Creando tus claves…',
  kept: 'Sin nombre ni frase de contraseña. Este navegador guarda el perfil con el que envías hasta que le pongas un nombre y una frase de contraseña; cualquiera que use este navegador puede abrirlo. Si antes se borran los datos de este sitio, se pierde.',
  cannotKeep:
    'Este navegador no puede guardar aquí un perfil sin frase de contraseña, así que no se envió nada. Crea un perfil con una y después comparte.',
  sendingTitle: 'Creando tu enlace',
  ready: 'Tu enlace está listo',
  readyText: (title: string) => `Cualquiera que lo tenga puede abrir «${title}». Está cifrado: tu relé no puede leerlo.`,
  linkOf: (title: string) => `El enlace a ${title}`,
  copy: 'Copiar enlace',
  uploading: 'Subiendo. Deja esta página abierta hasta que termine: antes, el enlace no abre nada.',
  uploaded: 'Subido. El enlace funciona también con esta página cerrada.',
  go: 'Ir a lo que compartí',
  toForm: 'Cambiar algo antes',
}

export const finish = {
  title: 'Ponte un nombre y una frase de contraseña',
  text: 'Para que tus amigos te reconozcan y puedas volver.',
  risk: 'Hasta entonces, este navegador guarda tu perfil y cualquiera que lo use puede abrirlo. Si se borran los datos de este sitio, se pierden tu perfil y tus enlaces.',
  forFriends:
    'Tus amigos ven tu nombre, así que elige primero uno. La frase de contraseña protege tu perfil de otras personas que usen este navegador.',
  open: 'Elegir nombre y frase de contraseña',
  submit: 'Guardar nombre y frase de contraseña',
  busy: 'Creando tus claves…',
  done: (name: string) => `A partir de ahora te llamas ${name}.`,
  noName: 'Aún sin nombre',
  waits: 'Enviaste algo desde aquí y aún no elegiste un nombre ni una frase de contraseña.',
  other: 'Usar otro perfil',
  otherHint: 'Lleva a la primera pantalla. Este perfil se queda allí y se abre sin frase de contraseña.',
}
