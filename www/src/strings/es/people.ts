/** Texts about people: invites, adding contacts, requests and the list of contacts. */

import { formatCount } from '../../format.ts'
import { LIMITS } from '../../generated.ts'
import { plural } from './plurals.ts'

export const people = {
  title: 'Contactos',
  list: 'Tus contactos',
  empty: 'Aún no hay nadie',
  emptyText: 'Envía tu código a alguien, o usa el suyo. Después podrán compartir entre ustedes.',
  addFirst: 'Añadir a alguien',
  last: (title: string, when: string) => `${title} · ${when}`,
  search: 'Buscar contactos',
  noMatch: (text: string) => `Nadie coincide con «${text}».`,
  states: {
    resolving: 'Buscando…',
    requested: 'Esperando su respuesta',
    mutual: 'Se añadieron mutuamente',
    following: 'Sigues este perfil',
    blocked: 'Contacto bloqueado',
  },
  asking: {
    queued: 'Tu solicitud está en camino',
    left: 'Esperando su respuesta',
    full: 'No le caben más solicitudes. Lo intentaremos otro día',
  },
  invites: {
    used: 'Alguien ya había usado esta invitación, así que le enviamos una solicitud.',
    ended: 'Esta invitación había caducado, así que le enviamos una solicitud.',
  },
  warnings: {
    'two-roots': 'Recibimos dos versiones distintas de este perfil. Si no es porque acaba de usar dos navegadores, pregúntale qué pasó.',
    heir: 'Este perfil nombra ahora a otro sucesor. Puede que otra persona lo controle: llama y pregunta.',
    keys: 'Sus claves cambiaron desde que compararon las palabras. Puede que otra persona esté usando este perfil: comparen de nuevo las seis palabras antes de compartir nada.',
    refused: 'Recibimos en su nombre algo dañado o sin su firma, y lo rechazamos.',
  },
  keysChanged: 'Sus claves cambiaron: comparen primero las palabras de nuevo.',
  online: 'En línea',
  via: { direct: 'Conexión directa.', relay: 'Conexión a través de un relé.' },
  notDirect: {
    off: 'No es directa: la desactivaste en Ajustes.',
    unsupported: 'No es directa: este navegador no puede conectarse así.',
    trying: 'Probando una conexión directa.',
    untried: 'Aún no es directa.',
    declined: 'No es directa: su navegador o sus ajustes no lo permiten.',
    'no-way': 'No es directa: sus redes no lo permiten.',
  },
  seen: (when: string) => `última vez: ${when}`,
  alsoKnown: (name: string) => `se hace llamar ${name}`,
  unknown: (id: string) => `Alguien nuevo (${id})`,
  verified: 'Palabras comparadas',
  verifiedOn: (when: string) => `Palabras comparadas: ${when}`,
  stopLooking: 'Dejar de buscar',
  shareWith: (name: string) => `Compartir con ${name}`,
  about: (name: string) => `(${name})`,
  blockedList: (n: number) => `Bloqueados · ${formatCount(n)}`,
  unblock: 'Desbloquear',
  unblockOf: (name: string) => `Desbloquear a ${name}`,
  unblocked: (name: string) => `Desbloqueaste a ${name}: puede volver a enviarte una solicitud.`,
  unblockedFriend: (name: string) => `Desbloqueaste a ${name}. Todo está como antes.`,
}

export const invite = {
  which: 'Qué código',
  kinds: { one: 'Para una persona', permanent: 'Permanente' },
  text: {
    one: `La primera persona que abra la invitación será tu contacto al momento. Sirve durante ${LIMITS.inviteDays} días.`,
    permanent: 'Puedes mostrarlo a todo el mundo y nunca caduca. Quien lo use te pregunta primero.',
  },
  noRelay: 'Esta página no tiene relé, así que nadie puede encontrarte todavía.',
  notPublished: 'Deja esta página abierta: tu relé aún no tiene tu perfil.',
  make: 'Crear un enlace de invitación',
  another: 'Crear otro',
  link: { one: 'Enlace de invitación para una persona', permanent: 'Mi enlace permanente' },
  copy: { one: 'Copiar el enlace de invitación', permanent: 'Copiar mi enlace permanente' },
  qr: { one: 'Invitación para una persona como código QR', permanent: 'Mi código permanente como código QR' },
  myId: 'Mi id',
}

