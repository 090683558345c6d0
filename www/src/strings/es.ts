/**
 * All texts of the page in Spanish.
 *
 * One word for one thing: envío (share), compartir, contactos (people), amigos (friends), círculo, perfil, frase de contraseña,
 * palabras de recuperación, llave de acceso (passkey), clave (key), invitación, solicitud (request), enlace, dispositivo, vincular
 * (to link a device), relé (relay), buzón (drop box), Actividad (the page of transfers), transferencia, recibir (to fetch),
 * conservar (to keep), guardar (to save, and what a relay does), reenviar (to pass on), retirar (to withdraw, to take back),
 * desactivar (a link), bloquear (to lock, and a person), sincronizar (in step), confirmación de lectura (receipt), dirección de red.
 * Readers are "tú", several people "ustedes"; a friend alone is a "contacto", "alguien" or a name.
 */

import { formatBytes, formatCount, formatDuration, formatRate } from '../format.ts'
import { LIMITS } from '../generated.ts'
import type { Strings } from '../strings.ts'
import { changeLink, cover, orderForAll, panel, rename, selection, text } from './es/afterwards.ts'
import { answers } from './es/answers.ts'
import { compose, drafts, incoming } from './es/composing.ts'
import { devices, join } from './es/devices.ts'
import { drop, drops } from './es/drops.ts'
import { errorOf, errors } from './es/errors.ts'
import { finish, first } from './es/first.ts'
import { folders } from './es/folders.ts'
import { introductions } from './es/introductions.ts'
import { freeing } from './es/freeing.ts'
import { keeping } from './es/keeping.ts'
import { services } from './es/services.ts'
import { keys } from './es/keys.ts'
import { language } from './es/language.ts'
import { news } from './es/news.ts'
import { passkeys } from './es/passkeys.ts'
import { add, circles, invite, people, person, receipts, relayOnly, requests, scan, verify } from './es/people.ts'
import { formatList, plural } from './es/plurals.ts'
import { push } from './es/push.ts'
import { saving } from './es/saving.ts'
import { fileSearch } from './es/searching.ts'
import { settings } from './es/settings.ts'
import { access, addFiles, album, audience, availability, delivery, links, openLink, passOn, share } from './es/sharing.ts'
import { order, viewer } from './es/viewer.ts'

