/** All texts of the page in French. */

import { formatBytes, formatCount, formatDuration, formatRate } from '../format.ts'
import { LIMITS } from '../generated.ts'
import type { Strings } from '../strings.ts'
import { changeLink, cover, orderForAll, panel, rename, selection, text } from './fr/afterwards.ts'
import { answers } from './fr/answers.ts'
import { compose, drafts, incoming } from './fr/composing.ts'
import { devices, join } from './fr/devices.ts'
import { drop, drops } from './fr/drops.ts'
import { errorOf, errors } from './fr/errors.ts'
import { finish, first } from './fr/first.ts'
import { folders } from './fr/folders.ts'
import { introductions } from './fr/introductions.ts'
import { freeing } from './fr/freeing.ts'
import { keeping } from './fr/keeping.ts'
import { services } from './fr/services.ts'
import { keys } from './fr/keys.ts'
import { language } from './fr/language.ts'
import { news } from './fr/news.ts'
import { passkeys } from './fr/passkeys.ts'
import { add, circles, invite, people, person, receipts, relayOnly, requests, scan, verify } from './fr/people.ts'
import { files, formatList, plural } from './fr/plurals.ts'
import { push } from './fr/push.ts'
import { saving } from './fr/saving.ts'
import { fileSearch } from './fr/searching.ts'
import { settings } from './fr/settings.ts'
import { access, addFiles, album, audience, availability, delivery, links, openLink, passOn, share } from './fr/sharing.ts'
import { order, viewer } from './fr/viewer.ts'

