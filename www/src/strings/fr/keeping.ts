/** Texts about what friends keep for each other. */

import { formatBytes } from '../../format.ts'
import { de, formatList, plural, que } from './plurals.ts'

const partages = (n: number) => plural(n, { one: '# partage', many: '# de partages', other: '# partages' })

export const keeping = {
  title: (name: string) => `Place pour ${name}`,
  text: (name: string) =>
    `Ce navigateur peut garder ce ${que(name)} partage, pour que ce soit là quand ${name} est absent et qu’aucun relais ne l’a. C’est chiffré : tu ne peux ni lire ni vérifier ce qu’il y a dedans.`,
  room: (name: string) => `Combien de place reçoit ${name}`,
  none: 'Aucune',
  bytes: (n: number) => formatBytes(n),
  left: (limit: number) => `Tes amis peuvent avoir ensemble ${formatBytes(limit)} de ce navigateur.`,
  noLimit: 'Ce navigateur peut supprimer ce qui est ici quand le disque est plein : il ne peut donc rien garder pour d’autres.',
  named: (name: string) => `${name} peut dire à ses amis que c’est gardé ici`,
  namedHint: 'Ils peuvent alors l’ouvrir depuis ce navigateur, et voir que tu le gardes.',
  public: 'Aussi ce qui est partagé avec tout le monde',
  metered: 'Aussi par les données mobiles',
  meteredHint: 'Sinon, cela arrive quand cet appareil utilise une autre connexion, par exemple le Wi-Fi.',
  given: (used: number, bytes: number) => `${formatBytes(used)} sur ${formatBytes(bytes)} utilisés`,
  shares: (whole: number, missing: number) =>
    missing ? `Ici : ${partages(whole)}. Pas encore ici : ${partages(missing)}.` : `Ici : ${partages(whole)}.`,
  ends: (date: string) => `Tu as repris cette place. Ce qui est gardé reste jusqu’au ${date}.`,
  letGo: 'Lâcher maintenant',
  letGoHint: (name: string) => `Supprime aussitôt tout ce que tu gardes pour ${name}.`,
  released: (name: string) => `Rien ${de(name)} n’est plus gardé ici.`,
  theirs: (name: string, bytes: number) => `${name} te donne ${formatBytes(bytes)}.`,
  theyKeep: (name: string, shares: number, used: number, when: string) =>
    `${name} garde en entier ${partages(shares)} à toi : ${formatBytes(used)}, selon ${name}, ${when}.`,
  notYet: (name: string) => `${name} n’a pas encore dit que quelque chose de toi est gardé.`,
  full: (name: string) => `Tout n’y tient pas. Demande plus de place à ${name}.`,
  notChosen: (name: string) =>
    `Elle n’est pas encore utilisée. Compare les six mots avec ${name}, ou attends que vous vous connaissiez ici depuis 30 jours. Deux amis au plus gardent tes partages.`,
  alsoAt: (name: string, names: readonly string[]) => `Ce ${que(name)} partage est aussi gardé par ${formatList(names)}.`,
  keptBy: (friends: readonly string[], relays: readonly string[]) => {
    const by = friends.length ? ` par ${formatList(friends)}` : ''
    const at = relays.length ? ` chez ${formatList(relays)}` : ''
    return `Gardé${[by, at].filter(Boolean).join(' et')}.`
  },
  checked: (place: string, when: string) => `${place} (vérifié ${when})`,
  lacks: (places: readonly string[]) =>
    `Tout n’a pas pu être livré quand ce navigateur l’a demandé : ${formatList(places)}. Garde la copie de ce navigateur.`,
  proven: (name: string, when: string) => `${name} pouvait le livrer quand ce navigateur l’a demandé, ${when}.`,
  fails: (name: string, when: string) =>
    `${name} n’a pas pu tout livrer quand ce navigateur l’a demandé, ${when}. Ce ${que(name)} garde ne compte pas tant que cela ne marche pas.`,
  forFriends: (used: number, given: number) => `Utilisés : ${formatBytes(used)} sur les ${formatBytes(given)} que tes amis ont ici.`,
  back: {
    title: 'Revenir',
    text: 'Vérifie à l’avance si tes 24 mots te feraient revenir si ce navigateur était perdu. Cela ne change rien.',
    button: 'Essayer de revenir',
    trying: 'Essai en cours. Cela peut prendre une minute.',
    from: (places: readonly string[]) => `Tu pourrais revenir depuis : ${formatList(places)}.`,
    unreachable: (place: string) => `${place} n’a pas répondu. Réessaie plus tard.`,
    unknown: (place: string) => `${place} n’a encore rien de toi. Laisse cette page ouverte un moment, puis réessaie.`,
    incomplete: (place: string) =>
      `Il manque quelque chose à ${place}. Laisse cette page ouverte jusqu’à ce que ce soit de nouveau là-bas, puis réessaie.`,
    unreadable: (place: string) =>
      `Le contenu de ${place} ne peut pas être lu. Préviens les responsables de ce relais, et garde ce navigateur.`,
    older: (place: string, when: string) =>
      `${place} te ferait revenir dans un état plus ancien : ${when}. Laisse cette page ouverte jusqu’à ce que les nouveautés y soient, puis réessaie.`,
    lacking: (place: string) =>
      `Il manque à ${place} des contacts, des réglages ou des partages qui sont ici. Laisse cette page ouverte jusqu’à ce que tout soit réuni, puis réessaie.`,
  },
}
