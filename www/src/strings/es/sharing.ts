/** Texts about shares: composing, opening and changing them, and links. */

import { formatBytes } from '../../format.ts'
import type { Saved } from '../../generated.ts'
import { formatList, plural } from './plurals.ts'

export const share = {
  summary: (n: number, size: number) => `${plural(n, { one: '# archivo', other: '# archivos' })} · ${formatBytes(size)}`,
  loading: 'Abriendo el envío…',
  loadingFiles: 'Cargando la lista de archivos…',
  noFiles: 'Este envío no tiene archivos.',
  elsewhere: (hosts: string) =>
    `Puede que sus archivos estén en ${hosts}, un relé de alguien que no conoces. Para recibirlos, esta página se conecta allí, y el relé ve tu dirección de red.`,
  lookElsewhere: 'Recibirlo desde allí',
  gone: 'Este envío ya no está, o no es para este perfil.',
  pictures: 'Imágenes',
  others: 'Archivos',
  by: (name: string, when: string) => `Compartido por ${name} · ${when}`,
  byYou: (when: string) => `Compartido por ti · ${when}`,
  passedOn: (maker: string, by: string, when: string) => `De ${maker}, reenviado por ${by} · ${when}`,
  passedOnByYou: (maker: string, when: string) => `De ${maker}, reenviado por ti · ${when}`,
  saveAllSize: (size: number) => `Guardar todo · ${formatBytes(size)}`,
  saveFolder: 'Guardar en una carpeta',
  savingFolder: (name: string) => `Guardando en una carpeta dentro de ${name}. Mira el progreso en «Actividad».`,
  savedFolder: ({ folder, written, already, renamed, leftOut }: Saved) =>
    [
      leftOut > 0
        ? `Se guardó en la carpeta ${already > 0 ? '' : 'nueva '}«${folder}», pero no todo.`
        : `Todo está guardado en la carpeta ${already > 0 ? '' : 'nueva '}«${folder}».`,
      already > 0 &&
        (written > 0
          ? plural(written, {
              one: '# archivo es nuevo, los demás ya estaban.',
              other: '# archivos son nuevos, los demás ya estaban.',
            })
          : 'Ya estaba allí.'),
      renamed > 0 && plural(renamed, { one: '# archivo tiene allí otro nombre.', other: '# archivos tienen allí otro nombre.' }),
      leftOut > 0 &&
        plural(leftOut, {
          one: 'Falta # archivo, porque este equipo no admite el nombre. Mira cuál en «Actividad».',
          other: 'Faltan # archivos, porque este equipo no admite los nombres. Mira cuáles en «Actividad».',
        }),
    ]
      .filter(Boolean)
      .join(' '),
  savingFailed: (why: string) =>
    `Se interrumpió el guardado en una carpeta. ${why} Lo que ya se guardó se queda. Vuelve a guardar en la misma carpeta para obtener el resto.`,
  folderGone: 'La carpeta se movió o se eliminó.',
  keep: 'Conservar en este navegador',
  keeping: 'Trayendo todo a este navegador.',
  download: 'Descargar',
  downloadFile: (path: string) => `Descargar ${path}`,
  view: (path: string) => `Abrir ${path}`,
  remove: 'Eliminar este envío',
  removeMine: {
    contacts: 'Eliminar: tus amigos ya no podrán recibirlo',
    self: 'Eliminarlo para siempre',
    link: 'Eliminar: su enlace deja de funcionar',
    public: 'Eliminar: nadie podrá recibirlo ya de ti',
  },
  removed: (title: string) => `Se eliminó «${title}».`,
  details: {
    id: 'Id del envío',
    root: 'Manifiesto sellado (CID)',
    directory: 'Directorio (CID), para cualquier programa de IPFS',
    author: 'Id de quien lo comparte',
    maker: 'Id de quien lo creó',
    created: 'Creado',
  },
  here: 'En este navegador',
  partlyHere: (have: number, size: number) => `${formatBytes(have)} de ${formatBytes(size)} en este navegador`,
}

export const audience = {
  self: 'Solo tú',
  youAnd: (people: readonly string[]) => (people.length ? `Solo ${formatList(['tú', ...people])}` : 'Solo personas elegidas'),
  youAndMany: (people: readonly string[], others: number) =>
    `Solo tú, ${people.join(', ')} y ${plural(others, { one: '# persona más', other: '# personas más' })}`,
  public: 'Cualquiera puede leerlo',
  link: 'Cualquiera con el enlace',
  withdrawn: 'Retirado: solo tú',
  forYou: (author: string) => `Solo quienes eligió ${author}`,
}

