/** Searching the names of files. */

export const fileSearch = {
  label: 'Chercher dans ces fichiers',
  none: (text: string) => `Aucun fichier ne s’appelle comme « ${text} ».`,
  found: (name: string) => `Contient « ${name} »`,
}
