/** Texts about the share in the making: choosing, dropping and pasting files, and drafts. */

import { formatBytes, formatCount } from '../../format.ts'
import { LIMITS } from '../../generated.ts'
import { files, formatList, inRow, ofCharacters, ofPersons, otherPersons, plural } from './plurals.ts'

/** The beginning of a sentence about files that wait. Of folders without files nothing is counted. */
const waits = (n: number) =>
  n
    ? plural(n, {
        zero: 'لا ينتظر أي ملف',
        one: 'ينتظر ملف واحد',
        two: 'ينتظر ملفان',
        few: 'تنتظر # ملفات',
        many: 'ينتظر # ملفًا',
        other: 'ينتظر # ملف',
      })
    : 'ينتظر مجلد'

export const compose = {
  title: 'مشاركة',
  drop: 'يمكن إفلات الصور أو الملفات أو مجلد في أي مكان هنا',
  choose: 'ماذا لديك للمشاركة؟',
  dropNow: 'إفلات للإضافة',
  orPick: 'أو اختيارها من هنا',
  pickFiles: 'اختيار ملفات',
  pickFolder: 'اختيار مجلد',
  addFiles: 'إضافة ملفات',
  addFolder: 'إضافة مجلد',
  chosen: (what: string, size: number) => `${what} · ${formatBytes(size)}`,
  showAll: (n: number) => `عرض الكل (${formatCount(n)})`,
  reading: 'جارٍ قراءة المجلد…',
  more: (n: number) => `و${formatCount(n)} غيرها`,
  removeFile: (path: string) => `استبعاد ${path}`,
  removeFolder: (path: string) => `استبعاد المجلد ${path} كله`,
  clear: 'مسح الكل',
  cleared: 'مُسح الكل.',
  paste: 'لصق',
  pasteNothing: 'لا صورة ولا نص للصقه.',
  folder: 'مجلد فارغ',
  systemFiles: (n: number) =>
    plural(n, {
      zero: 'لم يُستبعد أي ملف من ملفات النظام.',
      one: 'استُبعد ملف واحد أنشأه النظام لنفسه.',
      two: 'استُبعد ملفان أنشأهما النظام لنفسه.',
      few: 'استُبعدت # ملفات أنشأها النظام لنفسه.',
      many: 'استُبعد # ملفًا أنشأها النظام لنفسه.',
      other: 'استُبعد # ملف أنشأها النظام لنفسه.',
    }),
  noEmptyFolders: 'عند اختيار مجلد لا تأتي معه المجلدات الفارغة. للاحتفاظ بها يمكن إفلات المجلد هنا بدلًا من ذلك.',
  leaveOut: (n: number) =>
    plural(n, {
      zero: 'استبعاد',
      one: 'استبعاده',
      two: 'استبعادهما',
      few: 'استبعادها',
      many: 'استبعادها',
      other: 'استبعادها',
    }),
  waits: (n: number) => `${waits(n)} مشاركتك التالية.`,
  takeWaiting: 'إضافة إلى هذه المشاركة',
  titleField: 'العنوان',
  titlePlaceholder: 'ما هذا؟',
  titleHint: 'بلا عنوان، يكون الاسم كما يظهر هنا.',
  counted: {
    pictures: (n: number) => plural(n, { zero: 'لا صور', one: 'صورة واحدة', two: 'صورتان', few: '# صور', many: '# صورة', other: '# صورة' }),
    films: (n: number) =>
      plural(n, {
        zero: 'لا مقاطع فيديو',
        one: 'مقطع فيديو واحد',
        two: 'مقطعا فيديو',
        few: '# مقاطع فيديو',
        many: '# مقطع فيديو',
        other: '# مقطع فيديو',
      }),
    files: (n: number) => files(n),
  },
  note: 'ملاحظة',
  addNote: 'إضافة ملاحظة',
  notePlaceholder: 'بضع كلمات لأصدقائك',
  who: 'من يستطيع فتحها',
  to: 'إلى',
  whoSearch: 'البحث عن أشخاص',
  noPeople: 'لا أحد في قائمتك بعد. يمكن إضافة صديق أولًا، أو المشاركة بطريقة أخرى.',
  addFriend: 'إضافة صديق',
  kinds: {
    contacts: { name: 'أشخاص', more: ' من اختيارك' },
    link: { name: 'رابط', more: ': كل من لديه الرابط' },
    self: { name: 'خاص', more: ': لي وحدي' },
    public: { name: 'عام', more: ': للجميع' },
  },
  hints: {
    self: 'لا يستطيع أحد غيرك فتحها. تفيد في الاحتفاظ بالأشياء، أو إعطائها لأشخاص في وقت لاحق.',
    link: 'كل من يحصل على الرابط يستطيع فتحها، بلا ملف شخصي.',
  },
  circles: 'الدوائر',
  circle: (name: string, n: number) => `${name} (${formatCount(n)})`,
  circlesHint: 'الدائرة تختار الأشخاص الموجودين فيها الآن.',
  unfitPeople: (n: number) =>
    plural(n, {
      zero: 'يمكن اختيار الجميع',
      one: 'شخص واحد لا يمكن اختياره بعد',
      two: 'شخصان لا يمكن اختيارهما بعد',
      few: '# أشخاص لا يمكن اختيارهم بعد',
      many: '# شخصًا لا يمكن اختيارهم بعد',
      other: '# شخص لا يمكن اختيارهم بعد',
    }),
  unfit: {
    resolving: 'لم يُعثر عليه بعد',
    following: 'متابعة فقط: تلزم إضافته قبل المشاركة معه',
    blocked: 'محظور',
  },
  options: 'خيارات',
  facts: {
    locationIncluded: 'مع الموقع الجغرافي',
    locationRemoved: 'بلا الموقع الجغرافي',
    mayAdd: 'يمكن للأصدقاء الإضافة',
    password: 'بكلمة مرور',
    until: (when: string) => `حتى ${when}`,
  },
  linkPassword: 'كلمة المرور',
  linkPasswordHint: 'لا يمكن لأحد فتح الرابط بدونها، ولا يمكن لأحد إعادة تعيينها. يُفضَّل عدم إرسالها مع الرابط.',
  lastDay: 'آخر يوم',
  lastDayHint: 'بعد هذا اليوم لا يحتفظ بها وسيطك.',
  endsIn: 'تنتهي بعد',
  spans: { day: 'يوم', week: 'أسبوع', month: 'شهر' },
  lastDayOver: 'مضى آخر يوم: يرجى اختيار يوم بعده.',
  publicText: 'يستطيع الجميع قراءتها ونسخها وإعادة مشاركتها، وتظهر في صفحتك العامة. ولا يمكن استرجاعها ممن حصل عليها.',
  location: 'إرفاق الموقع الجغرافي',
  locationHint:
    'إذا كان هذا متوقفًا، نزيل الموقع الجغرافي من الصور ومقاطع الفيديو قبل مشاركتها. وإن لم نستطع، نسألك أولًا. أما الملفات الأخرى فتبقى كما هي.',
  willContacts: (people: readonly string[]) => `لا يستطيع فتحها إلا ${formatList(['أنت', ...people])}. تُشفَّر قبل أن تغادر هذا المتصفح.`,
  willMany: (people: readonly string[], others: number) =>
    `لا يستطيع فتحها إلا ${inRow(['أنت', ...people])} و${otherPersons(others)}. تُشفَّر قبل أن تغادر هذا المتصفح.`,
  willSelf: 'تُشفَّر لك وحدك قبل أن تغادر هذا المتصفح.',
  willLink: (password: boolean, until: string | undefined) =>
    `كل من لديه الرابط${password ? ' وكلمة المرور' : ''} يستطيع فتحها${until ? ` حتى ${until}` : ''}. تُشفَّر قبل أن تغادر هذا المتصفح.`,
  willPublic: 'يستطيع الجميع قراءتها. ولا يمكن استرجاعها ممن حصل عليها.',
  submit: (n: number) => `مشاركة مع ${ofPersons(n)}`,
  submitTo: { self: 'حفظ لي وحدي', link: 'إنشاء الرابط', public: 'مشاركة مع الجميع، نهائيًا' },
  submitNobody: 'مشاركة',
  nobody: 'لم يُختر أحد بعد.',
  needFiles: 'يرجى اختيار ملف واحد على الأقل.',
  needContents: 'يرجى اختيار ملف واحد على الأقل، أو كتابة ملاحظة.',
  titleTooLong: `العنوان طويل: الحد الأقصى لعدد أحرفه ${LIMITS.titleChars}.`,
  noteTooLong: (n: number) => `الملاحظة طويلة: الحد الأقصى ${ofCharacters(n)}.`,
  needPeople: 'يرجى اختيار من يستطيع فتحها.',
  refusedTitle: 'استُبعدت هذه',
  refusedHint: 'كل ما عداها سليم. لمشاركتها أيضًا يلزم إصلاحها على القرص واختيارها من جديد.',
  refusals: {
    empty: 'في مساره جزء فارغ',
    dots: 'اسمه «.» أو «..»',
    control: 'في اسمه رمز تحكم غير مرئي',
    direction: 'في اسمه رمز غير مرئي يعكس النص الذي بعده',
    backslash: 'في اسمه شرطة مائلة عكسية',
    segment: `اسمه أطول من ${LIMITS.segmentBytes} بايت`,
    path: `مساره أطول من ${LIMITS.pathBytes} بايت`,
    unreadable: 'لا يمكن قراءته: هو اختصار لا يؤدي إلى شيء، أو لا إذن لك بفتحه',
    nameless: 'فيه شيء لا يستطيع هذا المتصفح قراءة اسمه: تلزم إعادة تسميته',
    folders: 'مجلد فارغ يزيد على الحد',
  },
  preparing: (done: number, of: number) => `إعداد المعاينات: ${formatCount(done)} من ${formatCount(of)}`,
  sealing: 'جارٍ التشفير',
  stay: 'يرجى إبقاء هذه الصفحة مفتوحة حتى ينتهي تشفير كل شيء. ويمكنك التنقل فيها في أثناء ذلك.',
  shared: (title: string) => `شُفّرت «${title}» هنا وهي في الطريق.`,
  locationStays: (n: number) =>
    plural(n, {
      zero: 'لا ملف يذكر مكان التقاطه:',
      one: 'قد يذكر هذا الملف مكان التقاطه:',
      two: 'قد يذكر هذان الملفان مكان التقاطهما:',
      few: 'قد تذكر هذه الملفات (#) مكان التقاطها:',
      many: 'قد تذكر هذه الملفات (#) مكان التقاطها:',
      other: 'قد تذكر هذه الملفات (#) مكان التقاطها:',
    }),
  locationStaysText: 'لا نستطيع إزالة الموقع الجغرافي منها. لم يُشارَك شيء بعد.',
  locationLeaveOut: 'استبعاد، ومشاركة الباقي',
  locationAsTheyAre: 'مشاركة على أي حال',
}

