/** Texts about folders that are kept in step. */

import { plural } from './plurals.ts'

export const folders = {
  title: 'Dossiers synchronisés',
  text: 'Un dossier de cet appareil et un partage pour toi seulement : ce que tu changes dans le dossier arrive sur tes autres appareils, et inversement.',
  bind: 'Synchroniser un dossier',
  bindNew: 'Synchroniser un dossier',
  unsupported:
    'Ce navigateur ne peut pas ouvrir de dossiers. Pour synchroniser un dossier, utilise Chrome, Edge ou un autre navigateur Chromium sur un ordinateur.',
  bound: (name: string) => `« ${name} » est synchronisé.`,
  direction: 'Sens',
  modes: { both: 'Dans les deux sens', out: 'Seulement depuis le dossier', in: 'Seulement vers le dossier' },
  states: {
    new: 'pas encore examiné',
    busy: 'en cours d’examen',
    step: 'à jour',
    waits: 'attend un autre appareil',
    permission: 'a besoin de ton autorisation',
    gone: 'a disparu',
    asks: 'te pose une question',
    fails: 'est bloqué',
  },
  at: (when: string) => `À jour : ${when}.`,
  open: 'Ouvrir le partage',
  scan: 'Examiner maintenant',
  unbind: 'Arrêter',
  unbound: (name: string) => `« ${name} » n’est plus synchronisé. Ses fichiers restent.`,
  waits: 'Un autre appareil a un changement qui n’est pas encore à ton relais. La synchronisation reprendra toute seule.',
  permission: 'Après chaque démarrage, ton navigateur redemande si cette page peut utiliser le dossier.',
  allow: 'Autoriser le dossier',
  gone: 'Le dossier a disparu : il a été déplacé ou supprimé, ou son disque n’est pas branché. Rien n’est supprimé sur tes autres appareils. Rebranche le disque, ou arrête la synchronisation.',
  asks: (gone: number, changed: number) =>
    gone > 0 && changed > 0
      ? `${plural(gone, { one: '# fichier a disparu', other: '# fichiers ont disparu' })} et ${plural(changed, { one: '# a changé', other: '# ont changé' })} d’un coup. C’est bien ce que tu veux ?`
      : gone > 0
        ? plural(gone, {
            one: '# fichier a disparu d’un coup. Faut-il le supprimer partout ?',
            other: '# fichiers ont disparu d’un coup. Faut-il les supprimer partout ?',
          })
        : `${plural(changed, { one: '# fichier a changé', other: '# fichiers ont changé' })} d’un coup. C’est bien ce que tu veux ?`,
  anyway: 'Oui, continuer',
  fails: (why: string) => `La synchronisation est bloquée : ${why}.`,
  conflicts: (n: number) =>
    plural(n, {
      one: '# fichier a été modifié sur deux appareils en même temps. Les deux versions sont là :',
      other: '# fichiers ont été modifiés sur deux appareils en même temps. Les deux versions sont là :',
    }),
  conflict: (path: string, copy: string) => `${path} et ${copy}`,
  settle: 'J’ai vérifié',
  settleNamed: (path: string) => `J’ai vérifié ${path}`,
  renamed: 'Ces fichiers portent un autre nom sur cet appareil, car il n’accepte pas le leur :',
  renamedAs: (path: string, local: string) => `${path} s’appelle ${local}`,
  leftOut:
    'Pas synchronisés, parce que leur nom n’est pas possible partout, ou parce qu’un partage ne peut pas contenir autant de dossiers vides :',
  journal: 'Journal',
  journalOf: (name: string) => `Ce qui s’est passé dans « ${name} »`,
  journalText: 'Pendant 30 jours, tu peux annuler ce qui s’est passé.',
  search: 'Chercher par nom',
  empty: 'Rien ne s’est encore passé.',
  changes: { added: 'ajouté', changed: 'modifié', deleted: 'supprimé', conflict: 'modifié sur deux appareils' },
  line: (change: string, where: string, when: string) => `${change}, ${where}, ${when}`,
  here: 'sur cet appareil',
  elsewhere: (device: string) => `sur ${device}`,
  undo: 'Annuler',
  undoNamed: (path: string) => `Annuler : ${path}`,
  undone: (path: string) => `${path} est de nouveau comme avant.`,
  more: 'Afficher plus',
}
