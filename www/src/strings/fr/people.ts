/** Texts about people: invites, adding contacts, requests and the list of contacts. */

import { formatCount } from '../../format.ts'
import { LIMITS } from '../../generated.ts'
import { de, plural } from './plurals.ts'

export const people = {
  title: 'Contacts',
  list: 'Tes contacts',
  empty: 'Encore personne ici',
  emptyText: 'Envoie ton code à un ami, ou prends le sien. Vous pourrez alors partager l’un avec l’autre.',
  addFirst: 'Ajouter un contact',
  last: (title: string, when: string) => `${title} · ${when}`,
  search: 'Chercher un contact',
  noMatch: (text: string) => `Aucun contact ne correspond à « ${text} ».`,
  states: {
    resolving: 'Recherche…',
    requested: 'En attente de réponse',
    mutual: 'Ajout réciproque',
    following: 'Tu suis ce profil',
    blocked: 'Bloqué',
  },
  asking: {
    queued: 'Ta demande est en route',
    left: 'En attente de réponse',
    full: 'Sa boîte de réception est pleine. Nous réessaierons un autre jour',
  },
  invites: {
    used: 'Quelqu’un d’autre avait déjà utilisé cette invitation. Nous avons donc envoyé une demande.',
    ended: 'Cette invitation n’était plus valable. Nous avons donc envoyé une demande.',
  },
  warnings: {
    'two-roots':
      'Nous avons reçu deux versions différentes de ce profil. Si ton contact ne vient pas d’utiliser deux navigateurs, parle-lui-en.',
    heir: 'Ce profil désigne maintenant un autre successeur. Quelqu’un d’autre le contrôle peut-être : appelle ton contact et demande-lui.',
    keys: 'Les clés de ce contact ont changé depuis que vous avez comparé les mots. Quelqu’un d’autre utilise peut-être ce profil : comparez de nouveau les six mots avant de partager quoi que ce soit.',
    refused: 'Nous avons reçu au nom de ce contact quelque chose d’abîmé ou qu’il n’a pas signé, et nous l’avons refusé.',
  },
  keysChanged: 'Ses clés ont changé : comparez d’abord de nouveau les mots.',
  online: 'En ligne',
  via: { direct: 'Connexion directe.', relay: 'Connexion par un relais.' },
  notDirect: {
    off: 'Pas directe : tu l’as désactivé dans les réglages.',
    unsupported: 'Pas directe : ce navigateur ne le permet pas.',
    trying: 'Essai de connexion directe.',
    untried: 'Pas encore directe.',
    declined: 'Pas directe : son navigateur ou ses réglages ne le permettent pas.',
    'no-way': 'Pas directe : vos réseaux ne le permettent pas.',
  },
  seen: (when: string) => `dernière connexion : ${when}`,
  alsoKnown: (name: string) => `se présente comme ${name}`,
  unknown: (id: string) => `Quelqu’un de nouveau (${id})`,
  verified: 'Mots comparés',
  verifiedOn: (when: string) => `Mots comparés : ${when}`,
  stopLooking: 'Arrêter la recherche',
  shareWith: (name: string) => `Partager avec ${name}`,
  about: (name: string) => `au sujet ${de(name)}`,
  blockedList: (n: number) => `Bloqués · ${formatCount(n)}`,
  unblock: 'Débloquer',
  unblockOf: (name: string) => `Débloquer ${name}`,
  unblocked: (name: string) => `${name} n’est plus dans tes contacts bloqués et peut de nouveau t’envoyer une demande.`,
  unblockedFriend: (name: string) => `${name} n’est plus dans tes contacts bloqués. Tout est de nouveau comme avant.`,
}

export const invite = {
  which: 'Quel code',
  kinds: { one: 'Pour un ami', permanent: 'Permanent' },
  text: {
    one: `La première personne qui l’ouvre devient tout de suite ton contact. Il est valable ${LIMITS.inviteDays} jours.`,
    permanent: 'Tu peux le montrer à tout le monde, et il n’expire jamais. Les personnes qui l’utilisent t’envoient d’abord une demande.',
  },
  noRelay: 'Cette page n’a pas de relais : personne ne peut encore te trouver.',
  notPublished: 'Garde cette page ouverte : ton relais n’a pas encore ton profil.',
  make: 'Créer un lien d’invitation',
  another: 'En créer un autre',
  link: { one: 'Lien d’invitation pour un ami', permanent: 'Mon lien permanent' },
  copy: { one: 'Copier le lien d’invitation', permanent: 'Copier mon lien permanent' },
  qr: { one: 'Invitation pour un ami, en code QR', permanent: 'Mon code permanent, en code QR' },
  myId: 'Mon identifiant',
}

