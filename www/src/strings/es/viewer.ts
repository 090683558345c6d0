/** Texts about looking at files: the viewer, and the order of a share. */

import { formatBytes, formatCount } from '../../format.ts'
import { plural } from './plurals.ts'

export const viewer = {
  label: (title: string) => `Imágenes de ${title}`,
  filesLabel: (title: string) => `Archivos de ${title}`,
  previous: 'Imagen anterior',
  next: 'Imagen siguiente',
  previousFile: 'Archivo anterior',
  nextFile: 'Archivo siguiente',
  close: 'Cerrar',
  zoomIn: 'Ampliar',
  fit: 'Ajustar a la ventana',
  play: 'Presentación',
  pause: 'Pausar la presentación',
  position: (n: number, of: number) => `${formatCount(n)} de ${formatCount(of)}`,
  loading: 'Cargando la imagen…',
  loadingFile: 'Cargando el archivo…',
  waiting: 'Esperando conexión con un relé o con quien lo compartió…',
  absent: 'Aún no está aquí. Llegará cuando haya conexión con el relé o con quien lo compartió.',
  sound: 'Aquí solo se oye el sonido. Si el archivo tiene también imágenes, guárdalo para verlas con otro programa.',
  unknown: 'Este navegador no puede mostrar este archivo. Guárdalo para abrirlo con otro programa.',
  noText: 'Esto no es texto en Unicode. Guárdalo para abrirlo con otro programa.',
  cutText: (bytes: number) => `Solo se muestran los primeros ${formatBytes(bytes)}. Guárdalo para leerlo todo.`,
  info: {
    title: 'Sobre este archivo',
    name: 'Nombre',
    folder: 'Carpeta',
    type: 'Tipo',
    size: 'Tamaño',
    pixels: 'Dimensiones',
    dimensions: (width: number, height: number) => `${formatCount(width)} × ${formatCount(height)}`,
    length: 'Duración',
    taken: 'Fecha de captura',
    camera: 'Cámara',
    exposure: 'Exposición',
    changed: 'Fecha del archivo',
    reading: 'Leyendo los datos de la imagen…',
    unread: 'Los datos de la imagen aún no están aquí.',
  },
}

export const order = {
  label: 'Orden',
  names: { name: 'Nombre', oldest: 'Fecha, más antiguos primero', newest: 'Fecha, más recientes primero', size: 'Tamaño, mayores primero' },
  undated: 'Sin fecha',
  folders: 'Carpetas',
  whole: 'Todos los archivos',
  folder: (name: string, files: number) => `${name}, ${plural(files, { one: '# archivo', other: '# archivos' })}`,
  files: (n: number) => plural(n, { one: '# archivo', other: '# archivos' }),
  crumbs: 'Carpeta',
}
