/** What a person is told when a call fails, by the code of the error. */

import type { Strings } from '../../strings.ts'
import { listOf, plural } from './plurals.ts'

export const errors = {
  locked: 'El perfil está bloqueado. Vuelve a escribir tu frase de contraseña.',
  'wrong-passphrase': 'Esa no es la frase de contraseña.',
  'passkey-failed': 'La llave de acceso no funcionó. Escribe tu frase de contraseña.',
  'passkey-gone': 'Esta llave de acceso se quitó del perfil. Escribe tu frase de contraseña.',
  'passkey-elsewhere': 'Las llaves de acceso de este perfil son para otra dirección que la de esta página. Escribe tu frase de contraseña.',
  'passkey-wrong':
    'Esta llave de acceso dio una clave distinta de la que debía, así que no puede abrir el perfil. Usa tu frase de contraseña. Si se añadió hace tiempo, quítala en Ajustes y añade otra.',
  'passkeys-full': 'No hay espacio para otra llave de acceso. Quita una primero.',
  'passkey-refused':
    'Tu dispositivo no dio ninguna llave de acceso. Se canceló, tardó demasiado o la llave se borró allí. Vuelve a intentarlo o usa tu frase de contraseña.',
  'passkey-known':
    'Ese dispositivo o gestor de contraseñas ya tiene una llave de acceso de este perfil. Usa esa, o elige otro lugar para una nueva.',
  'no-prf':
    'Esta llave de acceso no puede abrir un perfil: a este navegador, o al dispositivo o gestor de contraseñas que la guarda, le falta lo necesario (PRF). Elige otro lugar para la llave de acceso o sigue con tu frase de contraseña.',
  'not-found': 'Ya no está aquí.',
  'already-exists': 'Ya está en este navegador. Vuelve atrás y ábrelo.',
  friend: 'Ya son contactos.',
  asked: 'Ya enviaste una solicitud. Todavía no hay respuesta.',
  followed: 'Ya sigues este perfil.',
  blocked: 'Bloqueaste este perfil. Desbloquéalo primero: está en «Bloqueados», en esta página.',
  'invalid-id': 'Esto no es un id ni una invitación. Cópialo entero y vuelve a intentarlo.',
  'own-id': 'Este es tu propio id. Envíaselo a alguien.',
  'mistyped-id': 'Este id está mal escrito: nadie puede tenerlo. Cópialo de nuevo o compáralo letra por letra.',
  'broken-code': 'Falta una parte de esta invitación o de este enlace, o está cambiada. Cópialo de nuevo entero.',
  'old-code': 'Esto viene de un Spinney más antiguo. Pide que te lo envíen de nuevo.',
  'code-ended': 'Este código ya no sirve: se usó, se retiró o es demasiado antiguo. Muestra uno nuevo en tu otro dispositivo.',
  'words-elsewhere':
    'Tus 24 palabras no están aquí, porque este dispositivo se vinculó o tus claves se cambiaron. Están donde las escribiste.',
  closed: 'Esta persona cambió sus claves, y este es su id antiguo. Está entre tus contactos con el nuevo.',
  doubted: 'Este perfil nombra a otro sucesor. Decide primero en su página si quieres seguir.',
  'words-of-another': 'Estas son las palabras de otro perfil. Busca el papel de este.',
  several: 'Aquí hay más de una cosa. Elige una.',
  'invalid-name': 'Este nombre no se puede usar.',
  'needs-name': 'Ponte primero un nombre y una frase de contraseña.',
  'not-agreed': 'Uno de los dos no ha aceptado que se le muestre a otros. Pídele que lo active en Ajustes.',
  'invalid-signature': 'Lo que llegó no lleva su firma. No se añadió nada.',
  unreachable: 'Ahora no hay conexión. Inténtalo más tarde.',
  'relays-only': 'Está en un relé ajeno, y tú te conectas con tus contactos solo a través de los tuyos. Puedes cambiarlo en Ajustes.',
  'service-known': 'Ya hay un servicio con este nombre. Elige otro.',
  'service-address': 'La dirección debe empezar por https:// y nombrar un servidor, por ejemplo https://pins.example.org.',
  'service-unreachable':
    'No responde, o no permite que las páginas le pregunten. Comprueba la dirección; no todos los servicios se pueden usar desde una página.',
  'no-service': 'Lo que responde ahí no es un servicio de pinning. Comprueba la dirección.',
  'service-token': 'El servicio no acepta este token. Cópialo entero o crea uno nuevo allí.',
  'service-refused': 'El servicio lo rechazó, o está saturado o averiado. Inténtalo más tarde.',
  'quota-exceeded': 'El almacenamiento de este navegador está lleno. Libera espacio en Ajustes.',
  'permission-needed': 'El navegador no lo permitió. Vuelve a intentarlo y permítelo.',
  'file-changed': 'Un archivo de tu disco cambió desde que lo elegiste. Vuelve a elegirlo.',
  'engine-moved': 'Otra pestaña tomó el relevo. Vuelve a intentarlo.',
  'engine-stopped': 'El motor se detuvo y se inició de nuevo. Vuelve a intentarlo.',
  'insecure-context': 'Esta dirección no es segura: abre Spinney con https.',
  unsupported: 'Este navegador no puede hacer eso.',
  'not-invited':
    'Este relé guarda envíos solo para las personas que invitó quien lo administra. Envíale tu id. Está en «Contactos», «Añadir a alguien», «Permanente».',
  'storage-failed': 'Falló el almacenamiento de este navegador. Recarga la página y vuelve a intentarlo.',
  cancelled: 'Cancelado.',
} as Strings['errors']

export const errorOf = {
  unreadable: (paths: readonly string[]) =>
    paths.length === 1
      ? `No se puede leer ${paths[0]}. Se cambió, se movió o se eliminó desde que lo elegiste, o no tienes permiso para abrirlo.`
      : `No se pueden leer ${plural(paths.length, { one: '# archivo', other: '# archivos' })}: ${listOf(paths)}. Se cambiaron, se movieron o se eliminaron desde que los elegiste, o no tienes permiso para abrirlos.`,
  refused: (why: string) => `No se puede aceptar: ${why}.`,
}