/** About files that are dropped or pasted. */
export const incoming = {
  letGo: {
    now: 'إفلات للإضافة',
    later: 'إفلات: ستنتظر مشاركتك التالية',
    locked: 'إفلات: ستنتظر حتى يُفتح ملفك الشخصي',
    never: 'لا يمكن مشاركة الملفات هنا',
  },
  never: 'لم يُضف شيء: Spinney غير مفتوح هنا.',
  nothing: 'لم يكن فيها شيء تمكن مشاركته.',
  later: (n: number) => `${waits(n)} مشاركتك التالية، حتى ينتهي تشفير هذه.`,
  taken: (n: number) =>
    n
      ? plural(n, {
          zero: 'المشاركة الجديدة بلا ملفات، تحت «مشاركة».',
          one: 'أصبح ملف واحد في مشاركة جديدة، تحت «مشاركة».',
          two: 'أصبح ملفان في مشاركة جديدة، تحت «مشاركة».',
          few: 'أصبحت # ملفات في مشاركة جديدة، تحت «مشاركة».',
          many: 'أصبح # ملفًا في مشاركة جديدة، تحت «مشاركة».',
          other: 'أصبح # ملف في مشاركة جديدة، تحت «مشاركة».',
        })
      : 'أصبح مجلد في مشاركة جديدة، تحت «مشاركة».',
  locked: (n: number) => `${waits(n)} هنا. تمكن المشاركة بعد فتح ملفك الشخصي أو إنشاء ملف جديد.`,
}

