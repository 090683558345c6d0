/** Texts about saving out of the browser, beside the buttons in `share`. */

import { formatBytes } from '../../format.ts'

export const saving = {
  label: 'Guardando',
  building: (name: string, bytes: number, total: number) => `Recibiendo «${name}» · ${formatBytes(bytes)} de ${formatBytes(total)}`,
  waiting: (name: string) => `«${name}» espera el resto. Sigue solo cuando haya conexión con alguien que lo tenga.`,
  failed: (name: string, why: string) => `Se interrumpió el guardado de «${name}». ${why}`,
  /** Where the person may be on another page. */
  goOn: 'Ve a su envío para continuar.',
  notTwice: 'Lo que ya está en este navegador no se vuelve a recibir.',
  locked: 'Se interrumpió el guardado porque Spinney se bloqueó. Ábrelo y vuelve a guardar.',
  /** The service worker was ended, so that the browser may call half a file finished. */
  stopped: 'El navegador lo detuvo. Borra el archivo incompleto de tus descargas.',
  again: 'Volver a guardar',
  againOf: (name: string) => `Volver a guardar ${name}`,
  dismissOf: (name: string) => `Cerrar el aviso: se interrumpió el guardado de ${name}`,
  cancelOf: (name: string) => `Cancelar el guardado de ${name}`,
  tooLarge: (name: string, limit: number) =>
    `«${name}» es demasiado grande para guardarlo en esta ventana: sin su ayudante (un service worker), la página puede guardar hasta ${formatBytes(limit)} de una vez. Abre Spinney en una ventana normal, no privada, y guárdalo allí.`,
}
