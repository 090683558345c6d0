/** Texts about the share in the making: choosing, dropping and pasting files, and drafts. */

import { formatBytes, formatCount } from '../../format.ts'
import { LIMITS } from '../../generated.ts'
import { files, formatList, persons, plural } from './plurals.ts'

/** The beginning of a sentence about files that wait. Of folders without files nothing is counted. */
const waits = (n: number) => (n ? plural(n, { one: '# fichier attend', other: '# fichiers attendent' }) : 'Un dossier attend')
const others = (n: number) => plural(n, { one: '# autre personne', other: '# autres personnes' })

export const compose = {
  title: 'Partager',
  drop: 'Dépose des photos, des fichiers ou un dossier n’importe où ici',
  choose: 'Que veux-tu partager ?',
  dropNow: 'Relâche pour ajouter',
  orPick: 'ou choisis-les ici',
  pickFiles: 'Choisir des fichiers',
  pickFolder: 'Choisir un dossier',
  addFiles: 'Ajouter des fichiers',
  addFolder: 'Ajouter un dossier',
  chosen: (what: string, size: number) => `${what} · ${formatBytes(size)}`,
  showAll: (n: number) => `Tout afficher (${formatCount(n)})`,
  reading: 'Lecture du dossier…',
  more: (n: number) => `et ${formatCount(n)} de plus`,
  removeFile: (path: string) => `Ne pas prendre ${path}`,
  removeFolder: (path: string) => `Ne pas prendre le dossier ${path}`,
  clear: 'Tout effacer',
  cleared: 'Tout est effacé.',
  paste: 'Coller',
  pasteNothing: 'Il n’y a ni image ni texte à coller.',
  folder: 'Dossier vide',
  systemFiles: (n: number) =>
    plural(n, {
      one: '# fichier créé par un système pour lui-même est laissé de côté.',
      other: '# fichiers créés par des systèmes pour eux-mêmes sont laissés de côté.',
    }),
  noEmptyFolders: 'Quand tu choisis un dossier, ses dossiers vides ne suivent pas. Pour les garder, dépose plutôt le dossier ici.',
  leaveOut: (n: number) => plural(n, { one: 'Ne pas le prendre', other: 'Ne pas les prendre' }),
  waits: (n: number) => `${waits(n)} ton prochain partage.`,
  takeWaiting: 'Ajouter à ce partage',
  titleField: 'Titre',
  titlePlaceholder: 'Qu’est-ce que c’est ?',
  titleHint: 'Sans titre, le partage prend ce nom.',
  counted: {
    pictures: (n: number) => plural(n, { one: '# photo', many: '# de photos', other: '# photos' }),
    films: (n: number) => plural(n, { one: '# vidéo', many: '# de vidéos', other: '# vidéos' }),
    files: (n: number) => files(n),
  },
  note: 'Mot',
  addNote: 'Ajouter un mot',
  notePlaceholder: 'Quelques mots pour tes amis',
  who: 'Qui peut l’ouvrir',
  to: 'À',
  whoSearch: 'Chercher un contact',
  noPeople: 'Tu n’as encore aucun contact. Ajoute d’abord quelqu’un, ou partage autrement.',
  addFriend: 'Ajouter un contact',
  kinds: {
    contacts: { name: 'Amis', more: ' que tu choisis' },
    link: { name: 'Lien', more: ' : toute personne qui a le lien' },
    self: { name: 'Privé', more: ' : rien que moi' },
    public: { name: 'Public', more: ' : tout le monde' },
  },
  hints: {
    self: 'Personne d’autre que toi ne peut l’ouvrir. C’est pratique pour garder des choses, ou pour les donner plus tard.',
    link: 'Toute personne qui reçoit le lien peut l’ouvrir, sans profil.',
  },
  circles: 'Cercles',
  circle: (name: string, n: number) => `${name} (${formatCount(n)})`,
  circlesHint: 'Un cercle choisit les personnes qui s’y trouvent maintenant.',
  unfitPeople: (n: number) =>
    plural(n, { one: '# personne que tu ne peux pas encore choisir', other: '# personnes que tu ne peux pas encore choisir' }),
  unfit: {
    resolving: 'pas encore trouvé',
    following: 'tu ne fais que suivre ce profil : ajoute ce contact pour partager',
    blocked: 'tu as bloqué ce contact',
  },
  options: 'Options',
  facts: {
    locationIncluded: 'Lieu inclus',
    locationRemoved: 'Lieu retiré',
    mayAdd: 'Ouvert aux ajouts',
    password: 'Avec mot de passe',
    until: (when: string) => `Jusqu’au ${when}`,
  },
  linkPassword: 'Mot de passe',
  linkPasswordHint:
    'Sans lui, personne ne peut ouvrir le lien, et personne ne peut le réinitialiser. Ne l’envoie pas en même temps que le lien.',
  lastDay: 'Dernier jour',
  lastDayHint: 'Après ce jour, ton relais ne le garde plus.',
  endsIn: 'Fin dans',
  spans: { day: 'Un jour', week: 'Une semaine', month: 'Un mois' },
  lastDayOver: 'Ce dernier jour est déjà passé : choisis-en un plus tard.',
  publicText:
    'Tout le monde peut lire ce partage, le copier et le transmettre, et il apparaît dans ton fil public. Tu ne peux pas le reprendre aux personnes qui l’ont.',
  location: 'Inclure le lieu',
  locationHint:
    'Si c’est désactivé, nous retirons le lieu des photos et des vidéos avant le partage. Si nous ne pouvons pas, nous te demandons d’abord. Les autres fichiers ne changent pas.',
  willContacts: (people: readonly string[]) =>
    `Seules ces personnes peuvent l’ouvrir : ${formatList(['toi', ...people])}. Tout est chiffré avant de quitter ce navigateur.`,
  willMany: (people: readonly string[], more: number) =>
    `Seules ces personnes peuvent l’ouvrir : toi, ${people.join(', ')} et ${others(more)}. Tout est chiffré avant de quitter ce navigateur.`,
  willSelf: 'Chiffré pour toi seulement, avant de quitter ce navigateur.',
  willLink: (password: boolean, until: string | undefined) =>
    `Toute personne qui a le lien${password ? ' et son mot de passe' : ''} peut l’ouvrir${until ? ` jusqu’au ${until}` : ''}. Tout est chiffré avant de quitter ce navigateur.`,
  willPublic: 'Tout le monde peut le lire. Tu ne peux pas le reprendre aux personnes qui l’ont.',
  submit: (n: number) => `Partager avec ${persons(n)}`,
  submitTo: { self: 'Garder en privé', link: 'Créer le lien', public: 'Partager avec tout le monde, pour de bon' },
  submitNobody: 'Partager',
  nobody: 'Tu n’as encore choisi personne.',
  needFiles: 'Choisis au moins un fichier.',
  needContents: 'Choisis au moins un fichier, ou écris un mot.',
  titleTooLong: `Un titre a au plus ${LIMITS.titleChars} caractères.`,
  noteTooLong: (n: number) => `Un mot a au plus ${formatCount(n)} caractères.`,
  needPeople: 'Choisis qui peut l’ouvrir.',
  refusedTitle: 'Laissés de côté',
  refusedHint: 'Tout le reste va bien. Pour partager aussi ceux-là, corrige-les sur ton disque et choisis-les de nouveau.',
  refusals: {
    empty: 'a une partie vide dans son chemin',
    dots: 's’appelle « . » ou « .. »',
    control: 'a un caractère de contrôle invisible dans son nom',
    direction: 'a dans son nom un caractère invisible qui inverse le texte qui le suit',
    backslash: 'a une barre oblique inversée dans son nom',
    segment: `a un nom de plus de ${LIMITS.segmentBytes} octets`,
    path: `a un chemin de plus de ${LIMITS.pathBytes} octets`,
    unreadable: 'est illisible : c’est un raccourci qui ne mène nulle part, ou tu n’as pas le droit de l’ouvrir',
    nameless: 'contient un élément dont ce navigateur ne peut pas lire le nom : renomme-le',
    folders: 'est un dossier vide de trop',
  },
  preparing: (done: number, of: number) => `Création des aperçus : ${formatCount(done)} sur ${formatCount(of)}`,
  sealing: 'Chiffrement',
  stay: 'Garde cette page ouverte jusqu’à la fin du chiffrement. Tu peux continuer à t’en servir.',
  shared: (title: string) => `« ${title} » est chiffré et en route.`,
  locationStays: (n: number) =>
    n === 1
      ? 'Ce fichier dit peut-être encore où il a été pris :'
      : `Ces ${formatCount(n)} fichiers disent peut-être encore où ils ont été pris :`,
  locationStaysText: 'Nous ne pouvons pas y retirer le lieu. Rien n’est encore partagé.',
  locationLeaveOut: 'Partager le reste seulement',
  locationAsTheyAre: 'Partager quand même',
}