export const fr: Strings = {
  app: 'Spinney',
  title: (page: string) => `${page} · Spinney`,
  skip: 'Aller au contenu',
  nav: {
    label: 'Principal',
    home: 'Accueil',
    people: 'Contacts',
    share: 'Partager',
    transfers: 'Transferts',
    settings: 'Réglages',
    lock: 'Verrouiller maintenant',
    newShares: (n: number) => plural(n, { one: '# nouveau partage', other: '# nouveaux partages' }),
    busy: (n: number) => plural(n, { one: '# transfert en cours', other: '# transferts en cours' }),
  },
  common: {
    cancel: 'Annuler',
    close: 'Fermer',
    copy: 'Copier',
    copied: 'Copié',
    copyByHand: 'Ce navigateur ne permet pas à la page de copier. Le texte est sélectionné : copie-le.',
    undo: 'Annuler',
    retry: 'Réessayer',
    show: 'Afficher',
    showOf: (what: string) => `Afficher ${what}`,
    hide: 'Masquer',
    hideOf: (what: string) => `Masquer ${what}`,
    save: 'Enregistrer',
    send: 'Envoyer…',
    back: 'Retour',
    details: 'Détails',
    you: 'Toi',
    optional: 'facultatif',
    someone: 'Quelqu’un',
  },
  connection: {
    connected: 'Connecté',
    none: 'Connexion à ton relais…',
    since: (time: string) => `Relais injoignable depuis ${time}`,
    noRelay: 'Pas de relais : seulement ce navigateur',
    offline: 'Tu es hors ligne',
    friends: (n: number) => plural(n, { one: '# ami en ligne', other: '# amis en ligne' }),
    reached: (n: number) => plural(n, { one: '# ami joint directement', other: '# amis joints directement' }),
  },
  answers,
  introductions,
  startup: { title: 'Ouverture de Spinney', wait: 'Démarrage du moteur…' },
  stopped: {
    title: 'Spinney n’a pas pu démarrer',
    again: 'Redémarrer',
    moved: 'Un autre onglet a pris le relais. Celui-ci continue dès que l’autre répond.',
    stopped: 'Le moteur s’est arrêté et redémarre.',
    broken:
      'Son moteur n’a pas pu être chargé, ou il s’est arrêté deux fois. Vérifie ta connexion, puis redémarre. Ce qui est stocké ici y est encore.',
    blocked:
      'Ce navigateur ne garde rien pour cette page : ses réglages bloquent ici les cookies ou les données de site. Autorise-les pour cette adresse, puis redémarre.',
    oneTab:
      'Spinney est ouvert dans un autre onglet, et ce navigateur n’en permet qu’un seul. Utilise cet autre onglet, ou ferme-le et redémarre ici.',
  },
  cleared: {
    title: 'Ce que Spinney gardait dans ce navigateur a été supprimé',
    text: 'Toi, quelqu’un d’autre ou ce navigateur a supprimé les données de ce site. Rien ne peut être enregistré ici avant de recommencer.',
    words:
      'Reviens avec tes 24 mots : choisis « J’ai des mots de récupération » sur l’écran suivant. Tes amis et tes partages viennent de ton relais.',
    again: 'Recommencer',
  },
  version: {
    ready: 'Une nouvelle version de Spinney est là.',
    needed: 'Une nouvelle version de Spinney tourne dans un autre onglet. Recharge celui-ci pour continuer.',
    kept: 'Ce que tu as saisi et choisi est gardé.',
    unkept:
      'Ce que tu as saisi et choisi ici sera perdu si tu recharges, parce qu’aucun autre onglet ne peut le garder. Ouvre d’abord Spinney dans un deuxième onglet.',
    reload: 'Recharger',
    anyway: 'Recharger quand même',
    restored: 'Ce que tu avais saisi et choisi est de retour.',
  },
  clock: {
    wrong: (mine: string, relays: string) => `L’horloge de cet appareil indique ${mine}. Celle de ton relais indique ${relays}.`,
    little:
      'Règle l’horloge de cet appareil : sinon tes partages ont une heure fausse, et le dernier jour des liens vient trop tôt ou trop tard.',
    much: 'Règle l’horloge de cet appareil. D’ici là, ton relais n’accepte rien de toi, et tes amis ne peuvent pas te trouver.',
  },
  sharedOrigin: {
    title: 'Pas à cette adresse',
    reason:
      'Cette page vient d’une passerelle partagée : son adresse contient /ipfs/ ou /ipns/, et tout autre site de cette passerelle pourrait lire ce que tu gardes ici. Spinney n’y crée et n’y ouvre donc aucun profil.',
    advice: 'Demande à la personne qui t’a envoyé le lien une adresse à part, par exemple une adresse où le nom fait partie de l’hôte.',
    where: 'Cette adresse',
    folder: (host: string) => `D’autres pages de ${host} peuvent lire ce que tu gardes ici.`,
    folderWhy:
      'Cette page se trouve dans un dossier de cet hôte et n’a pas d’adresse à elle. Parles-en à la personne qui gère l’hôte avant de garder ici quoi que ce soit de privé.',
  },
  framed: {
    title: 'Ouvre Spinney à part',
    reason:
      'Une autre page affiche Spinney à l’intérieur d’elle, et pourrait te faire cliquer sur des choses que tu ne vois pas. Spinney ne démarre donc pas ici.',
    open: 'Ouvrir dans un onglet à part',
  },
  welcome: {
    who: 'Qui est là ?',
    first: 'Partage des photos avec les amis que tu choisis, et personne d’autre',
    firstText: 'Tes photos sont chiffrées dans ce navigateur pour les personnes que tu choisis. Pas de compte, rien à installer.',
    invited: 'Un ami t’invite. Crée un profil ou ouvre le tien, et tu pourras l’ajouter.',
    invitedBy: (name: string) => `${name} t’invite. Crée un profil ou ouvre le tien pour l’ajouter à tes contacts.`,
    invitedToBe: (name: string) => `${name} t’invite. Crée un profil, et vous voilà en contact.`,
    passphraseFor: (name: string) => `Phrase secrète pour ${name}`,
    open: 'Ouvrir',
    opening: 'Ouverture…',
    key: 'Ta clé ne quitte jamais ce navigateur. Sans la phrase secrète ou tes mots de récupération, personne ne peut l’ouvrir, pas même nous.',
    stay: 'Garder la session ouverte sur cet appareil',
    stayHint: 'Toute personne qui peut utiliser ce navigateur l’ouvre alors sans phrase secrète, jusqu’à ce que tu verrouilles.',
    keyStays:
      'Ta clé ne quitte jamais ce navigateur. Tant que tu ne verrouilles pas, toute personne qui utilise ce navigateur peut l’ouvrir.',
    newProfile: 'Nouveau profil',
    recover: 'J’ai des mots de récupération',
  },
  create: {
    title: 'Nouveau profil',
    name: 'Ton nom',
    nameHint: 'Tes amis le voient. Ton nom et ta photo sont visibles par toute personne qui a ton identifiant.',
    avatar: 'Photo',
    chooseAvatar: 'Choisir une photo',
    removeAvatar: 'Retirer la photo',
    avatarRefused: 'Cette photo n’est pas utilisable : choisis un fichier JPEG, PNG ou WebP.',
    passphrase: 'Phrase secrète',
    passphraseHint: 'Elle chiffre tout dans ce navigateur. Personne ne peut la réinitialiser pour toi.',
    propose: 'Proposer cinq mots',
    needName: 'Saisis d’abord un nom.',
    nameTooLong: `Un nom a au plus ${LIMITS.nameChars} caractères.`,
    needPassphrase: 'Choisis d’abord une phrase secrète.',
    shortPassphrase: `Une phrase secrète a au moins ${LIMITS.passphraseChars} caractères.`,
    weakPassphrase: 'Cette phrase secrète se devine tout de suite. Choisis quatre ou cinq mots sans rapport entre eux.',
    submit: 'Créer mon profil',
    busy: 'Création de tes clés…',
  },
  devices,
  drop,
  drops,
  freeing,
  keeping,
  services,
  finish,
  first,
  folders,
  join,
  language,
  strength: {
    levels: ['Très facile à deviner', 'Facile à deviner', 'Peut mieux faire', 'Bien', 'Très bien'],
    hint: 'Quatre ou cinq mots sans rapport entre eux sont solides et faciles à retenir.',
  },
  recover: {
    title: 'Revenir avec tes mots',
    text: 'Saisis les 24 mots dans l’ordre. Ton profil, tes amis et tes partages reviennent de ton relais.',
    words: '24 mots de récupération',
    hint: 'Avec ou sans numéros, majuscules et virgules ; quatre lettres de chaque mot suffisent.',
    counted: (n: number) => plural(n, { one: '# mot sur 24', other: '# mots sur 24' }),
    passphrase: 'Nouvelle phrase secrète pour ce navigateur',
    note: 'Un autre navigateur qui a ce profil le garde. Chacun affiche ce que tu fais dans l’autre.',
    submit: 'Récupérer mon profil',
    busy: 'Recherche de ton profil…',
    count: (n: number) =>
      n < 24
        ? `${plural(n, { one: '# mot', other: '# mots' })} sur 24 : il en manque ${24 - n}.`
        : `${plural(n, { one: '# mot', other: '# mots' })}, et il en faut 24 : ${n - 24} de trop.`,
    unknown: (position: number, near: readonly string[]) =>
      near.length
        ? `Le mot ${position} n’est pas dans la liste. Voulais-tu dire ${formatList(near, 'or')} ?`
        : `Le mot ${position} n’est pas dans la liste. Vérifie son orthographe.`,
    order: 'Les 24 mots sont tous dans la liste, mais ils ne vont pas ensemble : l’un est faux, ou deux sont inversés.',
  },
  restored: {
    found: (when: string) => `Ton profil est de retour, dans son état du ${when}.`,
    whole: 'Tous tes relais sont d’accord. Si une chose plus récente manque, aucun relais ne l’a.',
    silent: (relays: readonly string[]) =>
      relays.length === 1
        ? `${formatList(relays)} n’a pas répondu et connaît peut-être quelque chose de plus récent. D’ici là, rien de toi n’est envoyé aux autres.`
        : `${formatList(relays)} n’ont pas répondu et connaissent peut-être quelque chose de plus récent. D’ici là, rien de toi n’est envoyé aux autres.`,
    goOn: 'Continuer sans',
    seen: 'Très bien',
  },
  words: {
    title: 'Tes 24 mots de récupération',
    why: 'Note-les maintenant sur du papier. Toute personne qui les a possède ton profil. Si tu perds ce navigateur, seuls ces mots le ramènent.',
    written: 'Je les ai notés',
    later: 'Me le rappeler plus tard',
    confirmTitle: 'Choisis les mots que tu as notés',
    pick: (n: number) => `Mot numéro ${n}`,
    wrong: (n: number) => `Ce n’est pas le mot numéro ${n}. Regarde encore ton papier.`,
    right: 'Tes mots de récupération sont confirmés.',
    ask: 'Saisis ta phrase secrète pour les voir. Toute personne qui a ces mots peut utiliser ton profil.',
    showAgain: 'Afficher de nouveau les mots',
    banner: 'Tes mots de récupération ne sont pas encore confirmés.',
    bannerWhy: 'Si tu perds ce navigateur, eux seuls ramènent ton profil.',
    bannerButton: 'Le faire maintenant',
  },
  home: {
    title: 'Accueil',
    search: 'Partages, fichiers, contacts',
    filters: { all: 'Tous', received: 'Pour moi', mine: 'De moi', public: 'Publics', link: 'Par lien' },
    filterLabel: 'Quels partages',
    empty: 'Encore aucun partage',
    emptyText: 'Invite un ami, ou partage tes premières photos : tes amis les voient dès qu’ils ouvrent Spinney.',
    emptyInvite: 'Inviter un ami',
    emptyShare: 'Partager des photos',
    noMatch: (text: string) => `Rien ne correspond à « ${text} ».`,
    noneOfKind: 'Encore aucun partage de ce genre.',
    from: {
      contacts: (name: string) => name,
      self: (name: string) => name,
      public: (name: string) => `${name}, pour tout le monde`,
      link: (name: string) => `${name}, par lien`,
    },
    madeBy: (name: string) => `créé par ${name}`,
    youTo: (names: readonly string[], others: number) =>
      names.length
        ? `Toi, pour ${others > 0 ? plural(others, { one: `${names.join(', ')} et # autre`, other: `${names.join(', ')} et # autres` }) : formatList(names)}`
        : 'Toi',
    mine: { self: 'Rien que toi', public: 'Toi, pour tout le monde', link: 'Toi, par lien' },
    album: 'ouvert aux ajouts',
    /** `films`: whether some of the pictures are films. */
    contents: (pictures: number, films: boolean, others: number) =>
      [
        films
          ? pictures === 1
            ? '1 vidéo'
            : `${formatCount(pictures)} photos et vidéos`
          : plural(pictures, { one: '# photo', other: '# photos' }),
        others > 0 && files(others),
      ]
        .filter(Boolean)
        .join(', '),
    friends: 'Amis',
    underWay: 'En cours',
    progressOf: (title: string) => `Progression : ${title}`,
    allTransfers: 'Tous les transferts',
    isNew: 'Nouveau',
    open: 'Ouvrir',
    openShare: (title: string) => `Ouvrir ${title}`,
    more: (n: number) => `+${formatCount(n)}`,
    restOf: (n: number) => `et ${formatCount(n)} de plus`,
    otherFiles: (n: number) => `et ${files(n)}`,
    loadingMore: 'Chargement d’autres partages…',
  },
  share,
  audience,
  availability,
  delivery,
  access,
  addFiles,
  album,
  passOn,
  links,
  openLink,
  news,
  push,
  saving,
  fileSearch,
  viewer,
  order,
  people,
  invite,
  add,
  scan,
  requests,
  person,
  circles,
  verify,
  receipts,
  relayOnly,
  compose,
  incoming,
  drafts,
  transfers: {
    title: 'Transferts',
    empty: 'Rien en cours',
    emptyText: 'Quand tu partages ou récupères quelque chose, tu en vois ici la progression.',
    direction: { add: 'Chiffrement', up: 'Vers ton relais', down: 'Récupération', keep: 'Garde pour un ami' },
    done: { add: 'Chiffré', up: 'Envoyé à ton relais', down: 'Récupéré', keep: 'Gardé pour un ami' },
    states: {
      queued: 'Attend son tour',
      active: '',
      waiting: 'En attente',
      paused: 'En pause',
      done: 'Terminé',
      failed: 'Échoué',
      cancelled: 'Annulé',
    },
    waitingFor: {
      relay: 'En attente du relais',
      author: 'En attente de l’auteur ou de son relais',
      space: 'Plus de place : libère du stockage dans les réglages',
      permission: 'En attente de ton autorisation d’utiliser le dossier',
      unlock: 'En attente de ta phrase secrète',
      quota: 'En attente de place à ton relais',
      disk: 'Le relais n’a plus de place',
    },
    /** What a person can do who waits for room at the relay. */
    noRoom: {
      disk: 'Le relais n’a plus de place : son disque est plein. Dis-le à la personne qui le gère. En attendant, tout est dans ce navigateur, et l’envoi reprendra tout seul dès qu’il y aura de la place.',
      quota: (used: number, quota: number, needed: number) =>
        needed > quota
          ? `Il faut ${formatBytes(needed)}, et ton relais garde au plus ${formatBytes(quota)} pour toi. Partage moins à la fois, ou demande plus de place à la personne qui gère le relais. En attendant, tout reste dans ce navigateur.`
          : needed + used > quota
            ? `Ton relais garde ${formatBytes(used)} pour toi, sur ${formatBytes(quota)} au plus, et il faut encore ${formatBytes(needed)}. Supprime un partage dont tu n’as plus besoin : l’envoi reprendra alors tout seul.`
            : `Ton relais garde ${formatBytes(used)} pour toi, sur ${formatBytes(quota)} au plus, et n’a pas de place pour le reste. Supprime un partage dont tu n’as plus besoin : l’envoi reprendra alors tout seul.`,
    },
    savingIn: (folder: string) => `Enregistrement dans le dossier « ${folder} »`,
    savedIn: (folder: string) => `Enregistré dans le dossier « ${folder} »`,
    otherNames: (renamed: number, leftOut: number) =>
      formatList(
        [
          renamed > 0 && plural(renamed, { one: '# fichier y porte un autre nom', other: '# fichiers y portent un autre nom' }),
          leftOut > 0 && plural(leftOut, { one: '# fichier est laissé de côté', other: '# fichiers sont laissés de côté' }),
        ].filter(part => part !== false),
      ),
    savedAs: (path: string) => `enregistré sous ${path}`,
    leftOut: 'laissé de côté : cet ordinateur ne l’accepte pas',
    of: (done: number, total: number) => `${formatBytes(done)} sur ${formatBytes(total)}`,
    speed: (perSecond: number) => formatRate(perSecond),
    left: (seconds: number) => `encore ${formatDuration(seconds)}`,
    pause: 'Pause',
    resume: 'Reprendre',
    cancel: 'Annuler',
    actionOf: (action: string, what: string) => `${action} : ${what}`,
    unknownShare: 'Un partage',
    filesMoved: (n: number) => plural(n, { one: '# fichier a avancé récemment', other: '# fichiers ont avancé récemment' }),
    finished: 'Terminés',
    underWay: 'En cours',
    progressOf: (what: string) => `Progression : ${what}`,
    served: (n: number) => `D’autres ont reçu ${formatBytes(n)} directement de ce navigateur depuis que tu l’as déverrouillé.`,
  },
  changeLink,
  cover,
  orderForAll,
  panel,
  rename,
  selection,
  text,
  settings,
  keys,
  passkeys,
  quota: {
    full: (needed: number) => `Le stockage de ce navigateur est plein. Il manque ${formatBytes(needed)}.`,
    open: 'Voir quoi libérer',
  },
  errors,
  errorOf,
  unexpected: (message: string) => `Quelque chose n’a pas marché : ${message}`,
}
