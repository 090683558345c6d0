/** Texts about shares: composing, opening and changing them, and links. */

import { formatBytes } from '../../format.ts'
import type { Saved } from '../../generated.ts'
import { de, files, formatList, persons, plural } from './plurals.ts'

export const share = {
  summary: (n: number, size: number) => `${files(n)} · ${formatBytes(size)}`,
  loading: 'Ouverture du partage…',
  loadingFiles: 'Chargement de la liste des fichiers…',
  noFiles: 'Ce partage n’a pas de fichiers.',
  elsewhere: (hosts: string) =>
    `Ses fichiers sont peut-être à ${hosts}, le relais de quelqu’un que tu ne connais pas. Pour les récupérer, cette page s’y connecte, et le relais voit ton adresse réseau.`,
  lookElsewhere: 'Récupérer de là',
  gone: 'Ce partage a disparu, ou il n’est pas pour ce profil.',
  pictures: 'Photos',
  others: 'Fichiers',
  by: (name: string, when: string) => `Partagé par ${name} · ${when}`,
  byYou: (when: string) => `Partagé par toi · ${when}`,
  passedOn: (maker: string, by: string, when: string) => `Créé par ${maker}, transmis par ${by} · ${when}`,
  passedOnByYou: (maker: string, when: string) => `Créé par ${maker}, transmis par toi · ${when}`,
  saveAllSize: (size: number) => `Tout enregistrer · ${formatBytes(size)}`,
  saveFolder: 'Enregistrer dans un dossier',
  savingFolder: (name: string) => `Enregistrement dans un sous-dossier de ${name}. La progression est sous Transferts.`,
  savedFolder: ({ folder, written, already, renamed, leftOut }: Saved) =>
    [
      `${leftOut > 0 ? 'Enregistré' : 'Tout est enregistré'} dans le ${already > 0 ? '' : 'nouveau '}dossier « ${folder} »${leftOut > 0 ? ', mais pas en entier.' : '.'}`,
      already > 0 &&
        (written > 0
          ? plural(written, {
              one: '# fichier est nouveau, les autres y étaient déjà.',
              other: '# fichiers sont nouveaux, les autres y étaient déjà.',
            })
          : 'Tout y était déjà.'),
      renamed > 0 && plural(renamed, { one: '# fichier y porte un autre nom.', other: '# fichiers y portent un autre nom.' }),
      leftOut > 0 &&
        plural(leftOut, {
          one: '# fichier est laissé de côté, parce que cet ordinateur n’accepte pas son nom. Vois lequel sous Transferts.',
          other: '# fichiers sont laissés de côté, parce que cet ordinateur n’accepte pas leur nom. Vois lesquels sous Transferts.',
        }),
    ]
      .filter(Boolean)
      .join(' '),
  savingFailed: (why: string) =>
    `L’enregistrement dans un dossier s’est interrompu. ${why} Ce qui est déjà enregistré reste. Enregistre de nouveau dans le même dossier pour avoir le reste.`,
  folderGone: 'Le dossier a été déplacé ou supprimé.',
  keep: 'Garder dans ce navigateur',
  keeping: 'Tout est récupéré dans ce navigateur.',
  download: 'Télécharger',
  downloadFile: (path: string) => `Télécharger ${path}`,
  view: (path: string) => `Ouvrir ${path}`,
  remove: 'Supprimer ce partage',
  removeMine: {
    contacts: 'Supprimer : tes amis n’y auront plus accès',
    self: 'Supprimer pour de bon',
    link: 'Supprimer : le lien ne marchera plus',
    public: 'Supprimer : plus personne ne l’aura par toi',
  },
  removed: (title: string) => `« ${title} » est supprimé.`,
  details: {
    id: 'Identifiant du partage',
    root: 'Manifeste chiffré (CID)',
    directory: 'Répertoire (CID), pour tout outil IPFS',
    author: 'Identifiant de l’auteur',
    maker: 'Identifiant de la personne à l’origine',
    created: 'Créé',
  },
  here: 'Dans ce navigateur',
  partlyHere: (have: number, size: number) => `${formatBytes(have)} sur ${formatBytes(size)} dans ce navigateur`,
}

const others = (n: number) => plural(n, { one: '# autre personne', other: '# autres personnes' })

export const audience = {
  self: 'Rien que toi',
  youAnd: (people: readonly string[]) =>
    people.length ? `Seulement ${formatList(['toi', ...people])}` : 'Seulement des personnes choisies',
  youAndMany: (people: readonly string[], more: number) => `Seulement toi, ${people.join(', ')} et ${others(more)}`,
  public: 'Tout le monde peut le lire',
  link: 'Toute personne qui a le lien',
  withdrawn: 'Annulé : rien que toi',
  forYou: (author: string) => `Seulement les personnes choisies par ${author}`,
}

