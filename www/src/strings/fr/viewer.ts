/** Texts about looking at files: the viewer, and the order of a share. */

import { formatBytes, formatCount } from '../../format.ts'
import { files } from './plurals.ts'

export const viewer = {
  label: (title: string) => `Photos : ${title}`,
  filesLabel: (title: string) => `Fichiers : ${title}`,
  previous: 'Photo précédente',
  next: 'Photo suivante',
  previousFile: 'Fichier précédent',
  nextFile: 'Fichier suivant',
  close: 'Fermer',
  zoomIn: 'Agrandir',
  fit: 'Ajuster à la fenêtre',
  play: 'Diaporama',
  pause: 'Mettre le diaporama en pause',
  position: (n: number, of: number) => `${formatCount(n)} sur ${formatCount(of)}`,
  loading: 'Récupération de la photo…',
  loadingFile: 'Récupération du fichier…',
  waiting: 'En attente d’un relais ou de l’auteur…',
  absent: 'Ce n’est pas encore là. Cela viendra quand le relais ou l’auteur sera joignable.',
  sound: 'Seul le son est lu ici. Si le fichier a aussi des images, enregistre-le pour les voir avec un autre programme.',
  unknown: 'Ce navigateur ne peut pas afficher ce fichier. Enregistre-le pour l’ouvrir avec un autre programme.',
  noText: 'Ce n’est pas du texte en Unicode. Enregistre-le pour l’ouvrir avec un autre programme.',
  cutText: (bytes: number) => `Seul le début est affiché (${formatBytes(bytes)}). Enregistre le fichier pour tout lire.`,
  info: {
    title: 'À propos de ce fichier',
    name: 'Nom',
    folder: 'Dossier',
    type: 'Type',
    size: 'Taille',
    pixels: 'Dimensions',
    dimensions: (width: number, height: number) => `${formatCount(width)} × ${formatCount(height)}`,
    length: 'Durée',
    taken: 'Prise de vue',
    camera: 'Appareil photo',
    exposure: 'Exposition',
    changed: 'Date du fichier',
    reading: 'Lecture des informations de la photo…',
    unread: 'Les informations de la photo ne sont pas encore là.',
  },
}

export const order = {
  label: 'Ordre',
  names: { name: 'Nom', oldest: 'Date, du plus ancien', newest: 'Date, du plus récent', size: 'Taille, du plus gros' },
  undated: 'Sans date',
  folders: 'Dossiers',
  whole: 'Tous les fichiers',
  folder: (name: string, count: number) => `${name}, ${files(count)}`,
  files: (n: number) => files(n),
  crumbs: 'Dossier',
}
