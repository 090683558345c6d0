/** Texts about drop boxes: links with which people without a profile give files. */

import { formatBytes, formatCount } from '../../format.ts'
import { files, formatList, plural } from './plurals.ts'

export const drops = {
  title: 'استلام ملفات برابط',
  text: 'يمكنك إنشاء رابط وإعطاؤه للناس. لا يحتاجون إلى ملف شخصي: يفتحونه ويختارون ملفات ويرسلونها. لا يستطيع أحد غيرك فتح ما يرسلونه، وينتظر عند وسيطك إلى حين اطلاعك عليه.',
  anyone: 'كل من لديه الرابط يستطيع وضع ملفات في هذا الصندوق، دون أن يرى ما فيه. لذا يُفضَّل إعطاؤه لمعارفك فقط، وعدم فتح غير المتوقع.',
  name: 'اسم الصندوق',
  nameHint: 'لا يراه أحد غيرك. ويمكن تركه فارغًا.',
  size: 'سعة الصندوق',
  sizeHint: 'يحجز وسيطك له هذا القدر من مساحتك.',
  days: 'المدة',
  dayCount: (n: number) => plural(n, { zero: '# يوم', one: 'يوم واحد', two: 'يومان', few: '# أيام', many: '# يومًا', other: '# يوم' }),
  make: 'إنشاء رابط',
  made: 'الرابط جاهز. يمكن نسخه، أو عرضه ليمسحه شخص بجانبك.',
  needRoom: (left: number) =>
    left > 0
      ? `بقي لدى وسيطك ${formatBytes(left)}. يرجى اختيار سعة أصغر، أو إزالة بعض المشاركات.`
      : 'لم تبقَ لك مساحة لدى وسيطك. يرجى إزالة بعض المشاركات، أو إغلاق صندوق آخر.',
  needReach: 'تعذّر الوصول إلى وسيطك، والصندوق يحتاج إليه. يرجى التحقق من الاتصال والمحاولة مرة أخرى.',
  yours: 'صناديقك',
  one: (n: number) => `الصندوق ${formatCount(n)}`,
  room: (left: number, bytes: number) => `بقي ${formatBytes(left)} من ${formatBytes(bytes)}`,
  roomUnknown: (bytes: number) => `السعة: ${formatBytes(bytes)}`,
  ends: (date: string) => `ينتهي في ${date}`,
  over: (date: string) => `أُغلق في ${date}`,
  field: 'رابط صندوقك',
  copy: 'نسخ الرابط',
  qr: 'رمز QR لرابط صندوقك',
  end: 'إغلاق هذا الصندوق',
  endText: 'لن يستطيع أحد إرسال المزيد بعد أن يعلم وسيطك بذلك. وما وصل يبقى ثلاثين يومًا.',
  ended: 'أُغلق الصندوق.',
  empty: 'لم يصل شيء بعد.',
  came: (n: number) =>
    plural(n, {
      zero: 'لم يصل إلى صندوقك أي ملف.',
      one: 'وصل إلى صندوقك ملف واحد.',
      two: 'وصل إلى صندوقك ملفان.',
      few: 'وصلت إلى صندوقك # ملفات.',
      many: 'وصل إلى صندوقك # ملفًا.',
      other: 'وصل إلى صندوقك # ملف.',
    }),
  waiting: (n: number) => `${files(n)} في صندوقك`,
  look: 'عرض الصندوق',
  from: 'شخص لديه رابطك',
  says: (message: string) => `الرسالة: «${message}»`,
  what: (n: number, size: number, when: string) => `${files(n)} · ${formatBytes(size)} · ${when}`,
  show: 'عرض ما فيها',
  showing: 'جارٍ جلب القائمة…',
  more: (n: number) =>
    plural(n, {
      zero: 'ولا ملفات أخرى',
      one: 'وملف آخر',
      two: 'وملفان آخران',
      few: 'و# ملفات أخرى',
      many: 'و# ملفًا آخر',
      other: 'و# ملف آخر',
    }),
  accept: 'احتفاظ',
  accepting: 'جارٍ النسخ إلى مشاركة لك…',
  accepted: (title: string) => `أصبحت «${title}» بين مشاركاتك. لا يستطيع أحد غيرك فتحها.`,
  decline: 'حذف',
  declined: 'حُذفت.',
  shareTitle: (message: string | undefined, date: string) => (message ? `من الصندوق: ${message}` : `من الصندوق، ${date}`),
}

