/** Texts about saving out of the browser, beside the buttons in `share`. */

import { formatBytes } from '../../format.ts'

export const saving = {
  label: 'الحفظ',
  building: (name: string, bytes: number, total: number) => `جارٍ إحضار «${name}» · ${formatBytes(bytes)} من ${formatBytes(total)}`,
  waiting: (name: string) => `«${name}» ينتظر البقية. ويستمر وحده عندما يمكن الوصول إلى شخص لديه الملف.`,
  failed: (name: string, why: string) => `انقطع حفظ «${name}». ${why}`,
  /** Where the person may be on another page. */
  goOn: 'للمتابعة يمكن فتح مشاركته.',
  notTwice: 'ما هو موجود في هذا المتصفح لا يُجلب مرة أخرى.',
  locked: 'انقطع الحفظ، لأن Spinney أُقفل. يمكن فتحه والحفظ من جديد.',
  /** The service worker was ended, so that the browser may call half a file finished. */
  stopped: 'أوقفه المتصفح. يرجى حذف الملف غير المكتمل من تنزيلاتك.',
  again: 'حفظ من جديد',
  againOf: (name: string) => `حفظ من جديد: ${name}`,
  dismissOf: (name: string) => `تجاهل انقطاع حفظ ${name}`,
  cancelOf: (name: string) => `إيقاف حفظ ${name}`,
  tooLarge: (name: string, limit: number) =>
    `«${name}» أكبر من أن يُحفظ في هذه النافذة: دون مساعدها (service worker) تستطيع الصفحة حفظ ${formatBytes(limit)} دفعة واحدة على الأكثر. يمكن فتح Spinney في نافذة عادية، غير خاصة، وحفظه هناك.`,
}