export const availability = {
  uploading: 'En route vers ton relais',
  waiting: 'Seulement dans ce navigateur pour l’instant',
  otherDevice: 'Seulement dans un autre de tes navigateurs pour l’instant',
  notSent: 'Pas à ton relais',
  failed: 'Seulement dans ce navigateur : l’envoi a échoué',
  noRoom: 'Seulement dans ce navigateur : plus de place à ton relais',
  relay: 'Gardé à ton relais',
  hereAndRelay: 'Dans ce navigateur et à ton relais',
  noRelay: 'Seulement dans ce navigateur : il n’y a pas de relais',
  theirs: (author: string) => `Gardé au relais ${de(author)}`,
  theirsWaits: (author: string) => `Pas encore au relais ${de(author)}`,
}

export const delivery = {
  unknown: 'peut l’ouvrir',
  queued: 'attend l’envoi dans ce navigateur',
  kept: 'prêt pour cette personne à ton relais',
  fetched: 'l’a récupéré',
  opened: 'l’a ouvert',
  receiptsOff: 'Pour voir qui l’a récupéré et ouvert, il faut activer les accusés de réception des deux côtés, dans',
}

export const access = {
  title: 'Qui peut l’ouvrir',
  nobody: {
    contacts: 'Tu as annulé ce partage : personne d’autre que toi ne peut l’ouvrir. Tu peux le donner de nouveau à d’autres.',
    self: 'Rien que toi.',
    link: 'Toute personne qui a le lien. Désactive-le ci-dessus quand tu veux que cela cesse.',
    public:
      'Tout le monde : ce n’est pas chiffré, et tu ne peux pas le reprendre aux personnes qui l’ont. Pour l’enlever de ton fil, supprime-le sous Détails.',
  },
  remove: 'Retirer',
  removeOf: (name: string) => `Retirer ${name} de ce partage`,
  promise: (name: string) =>
    `${name} peut encore ouvrir ce qui est dans ce partage aujourd’hui, et ne reçoit rien de ce que tu y ajoutes ensuite. Pour que cela cesse aussi, annule le partage.`,
  removeText: 'Une personne que tu retires peut encore ouvrir ce qui s’y trouve aujourd’hui. Pour que cela cesse aussi, annule le partage.',
  former: (people: readonly string[]) =>
    people.length === 1
      ? `Tu as retiré ${formatList(people)}, qui peut encore ouvrir ce qui s’y trouvait alors. Pour que cela cesse, annule le partage.`
      : `Tu as retiré ces personnes : ${formatList(people)}. Elles peuvent encore ouvrir ce qui s’y trouvait alors. Pour que cela cesse, annule le partage.`,
  nobodyNow: 'Tu as retiré tout le monde : personne ne reçoit ce que tu ajoutes maintenant.',
  add: 'Ajouter des personnes',
  give: 'Le donner à des personnes',
  addText: 'Elles peuvent ouvrir tout ce qui s’y trouve, et ce que tu ajouteras.',
  added: (people: readonly string[], title: string) => `« ${title} » est en route pour ${formatList(people)}.`,
  withdraw: 'Annuler le partage',
  withdrawText:
    'Plus personne ne peut l’ouvrir, ni les personnes qui l’ont, ni celles qui l’ont eu, et les relais cessent de le donner en moins d’un jour. Ce qui a été enregistré reste enregistré.',
  withdrew: (title: string) => `« ${title} » n’est plus partagé avec personne. Ce qui a été enregistré reste enregistré.`,
}

export const addFiles = {
  title: 'Ajouter des fichiers',
  text: 'Toutes les personnes qui peuvent l’ouvrir les reçoivent aussi. Un fichier du même nom est remplacé.',
  textSelf: 'Un fichier du même nom est remplacé.',
  done: (n: number, title: string) => `${plural(n, { one: '# fichier est ajouté', other: '# fichiers sont ajoutés' })} à « ${title} ».`,
  refused: (list: readonly string[]) =>
    `Ces fichiers ne peuvent pas être partagés : ${list.slice(0, 5).join(', ')}. Renomme-les sur ton disque et choisis-les de nouveau.`,
}

/** Albums, to which friends add. */
export const album = {
  mayAdd: 'Mes amis peuvent y ajouter des fichiers',
  mayAddHint: 'Toutes les personnes que tu choisis voient qui a ajouté quoi. Tu peux masquer leurs ajouts.',
  chip: 'Ouvert aux ajouts',
  addText: (author: string) =>
    `${author} et toutes les autres personnes de cet album les reçoivent, et voient que tu les as ajoutés. Un fichier à toi du même nom est remplacé.`,
  addTextMine: 'Toutes les personnes de cet album les reçoivent. Un fichier du même nom est remplacé.',
  added: (title: string) => `Ajouté à « ${title} ».`,
  waits: (author: string) => `Les autres le verront une fois que le Spinney ${de(author)} l’aura pris.`,
  title: 'Ajouts d’amis',
  by: (name: string, when: string) => `Ajouté par ${name} · ${when}`,
  byYou: (when: string) => `Ajouté par toi · ${when}`,
  in: (title: string) => `Dans l’album « ${title} »`,
  notHere: 'Ce n’est pas encore là. Spinney continue de chercher.',
  hide: (name: string) => `Masquer les ajouts ${de(name)}`,
  hidden: (name: string) => `Les ajouts ${de(name)} sont masqués.`,
  remove: (name: string) => `Supprimer pour toi les ajouts ${de(name)}`,
  removed: (name: string) => `Les ajouts ${de(name)} sont supprimés pour toi.`,
  takeBack: 'Reprendre tes ajouts',
  takenBack: 'Tes ajouts sont repris.',
  all: (name: string) => `Ouvrir les ajouts ${de(name)}`,
}

