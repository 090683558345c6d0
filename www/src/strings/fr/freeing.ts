/** Textes sur la place à libérer dans ce navigateur. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

const partages = (n: number) => plural(n, { one: '# partage', many: '# de partages', other: '# partages' })

export const freeing = {
  title: 'Libérer ce navigateur',
  text: 'Les fichiers que tu as partagés prennent de la place dans ce navigateur. Ils peuvent partir d’ici quand deux endroits, dont au moins un ami, ont montré qu’ils peuvent tout livrer. Les noms et les petites images restent ici, et les fichiers s’ouvrent depuis là-bas.',
  parts: (mine: number, friends: number, free: number) =>
    `À toi : ${formatBytes(mine)}. Gardé pour des amis : ${formatBytes(friends)}. Libre : ${formatBytes(free)}.`,
  can: (n: number, bytes: number) => `Peut partir : ${partages(n)}, ${formatBytes(bytes)}.`,
  nothing: 'Rien ne peut partir maintenant.',
  why: (n: number, bytes: number, reason: string) => `${partages(n)}, ${formatBytes(bytes)} : ${reason}`,
  reasons: {
    unfinished: 'encore en route vers un relais.',
    public: 'pour tout le monde ; les amis n’ont pas à le garder.',
    elsewhere: 'sur un autre appareil.',
    folder: 'suit un dossier de cet appareil.',
    wanted: 'en train d’arriver.',
    asked: 'un autre de tes appareils le lit.',
    'no-friend': 'aucun ami ne garde tout.',
    'one-place': 'un seul endroit a tout.',
  },
  begun: 'Certains endroits doivent encore montrer qu’ils ont tout. Cela continue tout seul.',
  gone: (places: readonly string[]) => `Les fichiers ne sont plus dans ce navigateur. Ils s’ouvrent depuis : ${formatList(places)}.`,
  asked: (proven: number, blocks: number) =>
    blocks
      ? `Quitte ce navigateur quand deux endroits ont montré qu’ils ont tout : ${Math.floor((proven / blocks) * 100)} %.`
      : 'Quitte ce navigateur quand deux endroits ont montré qu’ils ont tout.',
  returns: 'Revient dans ce navigateur, parce que trop peu d’endroits ont tout ou parce que quelque chose a changé.',
}