export const es: Strings = {
  app: 'Spinney',
  title: (page: string) => `${page} · Spinney`,
  skip: 'Saltar al contenido',
  nav: {
    label: 'Menú principal',
    home: 'Inicio',
    people: 'Contactos',
    share: 'Compartir',
    transfers: 'Actividad',
    settings: 'Ajustes',
    lock: 'Bloquear ahora',
    newShares: (n: number) => plural(n, { one: '# envío nuevo', other: '# envíos nuevos' }),
    busy: (n: number) => plural(n, { one: '# transferencia en curso', other: '# transferencias en curso' }),
  },
  common: {
    cancel: 'Cancelar',
    close: 'Cerrar',
    copy: 'Copiar',
    copied: 'Copiado',
    copyByHand: 'Este navegador no deja que la página copie. El texto está seleccionado: cópialo tú.',
    undo: 'Deshacer',
    retry: 'Volver a intentar',
    show: 'Mostrar',
    showOf: (what: string) => `Mostrar ${what}`,
    hide: 'Ocultar',
    hideOf: (what: string) => `Ocultar ${what}`,
    save: 'Guardar',
    send: 'Enviar…',
    back: 'Atrás',
    details: 'Detalles',
    you: 'Tú',
    optional: 'opcional',
    someone: 'Alguien',
  },
  connection: {
    connected: 'Con conexión',
    none: 'Conectando con tu relé…',
    since: (time: string) => `Relé sin respuesta desde ${time}`,
    noRelay: 'Sin relé: solo este navegador',
    offline: 'Sin conexión',
    friends: (n: number) => plural(n, { one: '# persona en línea', other: '# amigos en línea' }),
    reached: (n: number) => plural(n, { one: '# persona con conexión directa', other: '# amigos con conexión directa' }),
  },
  answers,
  introductions,
  startup: { title: 'Abriendo Spinney', wait: 'Iniciando el motor…' },
  stopped: {
    title: 'Spinney no pudo iniciarse',
    again: 'Iniciar de nuevo',
    moved: 'Otra pestaña tomó el relevo. Esta continúa en cuanto la otra responda.',
    stopped: 'El motor se detuvo y se está iniciando de nuevo.',
    broken:
      'No se pudo cargar el motor, o se detuvo dos veces. Revisa tu conexión y vuelve a iniciar. Lo que está guardado aquí sigue aquí.',
    blocked:
      'Este navegador no guarda nada para esta página: sus ajustes bloquean aquí las cookies o los datos del sitio. Permítelos para esta dirección y vuelve a iniciar.',
    oneTab:
      'Spinney está abierto en otra pestaña, y este navegador solo puede usarlo en una. Usa esa pestaña, o ciérrala y vuelve a iniciar aquí.',
  },
  cleared: {
    title: 'Se borró lo que Spinney guardaba en este navegador',
    text: 'Tú, otra persona o este navegador borró los datos de este sitio. Aquí no se puede guardar nada hasta que vuelvas a iniciar.',
    words:
      'Vuelve con tus 24 palabras: elige «Tengo palabras de recuperación» en la pantalla siguiente. Tus amigos y tus envíos vienen de tu relé.',
    again: 'Iniciar de nuevo',
  },
  version: {
    ready: 'Hay una versión nueva de Spinney.',
    needed: 'En otra pestaña funciona una versión nueva de Spinney. Esta pestaña sigue después de recargarla.',
    kept: 'Lo que escribiste y elegiste se conserva.',
    unkept:
      'Lo que escribiste y elegiste aquí se pierde al recargar, porque ninguna otra pestaña puede conservarlo. Abre primero Spinney en una segunda pestaña.',
    reload: 'Recargar ahora',
    anyway: 'Recargar de todos modos',
    restored: 'Lo que escribiste y elegiste está de vuelta.',
  },
  clock: {
    wrong: (mine: string, relays: string) => `El reloj de este dispositivo marca: ${mine}. El de tu relé marca: ${relays}.`,
    little:
      'Pon en hora este dispositivo: lo que compartes lleva una hora equivocada, y los enlaces terminan demasiado pronto o demasiado tarde.',
    much: 'Pon en hora este dispositivo. Hasta entonces, tu relé no acepta nada de ti y tus amigos no pueden encontrarte.',
  },
  sharedOrigin: {
    title: 'No en esta dirección',
    reason:
      'Esta página viene de una pasarela compartida: su dirección contiene /ipfs/ o /ipns/, y cualquier otro sitio de esa pasarela podría leer lo que guardas aquí. Por eso Spinney no crea ni abre perfiles aquí.',
    advice:
      'Pide a quien te envió el enlace una dirección propia para la página, por ejemplo una en la que el nombre forme parte del host.',
    where: 'Esta dirección',
    folder: (host: string) => `Otras páginas de ${host} pueden leer lo que guardas aquí.`,
    folderWhy:
      'Esta página está en una carpeta de ese host y no tiene dirección propia. Pregunta a quien la administra antes de guardar aquí algo privado.',
  },
  framed: {
    title: 'Abre Spinney por separado',
    reason: 'Otra página muestra Spinney dentro de ella y podría hacer que pulses cosas que no ves. Por eso Spinney no se inicia aquí.',
    open: 'Abrirlo en su propia pestaña',
  },
  welcome: {
    who: '¿Quién eres?',
    first: 'Comparte fotos exactamente con los amigos que elijas',
    firstText: 'Tus fotos se cifran en este navegador para las personas que elijas. No hay cuentas ni nada que instalar.',
    invited: 'Alguien te invita. Crea un perfil o abre el tuyo, y podrás añadir a esa persona.',
    invitedBy: (name: string) => `${name} te invita. Crea un perfil o abre el tuyo, y podrán ser contactos.`,
    invitedToBe: (name: string) => `${name} te invita. Crea un perfil y ya serán contactos.`,
    passphraseFor: (name: string) => `Frase de contraseña de ${name}`,
    open: 'Abrir',
    opening: 'Abriendo…',
    key: 'Tu clave nunca sale de este navegador. Sin la frase de contraseña o tus palabras de recuperación nadie puede abrirla, ni siquiera nosotros.',
    stay: 'Mantener la sesión abierta en este dispositivo',
    stayHint: 'Cualquiera que pueda usar este navegador podrá abrir el perfil sin la frase de contraseña, hasta que lo bloquees.',
    keyStays: 'Tu clave nunca sale de este navegador. Hasta que bloquees el perfil, cualquiera que use este navegador puede abrirlo.',
    newProfile: 'Perfil nuevo',
    recover: 'Tengo palabras de recuperación',
  },
  create: {
    title: 'Perfil nuevo',
    name: 'Tu nombre',
    nameHint: 'Tus amigos lo ven. Tu nombre y tu imagen son públicos para cualquiera que tenga tu id.',
    avatar: 'Imagen',
    chooseAvatar: 'Elegir una imagen',
    removeAvatar: 'Quitar la imagen',
    avatarRefused: 'Esta imagen no se puede usar: elige un JPEG, PNG o WebP.',
    passphrase: 'Frase de contraseña',
    passphraseHint: 'Cifra todo lo que hay en este navegador. Nadie puede restablecerla por ti.',
    propose: 'Proponer cinco palabras',
    needName: 'Escribe primero un nombre.',
    nameTooLong: `Un nombre tiene como máximo ${LIMITS.nameChars} caracteres.`,
    needPassphrase: 'Elige primero una frase de contraseña.',
    shortPassphrase: `Una frase de contraseña tiene al menos ${LIMITS.passphraseChars} caracteres.`,
    weakPassphrase: 'Esta frase de contraseña se adivina enseguida. Elige cuatro o cinco palabras sin relación entre sí.',
    submit: 'Crear mi perfil',
    busy: 'Creando tus claves…',
  },
  devices,
  drop,
  drops,
  freeing,
  keeping,
  services,
  finish,
  first,
  folders,
  join,
  language,
  strength: {
    levels: ['Muy fácil de adivinar', 'Fácil de adivinar', 'Podría ser mejor', 'Buena', 'Muy buena'],
    hint: 'Cuatro o cinco palabras sin relación entre sí son seguras y fáciles de recordar.',
  },
  recover: {
    title: 'Vuelve con tus palabras',
    text: 'Escribe las 24 palabras en su orden. Perfil, amigos y envíos vuelven desde tu relé.',
    words: '24 palabras de recuperación',
    hint: 'Con o sin números, mayúsculas y comas; bastan cuatro letras de cada una.',
    counted: (n: number) => `${n} de 24 palabras`,
    passphrase: 'Nueva frase de contraseña para este navegador',
    note: 'Otro navegador que tenga este perfil lo conserva. Cada uno muestra lo que haces en el otro.',
    submit: 'Recuperar mi perfil',
    busy: 'Buscando tu perfil…',
    count: (n: number) =>
      n < 24
        ? `Son ${n} de 24 palabras: ${plural(24 - n, { one: 'falta #', other: 'faltan #' })}.`
        : `Son ${n} palabras y deben ser 24: ${plural(n - 24, { one: 'sobra #', other: 'sobran #' })}.`,
    unknown: (position: number, near: readonly string[]) =>
      near.length
        ? `La palabra ${position} no está en la lista. ¿Quisiste decir ${formatList(near, 'or')}?`
        : `La palabra ${position} no está en la lista. Revisa cómo está escrita.`,
    order: 'Las 24 palabras están en la lista, pero no van juntas: una está mal, o dos están cambiadas de lugar.',
  },
  restored: {
    found: (when: string) => `Tu perfil está de vuelta, tal como estaba: ${when}.`,
    whole: 'Todos tus relés coinciden. Si falta algo que hiciste después, ningún relé lo tiene.',
    silent: (relays: readonly string[]) =>
      `${formatList(relays)} no ${relays.length === 1 ? 'respondió y puede saber' : 'respondieron y pueden saber'} algo más nuevo. Hasta entonces, no se envía nada tuyo a otras personas.`,
    goOn: 'Seguir sin respuesta',
    seen: 'Bien',
  },
  words: {
    title: 'Tus 24 palabras de recuperación',
    why: 'Escríbelas ahora en papel. Quien las tenga, tiene tu perfil. Si pierdes este navegador, solo estas palabras lo recuperan.',
    written: 'Ya las escribí',
    later: 'Recordármelo más tarde',
    confirmTitle: 'Elige las palabras que escribiste',
    pick: (n: number) => `Palabra número ${n}`,
    wrong: (n: number) => `Esa no es la palabra número ${n}. Vuelve a mirar tu papel.`,
    right: 'Tus palabras de recuperación están confirmadas.',
    ask: 'Escribe tu frase de contraseña para verlas. Cualquiera que tenga estas palabras puede usar tu perfil.',
    showAgain: 'Volver a mostrar las palabras',
    banner: 'Tus palabras de recuperación aún no están confirmadas.',
    bannerWhy: 'Si pierdes este navegador, solo ellas recuperan tu perfil.',
    bannerButton: 'Hacerlo ahora',
  },
  home: {
    title: 'Inicio',
    search: 'Buscar envíos, archivos, personas',
    filters: { all: 'Todo', received: 'Para mí', mine: 'Mío', public: 'Público', link: 'Por enlace' },
    filterLabel: 'Qué envíos',
    empty: 'Aún no hay nada compartido',
    emptyText: 'Invita a alguien o comparte las primeras fotos: tus amigos las verán en cuanto abran Spinney.',
    emptyInvite: 'Invitar a alguien',
    emptyShare: 'Compartir fotos',
    noMatch: (text: string) => `Nada coincide con «${text}».`,
    noneOfKind: 'Aún no hay envíos de este tipo.',
    from: {
      contacts: (name: string) => name,
      self: (name: string) => name,
      public: (name: string) => `${name}, para todos`,
      link: (name: string) => `${name}, por enlace`,
    },
    madeBy: (name: string) => `original de ${name}`,
    youTo: (names: readonly string[], others: number) =>
      names.length ? `Tú, para ${others > 0 ? `${names.join(', ')} y ${formatCount(others)} más` : formatList(names)}` : 'Tú',
    mine: { self: 'Solo tú', public: 'Tú, para todos', link: 'Tú, por enlace' },
    album: 'los amigos pueden añadir',
    /** `films`: whether some of the pictures are films. */
    contents: (pictures: number, films: boolean, others: number) =>
      [
        films ? plural(pictures, { one: '# video', other: '# fotos y videos' }) : plural(pictures, { one: '# foto', other: '# fotos' }),
        others > 0 && plural(others, { one: '# archivo', other: '# archivos' }),
      ]
        .filter(Boolean)
        .join(', '),
    friends: 'Amigos',
    underWay: 'En curso',
    progressOf: (title: string) => `Progreso de ${title}`,
    allTransfers: 'Ver toda la actividad',
    isNew: 'Nuevo',
    open: 'Abrir',
    openShare: (title: string) => `Abrir ${title}`,
    more: (n: number) => `+${formatCount(n)}`,
    restOf: (n: number) => `y ${formatCount(n)} más`,
    otherFiles: (n: number) => plural(n, { one: 'y # archivo', other: 'y # archivos' }),
    loadingMore: 'Cargando más envíos…',
  },
  share,
  audience,
  availability,
  delivery,
  access,
  addFiles,
  album,
  passOn,
  links,
  openLink,
  news,
  push,
  saving,
  fileSearch,
  viewer,
  order,
  people,
  invite,
  add,
  scan,
  requests,
  person,
  circles,
  verify,
  receipts,
  relayOnly,
  compose,
  incoming,
  drafts,
  transfers: {
    title: 'Actividad',
    empty: 'No hay nada en curso',
    emptyText: 'Cuando compartes o recibes algo, aquí ves su progreso.',
    direction: { add: 'Cifrando', up: 'En camino a tu relé', down: 'Recibiendo', keep: 'Guardando para un contacto' },
    done: { add: 'Cifrado', up: 'Enviado a tu relé', down: 'Recibido', keep: 'Guardado para un contacto' },
    states: {
      queued: 'Espera su turno',
      active: '',
      waiting: 'En espera',
      paused: 'En pausa',
      done: 'Listo',
      failed: 'Falló',
      cancelled: 'Cancelado',
    },
    waitingFor: {
      relay: 'Espera al relé',
      author: 'Espera conexión con quien lo compartió o con su relé',
      space: 'Espera espacio: libera almacenamiento en Ajustes',
      permission: 'Espera tu permiso para usar la carpeta',
      unlock: 'Espera tu frase de contraseña',
      quota: 'Espera espacio en tu relé',
      disk: 'El relé no tiene espacio',
    },
    /** What a person can do who waits for room at the relay. */
    noRoom: {
      disk: 'El relé no tiene espacio: su disco está lleno. Avisa a quien lo administra. Está en este navegador y sigue solo cuando haya espacio.',
      quota: (used: number, quota: number, needed: number) =>
        needed > quota
          ? `Esto necesita ${formatBytes(needed)}, y tu relé guarda como máximo ${formatBytes(quota)} para ti. Comparte menos de una vez, o pide más espacio a quien administra el relé. Se queda en este navegador.`
          : needed + used > quota
            ? `Tu relé guarda ${formatBytes(used)} de un máximo de ${formatBytes(quota)} para ti, y esto necesita ${formatBytes(needed)} más. Elimina un envío que ya no necesites y seguirá solo.`
            : `Tu relé guarda ${formatBytes(used)} de un máximo de ${formatBytes(quota)} para ti, y no le queda espacio. Elimina un envío que ya no necesites y seguirá solo.`,
    },
    savingIn: (folder: string) => `Guardando en la carpeta «${folder}»`,
    savedIn: (folder: string) => `Guardado en la carpeta «${folder}»`,
    otherNames: (renamed: number, leftOut: number) =>
      formatList(
        [
          renamed > 0 && plural(renamed, { one: '# archivo tiene allí otro nombre', other: '# archivos tienen allí otro nombre' }),
          leftOut > 0 && plural(leftOut, { one: 'falta # archivo', other: 'faltan # archivos' }),
        ].filter(part => part !== false),
      ),
    savedAs: (path: string) => `guardado como ${path}`,
    leftOut: 'no incluido: este equipo no lo permite',
    of: (done: number, total: number) => `${formatBytes(done)} de ${formatBytes(total)}`,
    speed: (perSecond: number) => formatRate(perSecond),
    left: (seconds: number) => `faltan ${formatDuration(seconds)}`,
    pause: 'Pausar',
    resume: 'Continuar',
    cancel: 'Cancelar',
    actionOf: (action: string, what: string) => `${action}: ${what}`,
    unknownShare: 'Un envío',
    filesMoved: (n: number) => plural(n, { one: '# archivo con avances recientes', other: '# archivos con avances recientes' }),
    finished: 'Terminado',
    underWay: 'En curso',
    progressOf: (what: string) => `Progreso: ${what}`,
    served: (n: number) => `Desde que lo desbloqueaste, otras personas recibieron ${formatBytes(n)} directamente de este navegador.`,
  },
  changeLink,
  cover,
  orderForAll,
  panel,
  rename,
  selection,
  text,
  settings,
  keys,
  passkeys,
  quota: {
    full: (needed: number) => `El almacenamiento de este navegador está lleno. Faltan ${formatBytes(needed)}.`,
    open: 'Ver qué se puede liberar',
  },
  errors,
  errorOf,
  unexpected: (message: string) => `Algo salió mal: ${message}`,
}
