/** What a person is told when a call fails, by the code of the error. */

import type { Strings } from '../../strings.ts'
import { files, listOf } from './plurals.ts'

export const errors = {
  locked: 'Le profil est verrouillé. Saisis de nouveau ta phrase secrète.',
  'wrong-passphrase': 'Ce n’est pas la phrase secrète.',
  'passkey-failed': 'La clé d’accès n’a pas marché. Saisis ta phrase secrète.',
  'passkey-gone': 'Cette clé d’accès a été retirée du profil. Saisis ta phrase secrète.',
  'passkey-elsewhere': 'Les clés d’accès de ce profil sont pour une autre adresse que celle de cette page. Saisis ta phrase secrète.',
  'passkey-wrong':
    'Cette clé d’accès a donné une autre clé que prévu, et ne peut donc pas ouvrir le profil. Utilise ta phrase secrète. Si elle a été ajoutée plus tôt, retire-la dans les réglages et ajoutes-en une autre.',
  'passkeys-full': 'Il n’y a plus de place pour une clé d’accès. Retires-en d’abord une.',
  'passkey-refused':
    'Ton appareil n’a pas donné de clé d’accès. L’opération a été annulée, elle a duré trop longtemps, ou la clé y a été supprimée. Réessaie, ou utilise ta phrase secrète.',
  'passkey-known':
    'Cet appareil ou ce gestionnaire de mots de passe a déjà une clé d’accès de ce profil. Utilise celle-là, ou choisis un autre endroit pour en créer une.',
  'no-prf':
    'Cette clé d’accès ne peut pas ouvrir de profil : ce navigateur, ou l’appareil ou le gestionnaire de mots de passe qui la garde, n’a pas ce qu’il faut (PRF). Choisis un autre endroit pour la clé d’accès, ou continue avec ta phrase secrète.',
  'not-found': 'Ce n’est plus là.',
  'already-exists': 'C’est déjà dans ce navigateur. Reviens en arrière et ouvre-le.',
  friend: 'Cette personne est déjà dans tes contacts.',
  asked: 'Tu as déjà envoyé une demande à cette personne. Elle n’a pas encore répondu.',
  followed: 'Tu suis déjà cette personne.',
  blocked: 'Tu as bloqué cette personne. Débloque-la d’abord : elle est sous « Bloqués » sur cette page.',
  'invalid-id': 'Ce n’est ni un identifiant ni une invitation. Copie tout et réessaie.',
  'own-id': 'C’est ton propre identifiant. Envoie-le plutôt à un ami.',
  'mistyped-id': 'Cet identifiant est mal saisi : il ne peut être celui de personne. Copie-le de nouveau, ou compare-le lettre par lettre.',
  'broken-code': 'Une partie de cette invitation ou de ce lien manque ou a changé. Copie tout de nouveau.',
  'old-code': 'Ceci vient d’un Spinney plus ancien. Demandes-en un nouveau.',
  'code-ended':
    'Ce code n’est plus valable : il a servi, il a été repris ou il est trop vieux. Affiches-en un nouveau sur ton autre appareil.',
  'words-elsewhere':
    'Tes 24 mots ne sont pas ici, parce que cet appareil a été associé ou que tes clés ont été changées. Ils sont là où tu les as notés.',
  closed: 'Cette personne a changé de clés, et ceci est son ancien identifiant. Elle est dans tes contacts sous le nouveau.',
  doubted: 'Son profil désigne un autre successeur. Décide d’abord sur sa page si tu veux continuer.',
  'words-of-another': 'Ce sont les mots d’un autre profil. Cherche le papier de celui-ci.',
  several: 'Il y en a plusieurs dans ce texte. Choisis-en un.',
  'invalid-name': 'Ce nom ne peut pas être utilisé.',
  'needs-name': 'Choisis d’abord un nom et une phrase secrète.',
  'not-agreed': 'L’un des deux n’a pas accepté d’être visible pour d’autres. Demande-lui de l’activer dans les Réglages.',
  'invalid-signature': 'Ce qui est revenu n’est pas signé par cette personne. Rien n’a été ajouté.',
  unreachable: 'Impossible de le joindre pour l’instant. Réessaie plus tard.',
  'relays-only':
    'C’est au relais de quelqu’un d’autre, et tu ne joins tes contacts que par tes relais. Tu peux changer cela dans les réglages.',
  'service-known': 'Il y a déjà un service de ce nom. Choisis-en un autre.',
  'service-address': 'L’adresse doit commencer par https:// et nommer un serveur, par exemple https://pins.example.org.',
  'service-unreachable':
    'Il ne répond pas, ou ne permet pas aux pages de l’interroger. Vérifie l’adresse ; tous les services ne sont pas utilisables depuis une page.',
  'no-service': 'Ce qui répond là n’est pas un service de pinning. Vérifie l’adresse.',
  'service-token': 'Le service n’accepte pas ce jeton. Copie-le en entier, ou fais-en un nouveau là-bas.',
  'service-refused': 'Le service a refusé, ou il est surchargé ou en panne. Réessaie plus tard.',
  'quota-exceeded': 'Le stockage de ce navigateur est plein. Libère de la place dans les réglages.',
  'permission-needed': 'Le navigateur ne l’a pas permis. Réessaie et autorise-le.',
  'file-changed': 'Un fichier a changé sur ton disque depuis que tu l’as choisi. Choisis-le de nouveau.',
  'engine-moved': 'Un autre onglet a pris le relais. Réessaie.',
  'engine-stopped': 'Le moteur s’est arrêté et a été redémarré. Réessaie.',
  'insecure-context': 'Cette adresse n’est pas sécurisée : ouvre Spinney en https.',
  unsupported: 'Ce navigateur ne peut pas faire cela.',
  'not-invited':
    'Ce relais ne garde des partages que pour les personnes invitées par son opérateur. Envoie-lui ton identifiant. Tu le trouves sous Contacts, « Ajouter un contact », « Permanent ».',
  'storage-failed': 'Le stockage de ce navigateur a échoué. Recharge la page, puis réessaie.',
  cancelled: 'Annulé.',
} as Strings['errors']

export const errorOf = {
  unreadable: (paths: readonly string[]) =>
    paths.length === 1
      ? `${paths[0]} est illisible. Ce fichier a été modifié, déplacé ou supprimé depuis que tu l’as choisi, ou tu n’as pas le droit de l’ouvrir.`
      : `${files(paths.length)} sont illisibles : ${listOf(paths)}. Ils ont été modifiés, déplacés ou supprimés depuis que tu les as choisis, ou tu n’as pas le droit de les ouvrir.`,
  refused: (why: string) => `Cela ne peut pas être pris : ${why}.`,
}
