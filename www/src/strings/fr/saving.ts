/** Texts about saving out of the browser, beside the buttons in `share`. */

import { formatBytes } from '../../format.ts'

export const saving = {
  label: 'Enregistrements',
  building: (name: string, bytes: number, total: number) => `« ${name} » arrive · ${formatBytes(bytes)} sur ${formatBytes(total)}`,
  waiting: (name: string) => `« ${name} » attend la suite. Cela reprendra tout seul dès que quelqu’un qui l’a sera joignable.`,
  failed: (name: string, why: string) => `L’enregistrement de « ${name} » s’est interrompu. ${why}`,
  /** Where the person may be on another page. */
  goOn: 'Ouvre son partage pour continuer.',
  notTwice: 'Ce qui est déjà dans ce navigateur n’est pas récupéré de nouveau.',
  locked: 'L’enregistrement s’est interrompu, parce que Spinney a été verrouillé. Ouvre-le et enregistre de nouveau.',
  /** The service worker was ended, so that the browser may call half a file finished. */
  stopped: 'Le navigateur l’a arrêté. Supprime le fichier incomplet dans tes téléchargements.',
  again: 'Enregistrer de nouveau',
  againOf: (name: string) => `Enregistrer de nouveau : ${name}`,
  dismissOf: (name: string) => `Oublier l’enregistrement interrompu de ${name}`,
  cancelOf: (name: string) => `Arrêter l’enregistrement de ${name}`,
  tooLarge: (name: string, limit: number) =>
    `« ${name} » est trop gros pour être enregistré dans cette fenêtre : sans son assistant (un service worker), la page peut enregistrer jusqu’à ${formatBytes(limit)} à la fois. Ouvre Spinney dans une fenêtre normale, pas privée, et enregistre-le là.`,
}