export const availability = {
  uploading: 'En camino a tu relé',
  waiting: 'Por ahora solo en este navegador',
  otherDevice: 'Por ahora solo en otro navegador tuyo',
  notSent: 'No está en tu relé',
  failed: 'Solo en este navegador: no se pudo enviar',
  noRoom: 'Solo en este navegador: no hay espacio en tu relé',
  relay: 'Guardado en tu relé',
  hereAndRelay: 'En este navegador y en tu relé',
  noRelay: 'Solo en este navegador: no hay relé',
  theirs: (author: string) => `Guardado en el relé de ${author}`,
  theirsWaits: (author: string) => `Aún no está en el relé de ${author}`,
}

export const delivery = {
  unknown: 'puede abrirlo',
  queued: 'espera en este navegador para enviarse',
  kept: 'espera en tu relé a que lo reciba',
  fetched: 'lo recibió',
  opened: 'lo abrió',
  receiptsOff: 'Solo ves si lo recibió y lo abrió si ambos activan las confirmaciones de lectura, en',
}

export const access = {
  title: 'Quién puede abrirlo',
  nobody: {
    contacts: 'Lo retiraste: solo tú puedes abrirlo. Puedes volver a dárselo a alguien.',
    self: 'Solo tú.',
    link: 'Cualquiera que tenga el enlace. Desactívalo arriba cuando quieras que eso termine.',
    public:
      'Cualquiera: no está cifrado y no puedes quitárselo a quien ya lo tiene. Para sacarlo de tus publicaciones, elimínalo en «Detalles».',
  },
  remove: 'Quitar',
  removeOf: (name: string) => `Quitar a ${name} de este envío`,
  promise: (name: string) =>
    `${name} todavía puede abrir lo que hay hoy en este envío, y no recibe nada de lo que añadas después. Para terminar también con eso, retira el envío.`,
  removeText: 'Las personas que quites aún pueden abrir lo que hay hoy. Para terminar también con eso, retira el envío.',
  former: (people: readonly string[]) =>
    `Quitaste a ${formatList(people)}, pero todavía ${people.length === 1 ? 'puede' : 'pueden'} abrir lo que había entonces. Para terminar con eso, retira el envío.`,
  nobodyNow: 'Quitaste a todos: nadie recibe lo que añadas ahora.',
  add: 'Añadir personas',
  give: 'Dárselo a alguien',
  addText: 'Podrán abrir todo lo que hay ahora y lo que añadas después.',
  added: (people: readonly string[], title: string) => `«${title}» va en camino a ${formatList(people)}.`,
  withdraw: 'Retirarlo',
  withdrawText:
    'Esto se lo quita a quienes lo tienen o lo tuvieron, y los relés dejan de darlo en menos de un día. Lo que hayan guardado se queda.',
  withdrew: (title: string) => `Se retiró «${title}» para todos. Lo que hayan guardado se queda.`,
}

export const addFiles = {
  title: 'Añadir archivos',
  text: 'También los reciben todas las personas que pueden abrirlo. Un archivo con el mismo nombre se reemplaza.',
  textSelf: 'Un archivo con el mismo nombre se reemplaza.',
  done: (n: number, title: string) => `${plural(n, { one: 'Se añadió # archivo', other: 'Se añadieron # archivos' })} a «${title}».`,
  refused: (list: readonly string[]) =>
    `Estos archivos no se pueden compartir: ${list.slice(0, 5).join(', ')}. Cámbiales el nombre en tu dispositivo y vuelve a elegirlos.`,
}

/** Albums, to which friends add. */
export const album = {
  mayAdd: 'Otros pueden añadir',
  mayAddHint: 'Todas las personas que elijas ven quién añadió qué. Puedes ocultar lo que añadan.',
  chip: 'Los amigos pueden añadir',
  addText: (author: string) =>
    `${author} y las demás personas de este álbum los reciben y ven que los añadiste tú. Si ya tienes un archivo con el mismo nombre, se reemplaza.`,
  addTextMine: 'Todas las personas de este álbum los reciben. Un archivo con el mismo nombre se reemplaza.',
  added: (title: string) => `Se añadió a «${title}».`,
  waits: (author: string) => `Los demás lo verán cuando el Spinney de ${author} lo haya incorporado.`,
  title: 'Añadido por amigos',
  by: (name: string, when: string) => `Añadido por ${name} · ${when}`,
  byYou: (when: string) => `Añadido por ti · ${when}`,
  in: (title: string) => `En el álbum «${title}»`,
  notHere: 'Aún no está aquí. Spinney lo sigue buscando.',
  hide: (name: string) => `Ocultar lo que añadió ${name}`,
  hidden: (name: string) => `Lo que añadió ${name} está oculto.`,
  remove: (name: string) => `Quitar, solo para ti, lo que añadió ${name}`,
  removed: (name: string) => `Se quitó para ti lo que añadió ${name}.`,
  takeBack: 'Retirar lo que añadiste',
  takenBack: 'Se retiró lo que añadiste.',
  all: (name: string) => `Abrir lo que añadió ${name}`,
}

