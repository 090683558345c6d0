/** Texts about passkeys. */

import { longDate } from '../../format.ts'

export const passkeys = {
  title: 'Déverrouiller avec une empreinte ou une clé d’accès',
  text: 'Une clé d’accès ouvre ce profil dans ce navigateur avec ton empreinte, ton visage ou le code de ton appareil. Ta phrase secrète marche toujours, et elle seule montre tes mots.',
  name: (n: number) => `Clé d’accès ${n}`,
  addedOn: (when: Date) => `Ajoutée le ${longDate(when)}`,
  elsewhere: (host: string) => `Marche seulement sur ${host}`,
  remove: 'Retirer',
  removeNamed: (name: string) => `Retirer ${name}`,
  removed:
    'Cette clé d’accès n’ouvre plus le profil. Tu peux la supprimer aussi sur ton appareil ou dans ton gestionnaire de mots de passe.',
  oldCopy:
    'Une ancienne copie de ce disque, par exemple une sauvegarde, s’ouvre encore avec toutes les clés d’accès qu’elle avait. En retirer une ici n’y change rien.',
  add: 'Ajouter une clé d’accès',
  synchronised:
    'Si un gestionnaire de mots de passe ou un compte, comme celui de ton téléphone, synchronise tes clés d’accès, ce disque s’ouvre pour toute personne qui peut utiliser ce compte.',
  passphrase: 'Phrase secrète, pour ajouter une clé d’accès',
  asks: 'Ton appareil demande trois fois : une fois pour créer la clé d’accès, et deux fois pour l’essayer.',
  make: 'Créer la clé d’accès',
  follow: 'Suis les indications de ton appareil…',
  added: 'La clé d’accès est ajoutée. Elle ouvre ton profil sur cette page, comme ta phrase secrète.',
  open: 'Déverrouiller avec une clé d’accès',
  key: 'Ta clé ne quitte jamais ce navigateur. Sans la phrase secrète, une clé d’accès ou tes mots de récupération, personne ne peut l’ouvrir, pas même nous.',
}
