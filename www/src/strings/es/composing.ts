/** Texts about the share in the making: choosing, dropping and pasting files, and drafts. */

import { formatBytes, formatCount } from '../../format.ts'
import { LIMITS } from '../../generated.ts'
import { formatList, plural } from './plurals.ts'

/** The beginning of a sentence about files that wait. Of folders without files nothing is counted. */
const waits = (n: number) => (n ? plural(n, { one: '# archivo espera', other: '# archivos esperan' }) : 'Una carpeta espera')

export const compose = {
  title: 'Compartir',
  drop: 'Arrastra aquí imágenes, archivos o una carpeta',
  choose: '¿Qué quieres compartir?',
  dropNow: 'Suelta para añadirlos',
  orPick: 'o elígelos aquí',
  pickFiles: 'Elegir archivos',
  pickFolder: 'Elegir una carpeta',
  addFiles: 'Añadir archivos',
  addFolder: 'Añadir una carpeta',
  chosen: (what: string, size: number) => `${what} · ${formatBytes(size)}`,
  showAll: (n: number) => `Mostrar todo (${formatCount(n)})`,
  reading: 'Leyendo la carpeta…',
  more: (n: number) => `y ${formatCount(n)} más`,
  removeFile: (path: string) => `No incluir ${path}`,
  removeFolder: (path: string) => `No incluir la carpeta ${path}`,
  clear: 'Quitar todo',
  cleared: 'Se quitó todo.',
  paste: 'Pegar',
  pasteNothing: 'No hay ninguna imagen ni texto que pegar.',
  folder: 'Carpeta vacía',
  systemFiles: (n: number) =>
    plural(n, {
      one: 'No se incluye # archivo que un sistema creó para uso propio.',
      other: 'No se incluyen # archivos que los sistemas crearon para uso propio.',
    }),
  noEmptyFolders: 'Cuando eliges una carpeta, las carpetas vacías no vienen con ella. Para conservarlas, arrastra la carpeta aquí.',
  leaveOut: (n: number) => plural(n, { one: 'No incluirlo', other: 'No incluirlos' }),
  waits: (n: number) => `${waits(n)} tu próximo envío.`,
  takeWaiting: 'Añadir a este envío',
  titleField: 'Título',
  titlePlaceholder: '¿Qué es?',
  titleHint: 'Sin título, se llamará como ves aquí.',
  counted: {
    pictures: (n: number) => plural(n, { one: '# imagen', other: '# imágenes' }),
    films: (n: number) => plural(n, { one: '# video', other: '# videos' }),
    files: (n: number) => plural(n, { one: '# archivo', other: '# archivos' }),
  },
  note: 'Nota',
  addNote: 'Añadir una nota',
  notePlaceholder: 'Unas palabras para tus amigos',
  who: 'Quién puede abrirlo',
  to: 'Para',
  whoSearch: 'Buscar contactos',
  noPeople: 'Aún no tienes contactos. Añade primero a alguien o comparte de otra manera.',
  addFriend: 'Añadir a alguien',
  kinds: {
    contacts: { name: 'Amigos', more: ' que elijas' },
    link: { name: 'Enlace', more: ': cualquiera que lo tenga' },
    self: { name: 'Privado', more: ': solo yo' },
    public: { name: 'Público', more: ': todo el mundo' },
  },
  hints: {
    self: 'Solo tú puedes abrirlo. Sirve para guardar cosas o para dárselas a alguien más adelante.',
    link: 'Cualquiera que reciba el enlace puede abrirlo, sin necesidad de perfil.',
  },
  circles: 'Círculos',
  circle: (name: string, n: number) => `${name} (${formatCount(n)})`,
  circlesHint: 'Un círculo elige a las personas que lo forman ahora.',
  unfitPeople: (n: number) => plural(n, { one: '# persona que aún no puedes elegir', other: '# personas que aún no puedes elegir' }),
  unfit: {
    resolving: 'sin encontrar todavía',
    following: 'solo sigues este perfil: añádelo para compartir con él',
    blocked: 'bloqueaste este perfil',
  },
  options: 'Opciones',
  facts: {
    locationIncluded: 'Con ubicación',
    locationRemoved: 'La ubicación se quita',
    mayAdd: 'Otros pueden añadir',
    password: 'Con contraseña',
    until: (when: string) => `Hasta el ${when}`,
  },
  linkPassword: 'Contraseña',
  linkPasswordHint: 'Sin ella nadie puede abrir el enlace, y nadie puede restablecerla. No la envíes junto con el enlace.',
  lastDay: 'Último día',
  lastDayHint: 'Después de ese día, tu relé deja de guardarlo.',
  endsIn: 'Termina en',
  spans: { day: '1 día', week: '1 semana', month: '1 mes' },
  lastDayOver: 'El último día ya pasó: elige uno posterior.',
  publicText: 'Cualquiera puede leerlo, copiarlo y reenviarlo, y aparece en tus publicaciones. No puedes quitárselo a quien ya lo tiene.',
  location: 'Incluir la ubicación',
  locationHint:
    'Si está desactivado, quitamos la ubicación de imágenes y videos antes de compartirlos. Donde no podamos, te preguntamos antes. Los demás archivos quedan como están.',
  willContacts: (people: readonly string[]) =>
    `Solo ${formatList(['tú', ...people])} ${people.length ? 'pueden' : 'puedes'} abrirlo: se cifra antes de salir de este navegador.`,
  willMany: (people: readonly string[], others: number) =>
    `Solo tú, ${people.join(', ')} y ${plural(others, { one: '# persona más', other: '# personas más' })} pueden abrirlo: se cifra antes de salir de este navegador.`,
  willSelf: 'Se cifra solo para ti antes de salir de este navegador.',
  willLink: (password: boolean, until: string | undefined) =>
    `Cualquiera que tenga el enlace${password ? ' y su contraseña' : ''} puede abrirlo${until ? ` hasta el ${until}` : ''}. Se cifra antes de salir de este navegador.`,
  willPublic: 'Cualquiera puede leerlo. No puedes quitárselo a quien ya lo tiene.',
  submit: (n: number) => plural(n, { one: 'Compartir con # persona', other: 'Compartir con # personas' }),
  submitTo: { self: 'Guardar en privado', link: 'Crear el enlace', public: 'Compartir con todos, sin vuelta atrás' },
  submitNobody: 'Compartir',
  nobody: 'Aún no elegiste a nadie.',
  needFiles: 'Elige al menos un archivo.',
  needContents: 'Elige al menos un archivo o escribe una nota.',
  titleTooLong: `Un título tiene como máximo ${LIMITS.titleChars} caracteres.`,
  noteTooLong: (n: number) => `Una nota tiene como máximo ${formatCount(n)} caracteres.`,
  needPeople: 'Elige quién puede abrirlo.',
  refusedTitle: 'Esto no se incluye',
  refusedHint: 'Todo lo demás está bien. Para compartir esto también, corrígelo en tu dispositivo y vuelve a elegirlo.',
  refusals: {
    empty: 'tiene una parte vacía en la ruta',
    dots: 'se llama «.» o «..»',
    control: 'tiene un carácter de control invisible en el nombre',
    direction: 'tiene un carácter invisible en el nombre que invierte el texto que sigue',
    backslash: 'tiene una barra invertida en el nombre',
    segment: `tiene un nombre de más de ${LIMITS.segmentBytes} bytes`,
    path: `tiene una ruta de más de ${LIMITS.pathBytes} bytes`,
    unreadable: 'no se puede leer: es un acceso directo que no lleva a ningún lado, o no tienes permiso para abrirlo',
    nameless: 'contiene algo cuyo nombre este navegador no puede leer: cámbiale el nombre',
    folders: 'es una carpeta vacía de más',
  },
  preparing: (done: number, of: number) => `Vistas previas: ${formatCount(done)} de ${formatCount(of)}`,
  sealing: 'Cifrando',
  stay: 'Deja esta página abierta hasta que todo esté cifrado. Mientras tanto, puedes ver otras cosas en ella.',
  shared: (title: string) => `«${title}» ya está cifrado y en camino.`,
  locationStays: (n: number) =>
    plural(n, {
      one: 'Puede que este archivo todavía diga dónde se tomó:',
      other: 'Puede que estos # archivos todavía digan dónde se tomaron:',
    }),
  locationStaysText: 'Ahí no podemos quitar la ubicación. Aún no se compartió nada.',
  locationLeaveOut: 'Dejarlo fuera y compartir el resto',
  locationAsTheyAre: 'Compartir de todos modos',
}

