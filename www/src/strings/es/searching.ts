/** Searching the names of files. */

export const fileSearch = {
  label: 'Buscar en estos archivos',
  none: (text: string) => `Ningún archivo se llama como «${text}».`,
  found: (name: string) => `Contiene «${name}»`,
}
