/** Texts about sending first: the link before a profile has a name, and giving it one. */

import { formatBytes, formatCount } from '../../format.ts'
import { files } from './plurals.ts'

export const first = {
  region: 'Fichiers à envoyer',
  drop: 'Dépose des photos, des fichiers ou un dossier n’importe où ici',
  choose: 'Que veux-tu envoyer ?',
  orPick: 'ou choisis-les ici',
  chosen: (n: number, size: number) => (n ? `${files(n)} · ${formatBytes(size)}` : 'Un dossier'),
  more: (n: number) => `et ${formatCount(n)} de plus`,
  clear: 'Recommencer',
  get: 'Obtenir un lien',
  making: 'Création de tes clés…',
  kept: 'Pas besoin de nom ni de phrase secrète. Ce navigateur garde le profil qui envoie jusqu’à ce que tu lui donnes un nom et une phrase secrète ; toute personne qui utilise ce navigateur peut l’ouvrir. Si les données de ce site sont effacées avant, il est perdu.',
  cannotKeep:
    'Ce navigateur ne peut pas garder ici un profil sans phrase secrète, alors rien n’a été envoyé. Crée un profil avec une phrase secrète, puis partage.',
  sendingTitle: 'Création de ton lien',
  ready: 'Ton lien est prêt',
  readyText: (title: string) => `Toute personne qui l’a peut ouvrir « ${title} ». C’est chiffré : ton relais ne peut pas le lire.`,
  linkOf: (title: string) => `Le lien vers ${title}`,
  copy: 'Copier le lien',
  uploading: 'Envoi en cours. Garde cette page ouverte jusqu’à la fin : d’ici là, le lien n’ouvre rien.',
  uploaded: 'Envoyé. Le lien marche aussi quand cette page est fermée.',
  go: 'Voir mon partage',
  toForm: 'Modifier d’abord quelque chose',
}

export const finish = {
  title: 'Choisis ton nom et ta phrase secrète',
  text: 'Tes amis sauront que c’est toi, et tu pourras revenir.',
  risk: 'D’ici là, ce navigateur garde ton profil, et toute personne qui l’utilise peut l’ouvrir. Si les données de ce site sont effacées, ton profil et tes liens sont perdus.',
  forFriends:
    'Tes amis voient ton nom : choisis-le d’abord. La phrase secrète protège ton profil des autres personnes qui utilisent ce navigateur.',
  open: 'Choisir un nom et une phrase secrète',
  submit: 'Enregistrer le nom et la phrase',
  busy: 'Création de tes clés…',
  done: (name: string) => `Tu es maintenant ${name}.`,
  noName: 'Pas encore de nom',
  waits: 'Tu as envoyé quelque chose d’ici, sans avoir encore choisi de nom ni de phrase secrète.',
  other: 'Utiliser un autre profil',
  otherHint: 'Revient au premier écran. Ce profil y reste, et s’ouvre sans phrase secrète.',
}