/** About files that are dropped or pasted. */
export const incoming = {
  letGo: {
    now: 'Suelta para añadirlos',
    later: 'Suelta: esperarán tu próximo envío',
    locked: 'Suelta: esperarán hasta que abras tu perfil',
    never: 'Aquí no se pueden compartir archivos',
  },
  never: 'No se añadió nada: Spinney no está abierto aquí.',
  nothing: 'Ahí no había nada que se pueda compartir.',
  later: (n: number) => `${waits(n)} tu próximo envío, hasta que este quede cifrado.`,
  taken: (n: number) =>
    `${n ? plural(n, { one: '# archivo ya está', other: '# archivos ya están' }) : 'Una carpeta ya está'} en un nuevo envío, en «Compartir».`,
  locked: (n: number) =>
    `${waits(n)} aquí. Abre tu perfil o crea uno: así podrás ${n ? plural(n, { one: 'compartirlo', other: 'compartirlos' }) : 'compartirla'}.`,
}

export const drafts = {
  title: 'Sin terminar',
  text: (n: number) =>
    `Spinney se cerró antes de leer ${plural(n, { one: '# archivo. Vuelve a elegirlo', other: '# archivos. Vuelve a elegirlos' })}: solo se lee lo que falta.`,
  whole: 'Se leyó todo, pero falta terminarlo.',
  finish: 'Terminar',
  elsewhere: 'Sus archivos ya se están leyendo, quizá en otra pestaña.',
  missing: 'Archivos que hay que volver a elegir',
  choose: 'Volver a elegir los archivos',
  chooseFolder: 'Volver a elegir la carpeta',
  without: (n: number) => plural(n, { one: 'Compartir sin él', other: 'Compartir sin ellos' }),
  discard: 'Descartar',
  nothingMatches: 'Ninguno de estos es uno de los archivos que faltan.',
  untitled: 'Sin título',
}
