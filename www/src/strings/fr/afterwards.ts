/** Texts about changing a share afterwards: selecting files, its title and text, its cover and order, and its link. */

import { formatBytes, formatCount } from '../../format.ts'
import { files, plural } from './plurals.ts'

export const selection = {
  begin: 'Sélectionner',
  label: 'Fichiers sélectionnés',
  count: (n: number, bytes: number) => (n ? `${files(n)} · ${formatBytes(bytes)}` : 'Rien de sélectionné'),
  all: 'Tout sélectionner',
  save: 'Enregistrer',
  saveOf: (n: number) => `Enregistrer ${files(n)}`,
  passOn: 'Transmettre',
  passOnOf: (n: number) => `Transmettre ${files(n)}`,
  reading: 'Récupération des fichiers…',
  tooMuch: (bytes: number) =>
    `Tu peux transmettre ${formatBytes(bytes)} au plus de cette façon. Sélectionne moins de fichiers, ou transmets le partage entier.`,
  tooMany: 'Il y en a trop pour un seul enregistrement. Sélectionnes-en moins, ou enregistre tout.',
  passedOn: 'Tes fichiers sont dans un nouveau partage. Choisis à qui il s’adresse.',
  remove: 'Retirer',
  removeOf: (n: number) => `Retirer ${files(n)}`,
  removed: (n: number) =>
    plural(n, {
      one: '# fichier retiré. Les personnes qui l’ont déjà le gardent.',
      other: '# fichiers retirés. Les personnes qui les ont déjà les gardent.',
    }),
  end: 'Terminer la sélection',
}

export const rename = {
  begin: 'Renommer',
  title: 'Titre',
  note: 'Texte',
  hint: 'Les personnes qui peuvent ouvrir ce partage verront le nouveau texte.',
  needTitle: 'Saisis d’abord un titre.',
  needShorter: (most: number) => `${formatCount(most)} caractères au plus.`,
  done: 'C’est modifié.',
}

export const cover = {
  use: 'En couverture',
  done: 'Cette photo est maintenant la couverture du partage.',
}

export const orderForAll = {
  use: 'Pour tout le monde',
  hint: 'Tout le monde voit cet ordre, et chaque personne peut en choisir un autre pour elle.',
  done: 'Tout le monde voit maintenant cet ordre.',
}

export const text = {
  copy: 'Copier le texte',
  open: (host: string) => `Ouvrir ${host}`,
}

export const panel = {
  title: 'Qui peut l’ouvrir',
}

export const changeLink = {
  begin: 'Modifier la fin ou le mot de passe',
  text: 'Le lien que tu as donné continue de marcher.',
  end: 'Fin du lien',
  ends: {
    same: 'Comme maintenant',
    day: 'Dans 1 jour',
    week: 'Dans 1 semaine',
    month: 'Dans 1 mois',
    never: 'Jamais',
    date: 'Après un jour que je choisis',
  },
  lastDay: 'Dernier jour',
  needDay: 'Choisis un jour à venir.',
  password: 'Mot de passe',
  passwords: { same: 'Comme maintenant', none: 'Aucun mot de passe', other: 'Un autre mot de passe' },
  typed: 'Nouveau mot de passe',
  typedHint: 'L’ancien mot de passe n’ouvrira plus le lien. Ce qui a déjà été enregistré reste là où il est.',
  needPassword: 'Saisis d’abord un mot de passe.',
  save: 'Modifier le lien',
  done: 'Le lien est modifié. L’adresse que tu as donnée continue de marcher.',
}