export const add = {
  title: 'Ajouter un contact',
  ways: 'Façons de se trouver',
  tabs: { invite: 'Mon code', scan: 'Scanner', paste: 'Coller' },
  field: 'Son invitation ou son identifiant',
  hint: 'Un lien d’invitation, ou un identifiant qui commence par k51. D’autres mots autour ne gênent pas.',
  message: 'Quelques mots pour te présenter',
  messageHint: 'Ils accompagnent ta demande. Si cette personne t’a fait une invitation, il n’y a pas besoin de demande.',
  submit: 'Ajouter',
  adding: 'Recherche…',
  follow: 'Suivre seulement',
  followHint: 'Tu vois ce que cette personne partage avec tout le monde. Elle n’en est pas informée.',
  added: (name: string) => `${name} est dans tes contacts.`,
  asked: (name: string) => `Ta demande à ${name} est partie. Tu verras ici si elle est acceptée.`,
  followed: (name: string) => `Tu suis ${name}.`,
  looking: 'Pas encore trouvé. Spinney continue de chercher ; tu peux quitter cette page.',
  nothing: 'Colle d’abord une invitation ou un identifiant.',
  several: 'Il y en a plusieurs dans ce texte. Lequel ?',
  choice: {
    id: (name: string) => `L’identifiant ${de(name)}`,
    invite: (name: string) => `L’invitation ${de(name)}`,
    link: (name: string) => `Le lien vers un partage ${de(name)}`,
  },
  invited: 'Un ami t’invite',
  invitedBy: (name: string) => `${name} t’invite`,
  invitedSure: 'Accepte, et vous pourrez tout de suite partager l’un avec l’autre.',
  invitedText: 'Ajoute ce contact, et vous pourrez partager l’un avec l’autre. Il reçoit d’abord une demande : dis-lui qui tu es.',
  ownInvite: 'C’est ta propre invitation. Envoie-la à un ami.',
  friends: (name: string) => `${name} est déjà dans tes contacts.`,
  friendText: 'Si ton contact t’a retiré de sa liste, cette invitation te permet d’y revenir.',
  useAgain: 'Utiliser l’invitation',
  accept: 'Ajouter',
  notNow: 'Pas maintenant',
  messageTooLong: (most: number) => `Écris au plus ${formatCount(most)} caractères.`,
}

export const scan = {
  title: 'Scanner un code QR',
  text: 'Tiens le code de ton ami devant la caméra.',
  starting: 'En attente de la caméra…',
  camera: 'Ce que voit la caméra',
  looking: 'Recherche d’un code…',
  other: 'Ce code QR n’est pas une invitation de Spinney.',
  picture: 'Le lire sur une photo',
  nothing: 'Nous n’avons trouvé aucun code QR sur cette photo.',
  again: 'Réessayer la caméra',
  denied:
    'Cette page n’a pas le droit d’utiliser la caméra. Autorise-la dans les réglages du navigateur pour cette page, ou lis le code sur une photo.',
  none: 'Il n’y a pas de caméra ici. Lis le code sur une photo, ou colle le lien.',
  busy: 'La caméra est occupée. Un autre programme l’utilise peut-être.',
  ended: 'La caméra a été coupée.',
}

export const requests = {
  title: 'Demandes de contact',
  claims: 'Nom, photo et message viennent de la personne elle-même.',
  count: (n: number) => plural(n, { one: '# demande de contact', other: '# demandes de contact' }),
  came: (name: string) => `${name} t’envoie une demande de contact.`,
  invite: {
    used: 'Cette personne a utilisé une de tes invitations, qui avait déjà servi à quelqu’un d’autre.',
    ended: 'Cette personne a utilisé une de tes invitations, qui n’était plus valable.',
  },
  unknown: (hosts: string) =>
    `Tes relais ne savent pas qui c’est. Tu peux demander à ${hosts}, que cette personne indique. Ce relais verra alors ton adresse réseau.`,
  lookUp: 'Voir qui c’est',
  lookUpOf: (name: string) => `Voir qui c’est : ${name}`,
  accept: 'Accepter',
  acceptOf: (name: string) => `Accepter ${name}`,
  decline: 'Refuser',
  declineOf: (name: string) => `Refuser ${name}`,
  declined: (name: string) => `La demande ${de(name)} est refusée. Rien ne le lui dit.`,
  block: 'Bloquer',
  blockOf: (name: string) => `Bloquer ${name}`,
  declinedList: (n: number) => `Refusées · ${formatCount(n)}`,
  declinedText:
    'Ces personnes n’en sont pas informées. Leurs demandes des 30 jours suivants arrivent aussi ici, sans te prévenir. Tu peux encore les accepter.',
}

