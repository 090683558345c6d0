/** Texts about folders that are kept in step. */

import { formatCount } from '../../format.ts'
import { files, plural } from './plurals.ts'

export const folders = {
  title: 'مجلدات متزامنة',
  text: 'مجلد على هذا الجهاز ومشاركة لك وحدك: كل تغيير في المجلد يصل إلى أجهزتك الأخرى، وبالعكس.',
  bind: 'مزامنة مجلد',
  bindNew: 'مزامنة مجلد',
  unsupported: 'لا يستطيع هذا المتصفح فتح المجلدات. لمزامنة مجلد يلزم Chrome أو Edge أو متصفح Chromium آخر على حاسوب.',
  bound: (name: string) => `بدأت مزامنة «${name}».`,
  direction: 'الاتجاه',
  modes: { both: 'في الاتجاهين', out: 'من المجلد فقط', in: 'إلى المجلد فقط' },
  states: {
    new: 'لم يُفحص بعد',
    busy: 'يجري فحصه',
    step: 'متزامن',
    waits: 'ينتظر جهازًا آخر',
    permission: 'يحتاج إلى إذنك',
    gone: 'اختفى',
    asks: 'يسألك',
    fails: 'توقف',
  },
  at: (when: string) => `آخر مزامنة: ${when}.`,
  open: 'فتح المشاركة',
  scan: 'فحص الآن',
  unbind: 'إيقاف',
  unbound: (name: string) => `توقفت مزامنة «${name}». وملفاته باقية.`,
  waits: 'لدى جهاز آخر تغيير لم يصل إلى وسيطك بعد. تستمر المزامنة وحدها.',
  permission: 'بعد كل تشغيل يسأل متصفحك من جديد هل تستطيع هذه الصفحة استعمال المجلد.',
  allow: 'السماح باستعمال المجلد',
  gone: 'اختفى المجلد: نُقل أو حُذف، أو أن قرصه غير موصول. لم يُحذف شيء على أجهزتك الأخرى. يمكن توصيل القرص من جديد، أو إيقاف المزامنة.',
  asks: (gone: number, changed: number) =>
    gone > 0 && changed > 0
      ? `دفعة واحدة: اختفاء ${formatCount(gone)} وتغيّر ${formatCount(changed)} من الملفات. هل هذا مقصود؟`
      : gone > 0
        ? plural(gone, {
            zero: 'لم يختفِ أي ملف. هل تُحذف من كل مكان؟',
            one: 'اختفى ملف واحد. هل يُحذف من كل مكان؟',
            two: 'اختفى ملفان معًا. هل يُحذفان من كل مكان؟',
            few: 'اختفت # ملفات معًا. هل تُحذف من كل مكان؟',
            many: 'اختفى # ملفًا معًا. هل تُحذف من كل مكان؟',
            other: 'اختفى # ملف معًا. هل تُحذف من كل مكان؟',
          })
        : plural(changed, {
            zero: 'لم يتغيّر أي ملف. هل هذا مقصود؟',
            one: 'تغيّر ملف واحد. هل هذا مقصود؟',
            two: 'تغيّر ملفان معًا. هل هذا مقصود؟',
            few: 'تغيّرت # ملفات معًا. هل هذا مقصود؟',
            many: 'تغيّر # ملفًا معًا. هل هذا مقصود؟',
            other: 'تغيّر # ملف معًا. هل هذا مقصود؟',
          }),
  anyway: 'نعم، متابعة',
  fails: (why: string) => `توقفت المزامنة: ${why}.`,
  conflicts: (n: number) => `تغيّر على جهازين في الوقت نفسه: ${files(n)}. والنسختان موجودتان:`,
  conflict: (path: string, copy: string) => `${path} و${copy}`,
  settle: 'اطّلعت عليه',
  settleNamed: (path: string) => `اطّلعت عليه: ${path}`,
  renamed: 'لهذه الملفات أسماء أخرى على هذا الجهاز، لأنه لا يقبل أسماءها:',
  renamedAs: (path: string, local: string) => `${path} اسمه هنا ${local}`,
  leftOut: 'خارج المزامنة، لأن أسماءها غير ممكنة في كل مكان، أو لأن المشاركة لا تتسع لكل هذه المجلدات الفارغة:',
  journal: 'السجل',
  journalOf: (name: string) => `ما حدث في «${name}»`,
  journalText: 'يمكنك التراجع عما حدث خلال ثلاثين يومًا.',
  search: 'البحث بالاسم',
  empty: 'لم يحدث شيء بعد.',
  changes: { added: 'جديد', changed: 'تغيّر', deleted: 'حُذف', conflict: 'تغيّر على جهازين' },
  line: (change: string, where: string, when: string) => `${change}، ${where}، ${when}`,
  here: 'على هذا الجهاز',
  elsewhere: (device: string) => `على ${device}`,
  undo: 'تراجع',
  undoNamed: (path: string) => `تراجع: ${path}`,
  undone: (path: string) => `عاد ${path} كما كان.`,
  more: 'عرض المزيد',
}
