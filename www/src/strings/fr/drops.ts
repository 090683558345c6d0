/** Texts about drop boxes: links with which people without a profile give files. */

import { formatBytes } from '../../format.ts'
import { files, formatList, plural, que } from './plurals.ts'

export const drops = {
  title: 'Recevoir des fichiers par lien',
  text: 'Crée un lien et donne-le à d’autres personnes. Elles n’ont pas besoin de profil : elles l’ouvrent, choisissent des fichiers et les envoient. Personne d’autre que toi ne peut ouvrir leurs envois. Ils attendent à ton relais jusqu’à ce que tu les regardes.',
  anyone:
    'Toute personne qui a le lien peut déposer des fichiers dans cette boîte, sans voir ce qui s’y trouve. Donne-le donc à des personnes que tu connais, et n’ouvre que ce que tu attends.',
  name: 'Nom de la boîte',
  nameHint: 'Personne d’autre ne le voit. Tu peux le laisser vide.',
  size: 'Place dans la boîte',
  sizeHint: 'Ton relais réserve cette part de ta place pour elle.',
  days: 'Pour combien de temps',
  dayCount: (n: number) => plural(n, { one: '# jour', other: '# jours' }),
  make: 'Créer un lien',
  made: 'Le lien est prêt. Copie-le, ou fais-le scanner.',
  needRoom: (left: number) =>
    left > 0
      ? `Ton relais a encore de la place pour ${formatBytes(left)}. Choisis une taille plus petite, ou supprime des partages.`
      : 'Ton relais n’a plus de place pour toi. Supprime des partages, ou ferme une autre boîte.',
  needReach: 'Ton relais est injoignable, et une boîte en a besoin. Vérifie ta connexion et réessaie.',
  yours: 'Tes boîtes',
  one: (n: number) => `Boîte ${n}`,
  room: (left: number, bytes: number) => `${formatBytes(left)} libres sur ${formatBytes(bytes)}`,
  roomUnknown: (bytes: number) => `Place : ${formatBytes(bytes)}`,
  ends: (date: string) => `Ferme le ${date}`,
  over: (date: string) => `Fermée le ${date}`,
  field: 'Lien de ta boîte',
  copy: 'Copier le lien',
  qr: 'Code QR du lien de ta boîte',
  end: 'Fermer cette boîte',
  endText: 'Plus personne ne pourra envoyer, dès que ton relais le saura. Ce qui est arrivé reste 30 jours.',
  ended: 'La boîte est fermée.',
  empty: 'Rien n’est encore arrivé.',
  came: (n: number) => plural(n, { one: '# fichier est arrivé dans ta boîte.', other: '# fichiers sont arrivés dans ta boîte.' }),
  waiting: (n: number) => plural(n, { one: '# fichier attend dans ta boîte', other: '# fichiers attendent dans ta boîte' }),
  look: 'Voir la boîte',
  from: 'Quelqu’un qui a ton lien',
  says: (message: string) => `Message : « ${message} »`,
  what: (n: number, size: number, when: string) => `${files(n)} · ${formatBytes(size)} · ${when}`,
  show: 'Voir ce que c’est',
  showing: 'Récupération de la liste…',
  more: (n: number) => `et ${plural(n, { one: '# autre fichier', other: '# autres fichiers' })}`,
  accept: 'Garder',
  accepting: 'Copie dans un partage à toi…',
  accepted: (title: string) => `« ${title} » est parmi tes partages. Personne d’autre que toi ne peut l’ouvrir.`,
  decline: 'Jeter',
  declined: 'C’est jeté.',
  shareTitle: (message: string | undefined, date: string) => (message ? `De la boîte : ${message}` : `De la boîte, ${date}`),
}

export const drop = {
  ask: 'Envoyer des fichiers à quelqu’un ?',
  askText: 'Un lien a été ouvert dans ce navigateur. Il permet de donner des fichiers à quelqu’un. Tu n’as pas besoin de profil.',
  askHosts: (hosts: readonly string[]) => `Pour envoyer, Spinney se connecte à ${formatList(hosts)}. Ton adresse réseau y sera visible.`,
  agree: 'Continuer',
  own: 'C’est le lien de ta propre boîte. Donne-le aux personnes qui veulent t’envoyer des fichiers.',
  toBoxes: 'Tes boîtes',
  opening: 'Recherche de la boîte…',
  to: (name: string) => `Envoyer des fichiers à ${name}`,
  text: (name: string) =>
    `Tes fichiers sont chiffrés dans ce navigateur. Personne d’autre ${que(name)} ne peut les ouvrir. C’est à ${name} de décider de les garder ou non.`,
  left: (left: number, until: string) => `Il y a de la place pour ${formatBytes(left)}, jusqu’au ${until}.`,
  here: 'Choisis des fichiers, ou dépose-les sur cette page.',
  chosen: (n: number, size: number) => `${files(n)}, ${formatBytes(size)}`,
  remove: (path: string) => `Ne pas prendre ${path}`,
  others: (n: number) => `et ${plural(n, { one: '# autre', other: '# autres' })}`,
  message: 'Ton nom, ou quelques mots',
  send: 'Envoyer',
  progress: 'Envoi',
  done: (done: number, total: number) => `${formatBytes(done)} sur ${formatBytes(total)}`,
  waits: 'Le relais est injoignable. L’envoi reprendra tout seul à son retour : laisse cette page ouverte.',
  telling: (name: string) => `Tout est au relais. Nous prévenons ${name}…`,
  stay: 'Laisse cette page ouverte jusqu’à la fin de l’envoi.',
  stopped: 'L’envoi a été arrêté. Rien n’en est gardé.',
  sent: 'C’est envoyé. Tu peux fermer cette page.',
  sentText: (name: string) => `Tes fichiers attendent ${name} au relais.`,
  again: 'Envoyer autre chose',
  needFiles: 'Choisis d’abord au moins un fichier.',
  refusedNames: (paths: readonly string[]) =>
    `Ces fichiers ne peuvent pas être envoyés à cause de leur nom : ${formatList(paths)}. Renomme-les et choisis-les de nouveau.`,
  needRoom: (left: number) =>
    left > 0
      ? `C’est trop gros : il reste de la place pour ${formatBytes(left)}. Envoie moins de fichiers, ou demande une boîte plus grande.`
      : 'Cette boîte est pleine. Demande un nouveau lien à la personne qui te l’a envoyé.',
  errors: {
    'drop-closed': 'Cette boîte est fermée. Demande un nouveau lien à la personne qui te l’a envoyé.',
    'old-code': 'Ce lien vient d’un Spinney plus ancien. Demandes-en un nouveau.',
    'broken-code': 'Ce lien n’est pas complet. Copie-le en entier et ouvre-le de nouveau.',
    'invalid-id': 'Ce lien vient d’une version plus récente de Spinney. Recharge la page, ou demande un nouveau lien.',
    unreachable: 'Le relais de cette boîte est injoignable. Vérifie ta connexion, ou réessaie plus tard.',
    'relays-only':
      'Cette boîte est au relais de quelqu’un d’autre, et tu ne te connectes qu’à tes propres relais. Change cela dans les réglages, ou ouvre le lien dans une fenêtre privée.',
  } as Record<string, string>,
}
