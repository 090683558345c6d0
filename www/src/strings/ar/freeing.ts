/** Texts about freeing this browser's space, in Arabic. */

import { formatBytes } from '../../format.ts'
import { shares } from './keeping.ts'
import { formatList } from './plurals.ts'

export const freeing = {
  title: 'إخلاء مساحة في هذا المتصفح',
  text: 'تشغل الملفات التي شاركتها مساحة في هذا المتصفح. يمكن أن تغادره عندما يثبت مكانان، أحدهما صديق على الأقل، القدرة على تسليم كل شيء. تبقى الأسماء والصور الصغيرة هنا، وتُفتح الملفات من هناك.',
  parts: (mine: number, friends: number, free: number) =>
    `لك ${formatBytes(mine)}، ومحفوظ للأصدقاء ${formatBytes(friends)}، والمتاح ${formatBytes(free)}.`,
  can: (n: number, bytes: number) => `يمكن أن يغادر: ${shares(n)}، ${formatBytes(bytes)}.`,
  nothing: 'لا شيء يمكن أن يغادر الآن.',
  why: (n: number, bytes: number, reason: string) => `${shares(n)}، ${formatBytes(bytes)}: ${reason}`,
  reasons: {
    unfinished: 'ما زالت في الطريق إلى وسيط.',
    public: 'للجميع، ولا يلزم أن يحتفظ بها الأصدقاء.',
    elsewhere: 'على جهاز آخر.',
    folder: 'تواكب مجلدًا على هذا الجهاز.',
    wanted: 'يجري جلبها الآن.',
    asked: 'يقرؤها جهاز آخر لك.',
    'no-friend': 'لا صديق يحتفظ بها كاملة.',
    'one-place': 'مكان واحد فقط لديه كل شيء.',
  },
  begun: 'ما زال على بعض الأماكن أن تثبت أن كل شيء لديها. يستمر ذلك تلقائيًا.',
  gone: (places: readonly string[]) => `لم تعد الملفات في هذا المتصفح. تُفتح من ${formatList(places)}.`,
  asked: (proven: number, blocks: number) =>
    blocks
      ? `تغادر هذا المتصفح عندما يثبت مكانان أن كل شيء لديهما: ${Math.floor((proven / blocks) * 100)}٪.`
      : 'تغادر هذا المتصفح عندما يثبت مكانان أن كل شيء لديهما.',
  returns: 'تعود إلى هذا المتصفح، لأن الأماكن التي لديها كل شيء قليلة جدًا أو لأن شيئًا تغيّر.',
}