export const drafts = {
  title: 'غير مكتملة',
  text: (n: number) =>
    plural(n, {
      zero: 'أُغلق Spinney قبل أن يكتمل كل شيء.',
      one: 'أُغلق Spinney قبل قراءة ملف واحد. يرجى اختياره من جديد: لا يُقرأ إلا الناقص.',
      two: 'أُغلق Spinney قبل قراءة ملفين. يرجى اختيارهما من جديد: لا يُقرأ إلا الناقص.',
      few: 'أُغلق Spinney قبل قراءة # ملفات. يرجى اختيارها من جديد: لا يُقرأ إلا الناقص.',
      many: 'أُغلق Spinney قبل قراءة # ملفًا. يرجى اختيارها من جديد: لا يُقرأ إلا الناقص.',
      other: 'أُغلق Spinney قبل قراءة # ملف. يرجى اختيارها من جديد: لا يُقرأ إلا الناقص.',
    }),
  whole: 'قُرئ كل ما فيها، لكنها لم تكتمل.',
  finish: 'إكمال',
  elsewhere: 'تجري قراءة ملفاتها الآن، ربما في علامة تبويب أخرى.',
  missing: 'ملفات يلزم اختيارها من جديد',
  choose: 'اختيار الملفات من جديد',
  chooseFolder: 'اختيار المجلد من جديد',
  without: (n: number) =>
    plural(n, {
      zero: 'مشاركة الباقي',
      one: 'مشاركة الباقي بدونه',
      two: 'مشاركة الباقي بدونهما',
      few: 'مشاركة الباقي بدونها',
      many: 'مشاركة الباقي بدونها',
      other: 'مشاركة الباقي بدونها',
    }),
  discard: 'تجاهل',
  nothingMatches: 'ليس بين هذه أي ملف من الملفات الناقصة.',
  untitled: 'بلا عنوان',
}
