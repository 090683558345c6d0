/** Texts about linking one more device. */

import { de, formatList, plural } from './plurals.ts'

export const devices = {
  title: 'Tes appareils',
  text: 'Utilise ce profil sur ton téléphone et ton ordinateur. Chacun a sa propre phrase secrète.',
  here: 'celui-ci',
  unnamed: 'Un appareil sans nom',
  added: (day: string) => `Depuis le ${day}`,
  rename: 'Renommer',
  renameNamed: (name: string) => `Renommer ${name}`,
  newName: 'Nouveau nom',
  save: 'Enregistrer le nom',
  online: 'en ligne',
  lastSeen: (when: string) => `dernière connexion : ${when}`,
  newSince: (day: string, name: string) => `Nouvel appareil depuis le ${day} : ${name}`,
  known: 'C’était moi',
  remove: 'Retirer',
  removeNamed: (name: string) => `Retirer ${name}`,
  removeTitle: (name: string) => `Retirer « ${name} » ?`,
  removeDoes: 'Tes autres appareils et tes amis ne l’affichent plus et ne lui donnent plus rien. Tes relais n’acceptent plus rien de lui.',
  removeHas:
    'Il a ton identité, et rien ne peut la lui faire oublier. S’il est verrouillé, personne ne peut l’ouvrir sans sa phrase secrète. S’il est ouvert, la personne qui l’a peut lire ce que tes amis partagent avec toi.',
  stolen: 'Il a été volé ? Tes 24 mots créent de nouvelles clés, qu’il n’a pas :',
  newKeys: '« Après un vol » dans les réglages',
  removeThis: 'Retirer cet appareil',
  removed: (name: string) => `« ${name} » est retiré.`,
  removedHere: 'Un autre de tes appareils a retiré celui-ci.',
  removedHereText:
    'Ce que tu fais ici n’atteint plus personne : ni tes amis, ni tes relais, ni tes autres appareils. Pour te resservir de ce navigateur, supprime le profil ici dans les réglages, puis associe le navigateur de nouveau.',
  link: 'Associer un autre appareil',
  passphrase: 'Ta phrase secrète sur cet appareil',
  showCode: 'Afficher le code',
  warning: 'Seulement pour un appareil à toi, ici à côté de toi. Personne d’autre n’en a jamais besoin, ni un ami, ni une assistance.',
  how: 'Sur ton autre appareil, ouvre cette adresse, choisis « J’ai Spinney sur un autre appareil » et scanne le code.',
  address: 'Adresse',
  qr: 'Le code pour ton autre appareil, en code QR',
  asText: 'Afficher le code en texte',
  code: 'Code',
  until: (time: string) => `Le code est valable pour un appareil, jusqu’à ${time}.`,
  asks: (name: string) => `« ${name} » a lu le code.`,
  gives:
    'Saisis les quatre mots qu’il affiche. Il pourra alors faire tout ce que tu peux faire : lire tes partages, écrire à tes amis, agir à ta place.',
  words: 'Les quatre mots',
  give: 'Associer cet appareil',
  linked: (name: string) => `« ${name} » est associé.`,
  newCode: 'Afficher un nouveau code',
  ended: 'Ce code n’est plus valable. Si c’était toi, affiches-en un nouveau.',
  wrong: (tries: number) =>
    tries > 0
      ? `Ce ne sont pas les mots affichés sur ton autre appareil. ${plural(tries, { one: 'Il te reste # essai.', other: 'Il te reste # essais.' })}`
      : 'Ce ne sont pas les mots affichés sur ton autre appareil. Ce code n’est plus valable : affiches-en un nouveau.',
  needFour: (n: number) => `Ton autre appareil affiche quatre mots ; tu en as saisi ${n}.`,
  wrongWord: (position: number, near: readonly string[]) =>
    near.length
      ? `Le mot ${position} n’est pas de ceux qu’un appareil affiche. Voulais-tu dire ${formatList(near, 'or')} ?`
      : `Le mot ${position} n’est pas de ceux qu’un appareil affiche. Vérifie son orthographe.`,
}

export const join = {
  start: 'J’ai Spinney sur un autre appareil',
  title: 'Utiliser ton profil sur cet appareil aussi',
  text: 'Sur ton autre appareil, ouvre Réglages, « Associer un autre appareil ». Puis scanne le code qu’il affiche, ou colle-le.',
  code: 'Le code de ton autre appareil',
  scan: 'Scanner le code',
  scanTitle: 'Scanner le code de ton autre appareil',
  scanText: 'Tiens le code de ton autre appareil devant la caméra.',
  scanOther: 'Ce n’est pas le code d’un appareil. Sur ton autre appareil, ouvre Réglages, « Associer un autre appareil ».',
  needCode: 'Scanne ou colle d’abord le code.',
  needWholeCode: 'Une partie de ce code manque ou a changé. Copie-le de nouveau en entier.',
  needReach: 'Ton autre appareil est injoignable. Laisse-le ouvert et déverrouillé, et vérifie les deux connexions.',
  name: 'Nom de cet appareil',
  nameHint: 'Tu le vois dans la liste de tes appareils.',
  names: { phone: 'Mon téléphone', computer: 'Mon ordinateur' },
  passphrase: 'Nouvelle phrase secrète pour cet appareil',
  note: 'Tes 24 mots ne viennent pas ici. Ils restent là où tu les as notés.',
  submit: 'Continuer',
  busy: 'Connexion à ton autre appareil…',
  wordsTitle: 'Saisis ces quatre mots sur ton autre appareil',
  wordsText: 'Ils montrent qu’aucun autre appareil ne s’est glissé entre les deux. Laisse les deux ouverts.',
  whose: (name: string) => `Cet appareil va rejoindre ceux ${de(name)}`,
  whoseUnknown: 'Cet appareil va rejoindre ton profil',
  whoseText: 'Tes amis et tes partages arrivent ici. Si ce n’est pas toi, réponds non.',
  yes: 'Oui, c’est moi',
  no: 'Non',
  restoring: 'Arrivée de tes amis et de tes partages…',
}
