/** Settings: profile, passphrase, relays and storage. */

import { formatBytes } from '../../format.ts'
import { plural } from './plurals.ts'

export const settings = {
  title: 'Réglages',
  profile: 'Profil',
  name: 'Nom',
  bio: 'À propos de toi',
  bioHint: 'Visible par toute personne qui a ton identifiant.',
  saved: 'Ton profil est enregistré.',
  security: 'Phrase secrète et mots',
  oldPassphrase: 'Phrase secrète actuelle',
  newPassphrase: 'Nouvelle phrase secrète',
  change: 'Changer la phrase secrète',
  changed: 'La phrase secrète est changée. Une ancienne sauvegarde de ce disque s’ouvre encore avec l’ancienne.',
  showWords: 'Afficher mes mots de récupération',
  leftOut: (n: number) =>
    plural(n, {
      one: 'Tu as tant de contacts et de partages que tes mots ne ramèneraient pas # élément. Supprime ce dont tu n’as plus besoin.',
      other: 'Tu as tant de contacts et de partages que tes mots ne ramèneraient pas # éléments. Supprime ce dont tu n’as plus besoin.',
    }),
  wordsPassphrase: 'Phrase secrète, pour afficher les mots',
  lock: 'Verrouiller',
  lockHint: 'Tout disparaît de cette page jusqu’à ce que la phrase secrète soit saisie de nouveau.',
  autoLock: 'Verrouiller automatiquement',
  autoLockText:
    'Après ce temps sans activité dans ce navigateur. Le verrouillage attend tant que quelque chose est lu ou enregistré, et met fin à « Garder la session ouverte ».',
  lockAfter: (minutes: number) => (minutes === 0 ? 'Jamais' : minutes === 60 ? 'Après une heure' : `Après ${minutes} minutes`),
  remove: 'Supprimer ce profil de ce navigateur',
  removeText:
    'Tes clés, tes contacts et tes photos sont supprimés de ce navigateur. Seuls tes 24 mots peuvent les ramener, depuis ton relais. C’est définitif.',
  removeConfirm: (name: string) => `Saisis ${name} pour confirmer`,
  removeButton: 'Tout supprimer ici pour de bon',
  network: 'Relais',
  networkText: 'Un relais permet aux navigateurs de se trouver et garde tes partages, chiffrés, quand ta page est fermée.',
  noRelays: 'Cette page n’a pas de relais. Tout reste dans ce navigateur.',
  relayConnected: 'connecté',
  relayAddress: 'Son adresse',
  relayDown: 'déconnecté, nouvel essai en cours',
  peers: (n: number) => plural(n, { one: '# navigateur d’amis connecté', other: '# navigateurs d’amis connectés' }),
  storage: 'Stockage',
  used: (used: number, quota: number) => `${formatBytes(used)} utilisés sur ${formatBytes(quota)} environ`,
  persisted: 'Ce navigateur garde tout jusqu’à ce que tu le supprimes.',
  notPersisted: 'Ce navigateur peut tout effacer quand le disque est plein. Garde bien tes mots.',
  collect: 'Libérer ce qui ne sert plus',
  freed: (n: number) => (n ? `Place libérée : ${formatBytes(n)}.` : 'Il n’y avait rien à libérer.'),
  about: 'À propos',
  version: 'Version',
  engine: 'Moteur',
  leader: 'tourne dans cet onglet',
  attached: 'tourne dans un autre onglet',
  install: 'Installer l’application',
  installText: 'L’application a sa propre fenêtre et son icône, et d’autres programmes peuvent lui envoyer des fichiers.',
}
