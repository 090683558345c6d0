/** Texts about pinning services. */

import { plural } from './plurals.ts'

export const services = {
  title: 'Services de pinning',
  text: 'Un service que tu paies ou que tu fais tourner peut garder ce que tu partages, en plus de ton relais. Il le prend chiffré à ton relais et apprend quels blocs sont à toi. Ce que tu partages avec tout le monde, il peut le lire, comme tout le monde.',
  name: 'Comment tu l’appelles',
  address: 'Adresse',
  addressHint: 'Celle de son IPFS Pinning Service API, par exemple https://pins.example.org',
  token: 'Jeton',
  tokenHint: 'Le service te le donne. Il n’est envoyé qu’à ce service.',
  needName: 'Écris comment tu l’appelles.',
  needToken: 'Colle son jeton.',
  add: 'Ajouter',
  added: (name: string) => `Il est demandé à ${name} de garder ce que tu partages.`,
  remove: (name: string) => `Retirer ${name}`,
  removed: (name: string) => `Plus rien n’est demandé à ${name}. Ce qu’il garde y reste.`,
  holds: (n: number) => plural(n, { one: 'Garde # partage.', other: 'Garde # partages.' }),
  waiting: (n: number) => plural(n, { one: '# partage est en route.', other: '# partages sont en route.' }),
  failed: (n: number) => plural(n, { one: 'Il a renoncé à # partage.', other: 'Il a renoncé à # partages.' }),
  checked: (when: string) => `Dernière réponse : ${when}.`,
  notYet: 'Rien ne lui a encore été demandé.',
  said: (what: string) => `Il dit : « ${what} »`,
  trouble: {
    unreachable: 'Il ne répond pas, ou ne permet pas aux pages de l’interroger. Spinney réessaie.',
    strange: 'Ce qui répond là n’est pas un service de pinning. Vérifie l’adresse, retire-le et ajoute-le de nouveau.',
    token: 'Il n’accepte plus le jeton. Retire-le ici et ajoute-le avec un nouveau jeton.',
    full: 'Il n’a plus de place pour toi.',
    busy: 'Il est surchargé. Spinney réessaie.',
    refused: 'Il a refusé ce qui lui était demandé.',
    failing: 'Il est en panne. Spinney réessaie.',
  },
}
