/** Texts about folders that are kept in step. */

import { plural } from './plurals.ts'

export const folders = {
  title: 'Carpetas sincronizadas',
  text: 'Una carpeta en este dispositivo y un envío solo para ti: lo que cambias en la carpeta llega a tus otros dispositivos, y al revés.',
  bind: 'Sincronizar una carpeta',
  bindNew: 'Sincronizar una carpeta',
  unsupported:
    'Este navegador no puede abrir carpetas. Para sincronizar una, usa Chrome, Edge u otro navegador basado en Chromium en una computadora.',
  bound: (name: string) => `«${name}» se mantiene sincronizada.`,
  direction: 'Dirección',
  modes: { both: 'En ambos sentidos', out: 'Solo desde la carpeta', in: 'Solo hacia la carpeta' },
  states: {
    new: 'sin revisar todavía',
    busy: 'revisando',
    step: 'sincronizada',
    waits: 'espera a otro dispositivo',
    permission: 'necesita tu permiso',
    gone: 'ya no está',
    asks: 'te pregunta',
    fails: 'no avanza',
  },
  at: (when: string) => `Sincronizada: ${when}.`,
  open: 'Abrir el envío',
  scan: 'Revisar ahora',
  unbind: 'Detener',
  unbound: (name: string) => `«${name}» ya no se sincroniza. Sus archivos se quedan.`,
  waits: 'Otro dispositivo tiene un cambio que aún no está en tu relé. Sigue solo.',
  permission: 'Después de cada inicio, tu navegador vuelve a preguntar si esta página puede usar la carpeta.',
  allow: 'Permitir la carpeta',
  gone: 'La carpeta ya no está: se movió o se borró, o su disco no está conectado. En tus otros dispositivos no se borra nada. Vuelve a conectarla o detén la sincronización.',
  asks: (gone: number, changed: number) =>
    gone > 0 && changed > 0
      ? `De golpe, ${plural(gone, { one: 'desapareció # archivo', other: 'desaparecieron # archivos' })} y ${plural(changed, { one: 'cambió #', other: 'cambiaron #' })}. ¿Es lo que quieres?`
      : gone > 0
        ? `De golpe, ${plural(gone, { one: 'desapareció # archivo. ¿Debe', other: 'desaparecieron # archivos. ¿Deben' })} desaparecer en todas partes?`
        : `De golpe, ${plural(changed, { one: 'cambió # archivo', other: 'cambiaron # archivos' })}. ¿Es lo que quieres?`,
  anyway: 'Sí, continuar',
  fails: (why: string) => `No avanza: ${why}.`,
  conflicts: (n: number) =>
    plural(n, {
      one: '# archivo se cambió en dos dispositivos a la vez. Están las dos versiones:',
      other: '# archivos se cambiaron en dos dispositivos a la vez. Están las dos versiones:',
    }),
  conflict: (path: string, copy: string) => `${path} y ${copy}`,
  settle: 'Ya lo revisé',
  settleNamed: (path: string) => `Ya lo revisé: ${path}`,
  renamed: 'Estos archivos se llaman de otra manera en este dispositivo, porque no admite sus nombres:',
  renamedAs: (path: string, local: string) => `${path} se llama aquí ${local}`,
  leftOut: 'Sin sincronizar, porque sus nombres no valen en todas partes o porque un envío no puede contener tantas carpetas vacías:',
  journal: 'Historial',
  journalOf: (name: string) => `Qué pasó en «${name}»`,
  journalText: 'Durante 30 días puedes deshacer lo que pasó.',
  search: 'Buscar por nombre',
  empty: 'Aún no pasó nada.',
  changes: { added: 'nuevo', changed: 'cambiado', deleted: 'borrado', conflict: 'cambiado en dos dispositivos' },
  line: (change: string, where: string, when: string) => `${change}, ${where}, ${when}`,
  here: 'en este dispositivo',
  elsewhere: (device: string) => `en ${device}`,
  undo: 'Deshacer',
  undoNamed: (path: string) => `Deshacer: ${path}`,
  undone: (path: string) => `${path} está como antes.`,
  more: 'Mostrar más',
}