export const drop = {
  ask: 'إرسال ملفات إلى شخص؟',
  askText: 'فُتح في هذا المتصفح رابط يمكنك به إعطاء شخص ملفات. لا حاجة إلى ملف شخصي لذلك.',
  askHosts: (hosts: readonly string[]) => `للإرسال، يتصل Spinney بـ ${formatList(hosts)}. عندها يظهر هناك عنوان شبكتك.`,
  agree: 'متابعة',
  own: 'هذا رابط صندوقك أنت. يمكن إعطاؤه لمن يريد إرسال ملفات إليك.',
  toBoxes: 'صناديقك',
  opening: 'جارٍ البحث عن صاحب الصندوق…',
  to: (name: string) => `إرسال ملفات إلى ${name}`,
  text: (name: string) => `تُشفَّر ملفاتك في هذا المتصفح، ولا يفتحها أحد غير ${name}. وقرار الاحتفاظ بها يعود إلى ${name}.`,
  left: (left: number, until: string) => `تتسع لـ ${formatBytes(left)}، حتى ${until}.`,
  here: 'يمكن اختيار ملفات، أو إفلاتها على هذه الصفحة.',
  chosen: (n: number, size: number) => `${files(n)}، ${formatBytes(size)}`,
  remove: (path: string) => `استبعاد ${path}`,
  others: (n: number) =>
    plural(n, {
      zero: 'ولا غيرها',
      one: 'وملف آخر',
      two: 'وملفان آخران',
      few: 'و# ملفات أخرى',
      many: 'و# ملفًا آخر',
      other: 'و# ملف آخر',
    }),
  message: 'اسمك، أو بضع كلمات',
  send: 'إرسال',
  progress: 'جارٍ الإرسال',
  done: (done: number, total: number) => `${formatBytes(done)} من ${formatBytes(total)}`,
  waits: 'تعذّر الوصول إلى الوسيط. يستمر الإرسال وحده عند عودته: يرجى إبقاء هذه الصفحة مفتوحة.',
  telling: (name: string) => `كل شيء عند الوسيط. جارٍ إخبار ${name}…`,
  stay: 'يرجى إبقاء هذه الصفحة مفتوحة حتى يُرسل كل شيء.',
  stopped: 'أُوقف الإرسال. ولم يُحفظ منه شيء.',
  sent: 'تم الإرسال. يمكنك إغلاق هذه الصفحة.',
  sentText: (name: string) => `ملفاتك عند الوسيط في انتظار ${name}.`,
  again: 'إرسال المزيد',
  needFiles: 'يرجى اختيار ملف واحد على الأقل أولًا.',
  refusedNames: (paths: readonly string[]) =>
    `لا يمكن إرسال هذه الملفات بسبب أسمائها: ${formatList(paths)}. يرجى إعادة تسميتها واختيارها من جديد.`,
  needRoom: (left: number) =>
    left > 0
      ? `لا تتسع: بقي ${formatBytes(left)}. يرجى إرسال ملفات أقل، أو طلب صندوق أكبر.`
      : 'هذا الصندوق ممتلئ. يمكن طلب رابط جديد من الشخص الذي أرسله إليك.',
  errors: {
    'drop-closed': 'هذا الصندوق مغلق. يمكن طلب رابط جديد من الشخص الذي أرسله إليك.',
    'old-code': 'هذا الرابط من نسخة أقدم من Spinney. يلزم طلب رابط جديد.',
    'broken-code': 'هذا الرابط غير كامل. يرجى نسخه كله وفتحه من جديد.',
    'invalid-id': 'هذا الرابط من إصدار أحدث من Spinney. يرجى إعادة تحميل الصفحة، أو طلب رابط جديد.',
    unreachable: 'تعذّر الوصول إلى وسيط هذا الصندوق. يرجى التحقق من الاتصال، أو المحاولة لاحقًا.',
    'relays-only': 'هذا الصندوق لدى وسيط شخص آخر، واتصالك يقتصر على وسطائك. يمكن تغيير ذلك في الإعدادات، أو فتح الرابط في نافذة خاصة.',
  } as Record<string, string>,
}