/** About files that are dropped or pasted. */
export const incoming = {
  letGo: {
    now: 'Relâche pour ajouter',
    later: 'Relâche : tout attendra ton prochain partage',
    locked: 'Relâche : tout attendra que tu ouvres ton profil',
    never: 'Impossible de partager des fichiers ici',
  },
  never: 'Rien n’a été ajouté : Spinney n’est pas ouvert ici.',
  nothing: 'Il n’y avait rien qui puisse être partagé.',
  later: (n: number) => `${waits(n)} ton prochain partage, le temps que celui-ci soit chiffré.`,
  taken: (n: number) =>
    `${n ? plural(n, { one: '# fichier est', other: '# fichiers sont' }) : 'Un dossier est'} maintenant dans un nouveau partage, sous « Partager ».`,
  locked: (n: number) => `${waits(n)} ici. Ouvre ton profil, ou crées-en un : tu pourras alors ${n > 1 ? 'les' : 'le'} partager.`,
}

export const drafts = {
  title: 'Inachevés',
  text: (n: number) =>
    `Spinney a été fermé avant d’avoir lu ${files(n)}. Choisis-${n > 1 ? 'les' : 'le'} de nouveau : seul ce qui manque est lu.`,
  whole: 'Tout a été lu, mais le partage n’est pas terminé.',
  finish: 'Terminer',
  elsewhere: 'Ses fichiers sont déjà en cours de lecture, peut-être dans un autre onglet.',
  missing: 'Fichiers à choisir de nouveau',
  choose: 'Choisir de nouveau les fichiers',
  chooseFolder: 'Choisir de nouveau le dossier',
  without: (n: number) => plural(n, { one: 'Partager sans lui', other: 'Partager sans eux' }),
  discard: 'Abandonner',
  nothingMatches: 'Aucun de ces fichiers ne fait partie de ceux qui manquent.',
  untitled: 'Sans titre',
}