export const add = {
  title: 'Añadir a alguien',
  ways: 'Maneras de encontrarse',
  tabs: { invite: 'Mi código', scan: 'Leer', paste: 'Pegar' },
  field: 'Su invitación o su id',
  hint: 'Un enlace de invitación, o un id que empieza por k51. Si hay otras palabras alrededor, no importa.',
  message: 'Unas palabras',
  messageHint: 'Las verá con tu solicitud. Si la invitación se hizo para ti, no hace falta solicitud.',
  submit: 'Añadir',
  adding: 'Buscando…',
  follow: 'Solo seguir',
  followHint: 'Verás lo que comparte con todo el mundo. No se entera.',
  added: (name: string) => `Añadiste a ${name}.`,
  asked: (name: string) => `Se envió tu solicitud a ${name}. Aquí verás si la acepta.`,
  followed: (name: string) => `Sigues a ${name}.`,
  looking: 'Aún no aparece. Spinney sigue buscando; puedes salir de esta página.',
  nothing: 'Pega primero su invitación o su id.',
  several: 'Aquí hay más de una cosa. ¿Cuál?',
  choice: {
    id: (name: string) => `El id de ${name}`,
    invite: (name: string) => `La invitación de ${name}`,
    link: (name: string) => `El enlace a un envío de ${name}`,
  },
  invited: 'Alguien te invita',
  invitedBy: (name: string) => `${name} te invita`,
  invitedSure: 'Si aceptas, podrán compartir entre ustedes al momento.',
  invitedText: 'Si aceptas, podrán compartir entre ustedes. Primero recibirá una solicitud, así que di quién eres.',
  ownInvite: 'Esta es tu propia invitación. Envíasela a alguien.',
  friends: (name: string) => `Tú y ${name} ya son contactos.`,
  friendText: 'Si te quitó de sus contactos, puedes usar esta invitación para que vuelva a añadirte.',
  useAgain: 'Usar la invitación',
  accept: 'Añadir',
  notNow: 'Ahora no',
  messageTooLong: (most: number) => `Escribe como máximo ${formatCount(most)} caracteres.`,
}

export const scan = {
  title: 'Escanear un código QR',
  text: 'Pon el código de la otra persona delante de la cámara.',
  starting: 'Esperando la cámara…',
  camera: 'Lo que ve la cámara',
  looking: 'Buscando un código…',
  other: 'Este código QR no es una invitación de Spinney.',
  picture: 'Leerlo de una imagen',
  nothing: 'No encontramos ningún código QR en esta imagen.',
  again: 'Probar la cámara de nuevo',
  denied: 'Esta página no puede usar la cámara. Permítelo en los ajustes del navegador para esta página, o lee el código de una imagen.',
  none: 'Aquí no hay cámara. Lee el código de una imagen o pega el enlace.',
  busy: 'La cámara está ocupada. Quizá la usa otro programa.',
  ended: 'La cámara se apagó.',
}

export const requests = {
  title: 'Solicitudes',
  claims: 'El nombre, la imagen y el mensaje los eligió esta persona.',
  count: (n: number) => plural(n, { one: '# persona quiere ser tu contacto', other: '# personas quieren ser tus contactos' }),
  came: (name: string) => `${name} quiere ser tu contacto.`,
  invite: {
    used: 'Usó una invitación tuya que otra persona ya había usado.',
    ended: 'Usó una invitación tuya que había caducado.',
  },
  unknown: (hosts: string) =>
    `Tus relés no saben quién es. Puedes preguntar a ${hosts}, que aparece en la solicitud. Allí se verá tu dirección de red.`,
  lookUp: 'Ver quién es',
  lookUpOf: (name: string) => `Ver quién es ${name}`,
  accept: 'Aceptar',
  acceptOf: (name: string) => `Aceptar a ${name}`,
  decline: 'Rechazar',
  declineOf: (name: string) => `Rechazar a ${name}`,
  declined: (name: string) => `Rechazaste a ${name}. No se entera.`,
  block: 'Bloquear',
  blockOf: (name: string) => `Bloquear a ${name}`,
  declinedList: (n: number) => `Solicitudes rechazadas · ${formatCount(n)}`,
  declinedText: 'Nadie se entera. Lo que pidan en 30 días también llega aquí, sin aviso. Todavía puedes aceptar.',
}