export const passOn = {
  title: 'Reenviar',
  text: (maker: string) => `Verán que es de ${maker} y que lo reenviaste tú. Podrán abrir lo que hay ahora.`,
  submit: (n: number) => (n ? plural(n, { one: 'Reenviar a # persona', other: 'Reenviar a # personas' }) : 'Reenviar'),
  done: (title: string) => `Se reenvió «${title}».`,
}

export const links = {
  title: 'Enlaces',
  all: 'Todos mis enlaces',
  one: 'Su enlace',
  text: 'Cualquiera que tenga uno de estos enlaces puede abrir su envío, sin necesidad de perfil.',
  empty: 'Aún no hay enlaces',
  emptyText: 'Cualquiera que tenga un enlace puede abrir su envío en cualquier navegador.',
  begin: 'Compartir por enlace',
  withPassword: 'Con contraseña',
  withoutPassword: 'Sin contraseña',
  withPasswordText: 'También hace falta la contraseña. No la envíes junto con el enlace.',
  withoutPasswordText: 'Envíalo por un medio de confianza: basta el enlace para abrirlo.',
  ends: (when: string) => `Termina el ${when}`,
  noEnd: 'Sin fecha final',
  made: (when: string) => `Creado: ${when}`,
  copy: 'Copiar el enlace',
  qr: (title: string) => `El enlace a ${title} como código QR`,
  fieldOf: (title: string) => `El enlace a ${title}`,
  switchOff: 'Desactivar para siempre',
  switchOffOf: (title: string) => `Desactivar para siempre: el enlace a ${title}`,
  switchOffText: 'Después nadie podrá abrir el enlace. Tú conservas el envío, y los demás conservan lo que guardaron.',
  switchedOff: (title: string) => `El enlace a «${title}» está desactivado.`,
  off: 'Está desactivado o terminó, y ya no se abre.',
}

export const openLink = {
  title: 'Abriendo un enlace',
  ask: '¿Abrir este enlace?',
  askText:
    'En este navegador se abrió un enlace. Qué comparte y de quién es lo verás solo cuando lo abras. Después estará entre tus envíos.',
  askGuest: 'En este navegador se abrió un enlace. Qué comparte y de quién es lo verás solo cuando lo abras.',
  askRelays: 'Para abrirlo, Spinney se conecta con los relés que indica el enlace. Allí se ve tu dirección de red.',
  askHosts: (hosts: readonly string[]) => `Para abrirlo, Spinney se conecta con ${formatList(hosts)}. Allí se ve tu dirección de red.`,
  askAuthor: (name: string) => `El enlace dice que es de ${name}.`,
  agree: 'Abrir el enlace',
  opening: 'Buscando lo que abre…',
  checking: 'Probando la contraseña…',
  password: 'Contraseña de este enlace',
  passwordText: 'Este enlace tiene contraseña. Pídesela a quien te lo envió.',
  open: 'Abrir',
  start: 'Abrir mi perfil',
  make: 'Crear un perfil',
  keep: 'Conservarlo en un perfil',
  keepText: 'Lo estás viendo sin perfil. Crea uno para conservarlo.',
  safe: 'Cifrado: solo quien tiene el enlace puede abrirlo.',
  until: (when: string) => `Se abre hasta el ${when}.`,
  untilShort: (when: string) => `hasta el ${when}`,
  noEnd: 'sin fecha final',
  taken: (title: string) => `«${title}» estará entre tus envíos.`,
  asGuest: (title: string) => `Tienes «${title}» abierto sin perfil.`,
  backTo: 'Volver a él',
  ended: 'Este enlace terminó: pide uno nuevo a quien te lo envió.',
  errors: {
    'wrong-passphrase': 'Esa no es la contraseña de este enlace.',
    'invalid-id': 'A este enlace le falta una parte o está mal escrito. Cópialo entero y vuelve a intentarlo.',
    'not-found': 'Este enlace ya no se abre: se desactivó o terminó.',
    unreachable: 'Ahora no hay conexión con nadie que lo tenga. Revisa tu conexión o inténtalo más tarde.',
  } as Record<string, string>,
}