export const passOn = {
  title: 'Transmettre',
  text: (maker: string) =>
    `On voit que cela vient ${de(maker)} et que tu l’as transmis. Les destinataires peuvent ouvrir ce qui s’y trouve maintenant.`,
  submit: (n: number) => (n ? `Transmettre à ${persons(n)}` : 'Transmettre'),
  done: (title: string) => `« ${title} » est transmis.`,
}

export const links = {
  title: 'Liens',
  all: 'Tous mes liens',
  one: 'Son lien',
  text: 'Toute personne qui a un de ces liens peut ouvrir son partage, sans profil.',
  empty: 'Pas encore de liens',
  emptyText: 'Toute personne qui a un lien peut ouvrir son partage, dans n’importe quel navigateur.',
  begin: 'Partager par lien',
  withPassword: 'Avec mot de passe',
  withoutPassword: 'Sans mot de passe',
  withPasswordText: 'Il faut aussi le mot de passe. Ne l’envoie pas en même temps que le lien.',
  withoutPasswordText: 'Envoie-le par un moyen sûr : le lien suffit pour ouvrir.',
  ends: (when: string) => `Prend fin le ${when}`,
  noEnd: 'Sans fin',
  made: (when: string) => `Créé : ${when}`,
  copy: 'Copier le lien',
  qr: (title: string) => `Le lien vers ${title}, en code QR`,
  fieldOf: (title: string) => `Le lien vers ${title}`,
  switchOff: 'Désactiver pour de bon',
  switchOffOf: (title: string) => `Désactiver pour de bon : le lien vers ${title}`,
  switchOffText: 'Plus personne ne pourra ouvrir le lien. Tu gardes le partage, et ce qui a été enregistré reste enregistré.',
  switchedOff: (title: string) => `Le lien vers « ${title} » est désactivé.`,
  off: 'Il est désactivé ou a pris fin, et ne s’ouvre plus.',
}

export const openLink = {
  title: 'Ouverture d’un lien',
  ask: 'Ouvrir ce lien ?',
  askText:
    'Un lien a été ouvert dans ce navigateur. Ce qu’il partage, et qui le partage, n’apparaît qu’une fois que tu l’ouvres. Il sera alors parmi tes partages.',
  askGuest: 'Un lien a été ouvert dans ce navigateur. Ce qu’il partage, et qui le partage, n’apparaît qu’une fois que tu l’ouvres.',
  askRelays: 'Pour l’ouvrir, Spinney se connecte aux relais nommés dans le lien. Ils voient ton adresse réseau.',
  askHosts: (hosts: readonly string[]) => `Pour l’ouvrir, Spinney se connecte à ${formatList(hosts)}. Ton adresse réseau y sera visible.`,
  askAuthor: (name: string) => `D’après le lien, il vient ${de(name)}.`,
  agree: 'Ouvrir le lien',
  opening: 'Recherche de ce qu’il ouvre…',
  checking: 'Essai du mot de passe…',
  password: 'Mot de passe de ce lien',
  passwordText: 'Ce lien a un mot de passe. Demande-le à la personne qui t’a envoyé le lien.',
  open: 'Ouvrir',
  start: 'Ouvrir mon profil',
  make: 'Créer un profil',
  keep: 'Garder dans un profil',
  keepText: 'Tu es en mode invité. Crée un profil pour garder ceci.',
  safe: 'Chiffré : seules les personnes qui ont le lien peuvent l’ouvrir.',
  until: (when: string) => `Il s’ouvre jusqu’au ${when}.`,
  untilShort: (when: string) => `jusqu’au ${when}`,
  noEnd: 'sans date de fin',
  taken: (title: string) => `« ${title} » sera parmi tes partages.`,
  asGuest: (title: string) => `« ${title} » est ouvert en mode invité.`,
  backTo: 'Y revenir',
  ended: 'Ce lien a pris fin : demande un nouveau lien à la personne qui te l’a envoyé.',
  errors: {
    'wrong-passphrase': 'Ce n’est pas le mot de passe de ce lien.',
    'invalid-id': 'Une partie de ce lien manque ou est mal saisie. Copie-le en entier et réessaie.',
    'not-found': 'Ce lien ne s’ouvre plus : il a été désactivé ou a pris fin.',
    unreachable: 'Personne qui a ce partage n’est joignable en ce moment. Vérifie ta connexion, ou réessaie plus tard.',
  } as Record<string, string>,
}