export const person = {
  nobody: 'No añadiste a nadie con este id.',
  about: {
    resolving: 'Aún no aparece su perfil. Spinney sigue buscando.',
    requested: 'Encontrará tu solicitud cuando la busque. Verá lo que compartes cuando la acepte. Si la rechaza, nadie te avisa.',
    mutual: '',
    following: 'Ves lo que comparte con todo el mundo. No se entera.',
    blocked: 'No recibes nada de este perfil ni él de ti. No se entera. Si lo desbloqueas, todo queda como antes.',
  },
  outOfReach:
    'Está en otros relés que tú, y tú te conectas con tus contactos solo a través de los tuyos. Por eso no llega nada nuevo de este perfil y no se le puede dejar nada tuyo. Puedes cambiarlo en Ajustes.',
  askThem: 'Enviar solicitud',
  takeBack: 'Retirar la solicitud',
  stopFollowing: 'Dejar de seguir',
  rename: 'Cambiar el nombre',
  renameOf: (name: string) => `Cambiar el nombre de ${name}`,
  petname: (name: string) => `Tu propio nombre para ${name}`,
  petnameHint: 'Solo lo ves tú. Déjalo vacío para ver el nombre que eligió.',
  remove: 'Quitar',
  removeOf: (name: string) => `Quitar a ${name}`,
  removed: (name: string) => `Quitaste a ${name}.`,
  block: 'Bloquear',
  takenBack: (name: string) => `Retiraste tu solicitud a ${name}.`,
  blockOf: (name: string) => `Bloquear a ${name}`,
  blocked: (name: string) => `Bloqueaste a ${name}. No se entera.`,
  id: 'Su id',
  shares: (name: string) => `Compartido por ${name}`,
  noShares: 'Nada todavía.',
}

export const circles = {
  title: 'Círculos',
  text: 'Grupos tuyos, como «familia», para compartir con todos a la vez. Solo los ves tú.',
  all: 'Todos',
  filter: 'Qué círculo',
  field: 'Un círculo nuevo',
  add: 'Añadir',
  tooLong: (most: number) => `El nombre de un círculo tiene como máximo ${formatCount(most)} caracteres.`,
  tooMany: (most: number) => `Una persona puede estar como máximo en ${formatCount(most)} círculos.`,
}

export const verify = {
  title: '¿Es de verdad esta persona?',
  text: 'Comparen seis palabras una vez, por teléfono o en persona. Así sabes que no hay nadie en medio.',
  again: 'Sus claves cambiaron desde que compararon las palabras. Compárenlas de nuevo.',
  start: 'Comparar las palabras',
  startAgain: 'Compararlas de nuevo',
  sheet: (name: string) => `Comparar palabras con ${name}`,
  how: [
    'Llámense o siéntense juntos. No usen mensajes: alguien en medio podría cambiarlos.',
    'Lee tus palabras en voz alta. La otra persona comprueba que ve las mismas.',
    'Después lee las suyas en voz alta y tú las compruebas.',
  ],
  mine: 'Tus palabras: léelas en voz alta',
  theirs: (name: string) => `Las palabras de ${name}: escucha y mira`,
  match: 'Coinciden',
  differ: 'No coinciden',
  done: (name: string) => `Las palabras coinciden: es ${name}.`,
  differTitle: 'Las palabras no coinciden',
  differText: 'Quizá añadiste otro perfil con el mismo nombre, o uno antiguo. O alguien en medio lee lo que compartes.',
  differDo:
    'No compartas nada con este perfil hasta aclararlo. Pide a la otra persona su id por teléfono y compáralo con el de abajo. Si es distinto, bloquea este perfil y añade el correcto.',
  back: 'Volver a ver las palabras',
}

export const relayOnly = {
  title: 'Conexiones directas',
  label: 'Conectar con los contactos solo a través de relés',
  hint: 'Si está desactivado, los navegadores de tus amigos se conectan directamente con el tuyo donde pueden, y esta página pregunta a sus relés. Es más rápido, pero pueden ver tu dirección de red. Si está activado, esta página se conecta solo a sus propios relés, y solo ellos la ven. Entonces no llega lo que tus amigos guardan en otros relés.',
  on: 'La conexión con los contactos pasa solo por relés.',
  off: 'La conexión con los contactos es directa donde se puede.',
}

export const receipts = {
  title: 'Confirmaciones de lectura',
  label: 'Avisar a quien comparte cuando recibo y abro lo que compartió',
  hint: 'Funciona en ambos sentidos: los amigos que también lo activen te dirán lo mismo de lo que tú compartes. Si está desactivado, no avisas a nadie y nadie te avisa. Los relés nunca lo ven.',
  on: 'Las confirmaciones de lectura están activadas.',
  off: 'Las confirmaciones de lectura están desactivadas.',
}