export const person = {
  nobody: 'Aucun de tes contacts n’a cet identifiant.',
  about: {
    resolving: 'Ce profil n’est pas encore trouvé. Spinney continue de chercher.',
    requested:
      'Ton contact trouvera ta demande à sa prochaine visite, et verra ce que tu partages avec lui dès qu’il accepte. S’il refuse, personne ne te le dit.',
    mutual: '',
    following: 'Tu vois ce que cette personne partage avec tout le monde. Elle n’en est pas informée.',
    blocked:
      'Tu ne reçois rien de cette personne, et elle ne reçoit rien de toi. Elle n’en est pas informée. Si tu la débloques, tout redevient comme avant.',
  },
  outOfReach:
    'Ce contact utilise d’autres relais que toi, et tu ne joins tes contacts que par tes relais. Rien de nouveau n’arrive donc de lui, et rien de toi ne peut lui être laissé. Tu peux changer cela dans les réglages.',
  askThem: 'Envoyer une demande',
  takeBack: 'Annuler la demande',
  stopFollowing: 'Ne plus suivre',
  rename: 'Renommer',
  renameOf: (name: string) => `Renommer ${name}`,
  petname: (name: string) => `Le nom que tu donnes à ${name}`,
  petnameHint: 'Personne d’autre ne le voit. Laisse-le vide pour voir le nom d’origine.',
  remove: 'Retirer',
  removeOf: (name: string) => `Retirer ${name}`,
  removed: (name: string) => `${name} n’est plus dans tes contacts.`,
  block: 'Bloquer',
  takenBack: (name: string) => `Ta demande à ${name} est annulée.`,
  blockOf: (name: string) => `Bloquer ${name}`,
  blocked: (name: string) => `Tu as bloqué ${name}, qui n’en saura rien.`,
  id: 'Son identifiant',
  shares: (name: string) => `Partages ${de(name)}`,
  noShares: 'Rien pour l’instant.',
}

export const circles = {
  title: 'Cercles',
  text: 'Tes propres groupes, comme « famille », pour partager avec plusieurs personnes à la fois. Personne d’autre ne les voit.',
  all: 'Tous',
  filter: 'Quel cercle',
  field: 'Nouveau cercle',
  add: 'Ajouter',
  tooLong: (most: number) => `Le nom d’un cercle a au plus ${formatCount(most)} caractères.`,
  tooMany: (most: number) => `Un contact peut être dans ${formatCount(most)} cercles au plus.`,
}

export const verify = {
  title: 'Est-ce bien la bonne personne ?',
  text: 'Comparez six mots une fois, au téléphone ou face à face. Tu sauras alors que personne ne s’est glissé entre vous.',
  again: 'Les clés de ce contact ont changé depuis que vous avez comparé les mots. Comparez-les de nouveau.',
  start: 'Comparer les mots',
  startAgain: 'Comparer de nouveau',
  sheet: (name: string) => `Comparer les mots avec ${name}`,
  how: [
    'Appelez-vous, ou retrouvez-vous. Pas de messages écrits : quelqu’un entre vous pourrait les changer.',
    'Lis tes mots à voix haute. Ton contact vérifie qu’il voit les mêmes.',
    'Puis ton contact lit les siens à voix haute, et tu vérifies.',
  ],
  mine: 'Tes mots : lis-les à voix haute',
  theirs: (name: string) => `Les mots ${de(name)} : écoute et regarde`,
  match: 'Ils correspondent',
  differ: 'Ils ne correspondent pas',
  done: (name: string) => `Les mots correspondent : c’est bien ${name}.`,
  differTitle: 'Les mots ne correspondent pas',
  differText: 'Tu as peut-être ajouté un autre profil du même nom, ou un ancien profil. Ou quelqu’un entre vous lit ce que vous partagez.',
  differDo:
    'Ne partage rien avec ce profil tant que ce n’est pas clair. Demande à ton contact son identifiant au téléphone et compare-le avec celui ci-dessous. S’il est différent, bloque ce profil et ajoute le bon.',
  back: 'Revoir les mots',
}

export const relayOnly = {
  title: 'Connexions directes',
  label: 'Joindre mes contacts par des relais seulement',
  hint: 'Si c’est désactivé, les navigateurs de tes amis se connectent directement au tien quand c’est possible, et cette page interroge leurs relais. C’est plus rapide, mais ils peuvent voir ton adresse réseau. Si c’est activé, cette page ne se connecte qu’à ses propres relais, qui seuls la voient. Ce que tes amis gardent sur d’autres relais n’arrive alors pas.',
  on: 'Les contacts sont joints par des relais seulement.',
  off: 'Les contacts sont joints directement quand c’est possible.',
}

export const receipts = {
  title: 'Accusés de réception',
  label: 'Dire aux auteurs quand j’ai récupéré et ouvert leurs partages',
  hint: 'C’est réciproque : les amis qui l’activent aussi te le disent pour tes partages. Si c’est désactivé, tu ne dis rien à personne et personne ne te dit rien. Les relais ne le voient jamais.',
  on: 'Les accusés de réception sont activés.',
  off: 'Les accusés de réception sont désactivés.',
}
