/** Texts about shares: composing, opening and changing them, and links. */

import { formatBytes } from '../../format.ts'
import type { Saved } from '../../generated.ts'
import { files, formatList, inRow, ofPersons, otherPersons, plural } from './plurals.ts'

export const share = {
  summary: (n: number, size: number) => `${files(n)} · ${formatBytes(size)}`,
  loading: 'جارٍ فتح المشاركة…',
  loadingFiles: 'جارٍ تحميل قائمة الملفات…',
  noFiles: 'ليس في هذه المشاركة ملفات.',
  elsewhere: (hosts: string) =>
    `قد تكون ملفاتها لدى ${hosts}، وهو وسيط شخص غير معروف لديك. لجلبها تتصل به هذه الصفحة، ويرى الوسيط عنوان شبكتك.`,
  lookElsewhere: 'جلبها من هناك',
  gone: 'لم تعد هذه المشاركة موجودة، أو ليست لهذا الملف الشخصي.',
  pictures: 'صور',
  others: 'ملفات',
  by: (name: string, when: string) => `من ${name} · ${when}`,
  byYou: (when: string) => `منك · ${when}`,
  passedOn: (maker: string, by: string, when: string) => `من ${maker}، بإعادة مشاركة من ${by} · ${when}`,
  passedOnByYou: (maker: string, when: string) => `من ${maker}، بإعادة مشاركة منك · ${when}`,
  saveAllSize: (size: number) => `حفظ الكل · ${formatBytes(size)}`,
  saveFolder: 'حفظ في مجلد',
  savingFolder: (name: string) => `جارٍ الحفظ في مجلد داخل ${name}. يظهر التقدم في «عمليات النقل».`,
  savedFolder: ({ folder, written, already, renamed, leftOut }: Saved) =>
    [
      `${leftOut > 0 ? 'تم الحفظ' : 'حُفظ كل شيء'} في المجلد ${already > 0 ? '' : 'الجديد '}«${folder}»${leftOut > 0 ? '، لكن ليس كل شيء.' : '.'}`,
      already > 0 &&
        (written > 0
          ? plural(written, {
              zero: 'كانت كلها هناك من قبل.',
              one: 'منها ملف واحد جديد، والباقي كان هناك من قبل.',
              two: 'منها ملفان جديدان، والباقي كان هناك من قبل.',
              few: 'منها # ملفات جديدة، والباقي كان هناك من قبل.',
              many: 'منها # ملفًا جديدًا، والباقي كان هناك من قبل.',
              other: 'منها # ملف جديد، والباقي كان هناك من قبل.',
            })
          : 'كان كل شيء هناك من قبل.'),
      renamed > 0 &&
        plural(renamed, {
          zero: 'لا ملف له اسم آخر هناك.',
          one: 'لملف واحد اسم آخر هناك.',
          two: 'لملفين اسمان آخران هناك.',
          few: 'لـ # ملفات أسماء أخرى هناك.',
          many: 'لـ # ملفًا أسماء أخرى هناك.',
          other: 'لـ # ملف أسماء أخرى هناك.',
        }),
      leftOut > 0 &&
        plural(leftOut, {
          zero: 'لم يُستبعد أي ملف.',
          one: 'استُبعد ملف واحد، لأن هذا الحاسوب لا يقبل اسمه. يظهر في «عمليات النقل».',
          two: 'استُبعد ملفان، لأن هذا الحاسوب لا يقبل اسميهما. يظهران في «عمليات النقل».',
          few: 'استُبعدت # ملفات، لأن هذا الحاسوب لا يقبل أسماءها. تظهر في «عمليات النقل».',
          many: 'استُبعد # ملفًا، لأن هذا الحاسوب لا يقبل أسماءها. تظهر في «عمليات النقل».',
          other: 'استُبعد # ملف، لأن هذا الحاسوب لا يقبل أسماءها. تظهر في «عمليات النقل».',
        }),
    ]
      .filter(Boolean)
      .join(' '),
  savingFailed: (why: string) => `انقطع الحفظ في المجلد. ${why} ما حُفظ يبقى. وللحصول على الباقي يلزم الحفظ من جديد في المجلد نفسه.`,
  folderGone: 'نُقل المجلد أو حُذف.',
  keep: 'احتفاظ في هذا المتصفح',
  keeping: 'جارٍ جلب كل شيء إلى هذا المتصفح.',
  download: 'تنزيل',
  downloadFile: (path: string) => `تنزيل ${path}`,
  view: (path: string) => `فتح ${path}`,
  remove: 'حذف هذه المشاركة',
  removeMine: {
    contacts: 'حذف: لن تصل إلى الأصدقاء بعد الآن',
    self: 'حذف نهائي',
    link: 'حذف: يتوقف رابطها عن العمل',
    public: 'حذف: لن يحصل عليها أحد منك بعد الآن',
  },
  removed: (title: string) => `حُذفت «${title}».`,
  details: {
    id: 'معرّف المشاركة',
    root: 'القائمة المشفّرة (CID)',
    directory: 'الدليل (CID)، لأي أداة IPFS',
    author: 'معرّف صاحبها',
    maker: 'معرّف من أنشأها',
    created: 'تاريخ الإنشاء',
  },
  here: 'في هذا المتصفح',
  partlyHere: (have: number, size: number) => `${formatBytes(have)} من ${formatBytes(size)} في هذا المتصفح`,
}

export const audience = {
  self: 'أنت وحدك',
  youAnd: (people: readonly string[]) => (people.length ? `${formatList(['أنت', ...people])} فقط` : 'أشخاص مختارون فقط'),
  youAndMany: (people: readonly string[], others: number) => `${inRow(['أنت', ...people])} و${otherPersons(others)} فقط`,
  public: 'يستطيع الجميع قراءتها',
  link: 'كل من لديه الرابط',
  withdrawn: 'مسحوبة: أنت وحدك',
  forYou: (author: string) => `لأشخاص من اختيار ${author} فقط`,
}

export const availability = {
  uploading: 'في الطريق إلى وسيطك',
  waiting: 'في هذا المتصفح فقط حتى الآن',
  otherDevice: 'في متصفح آخر لك فقط حتى الآن',
  notSent: 'ليست عند وسيطك',
  failed: 'في هذا المتصفح فقط: فشل إرسالها',
  noRoom: 'في هذا المتصفح فقط: لا مساحة عند وسيطك',
  relay: 'محفوظة عند وسيطك',
  hereAndRelay: 'في هذا المتصفح وعند وسيطك',
  noRelay: 'في هذا المتصفح فقط: لا يوجد وسيط',
  theirs: (author: string) => `محفوظة عند وسيط ${author}`,
  theirsWaits: (author: string) => `ليست عند وسيط ${author} بعد`,
}

export const delivery = {
  unknown: 'يمكن فتحها',
  queued: 'تنتظر الإرسال في هذا المتصفح',
  kept: 'محفوظة عند وسيطك',
  fetched: 'تم جلبها',
  opened: 'تم فتحها',
  receiptsOff: 'لا يظهر لك هل جُلبت وفُتحت إلا إذا كانت إشعارات الاستلام قيد التشغيل لديكما معًا، في',
}

export const access = {
  title: 'من يستطيع فتحها',
  nobody: {
    contacts: 'هذه المشاركة مسحوبة: لا يستطيع أحد غيرك فتحها. ويمكن إعطاؤها لأشخاص من جديد.',
    self: 'أنت وحدك.',
    link: 'كل من لديه الرابط. ويمكن إيقافه أعلاه عند الحاجة.',
    public: 'الجميع: هي غير مشفّرة، ولا يمكن استرجاعها ممن حصل عليها. لإخراجها من صفحتك العامة يمكن حذفها تحت «التفاصيل».',
  },
  remove: 'إزالة',
  removeOf: (name: string) => `إزالة ${name} من هذه المشاركة`,
  promise: (name: string) =>
    `يبقى بإمكان ${name} فتح ما في هذه المشاركة اليوم، دون ما يُضاف إليها لاحقًا. لإنهاء ذلك أيضًا يلزم سحب المشاركة.`,
  removeText: 'من يُزال يبقى بإمكانه فتح ما فيها اليوم. لإنهاء ذلك أيضًا يلزم سحبها.',
  former: (people: readonly string[]) => `بعد الإزالة يبقى بإمكان ${formatList(people)} فتح ما كان فيها حينها. لإنهاء ذلك يلزم سحبها.`,
  nobodyNow: 'أُزيل الجميع: لا يصل إلى أحد ما يُضاف الآن.',
  add: 'إضافة أشخاص',
  give: 'إعطاؤها لأشخاص',
  addText: 'يستطيعون فتح كل ما فيها الآن، وما يُضاف إليها لاحقًا.',
  added: (people: readonly string[], title: string) => `«${title}» في الطريق إلى ${formatList(people)}.`,
  withdraw: 'سحب المشاركة',
  withdrawText: 'بهذا تُسحب من كل من هي لديه أو كانت لديه، ويتوقف الوسطاء عن إعطائها خلال يوم. وما حفظوه يبقى لديهم.',
  withdrew: (title: string) => `سُحبت «${title}» من الجميع. وما حفظوه يبقى لديهم.`,
}

export const addFiles = {
  title: 'إضافة ملفات',
  text: 'يحصل عليها أيضًا كل من يستطيع فتح المشاركة. وإذا كان هناك ملف بالاسم نفسه، يُستبدل.',
  textSelf: 'إذا كان هناك ملف بالاسم نفسه، يُستبدل.',
  done: (n: number, title: string) =>
    `${plural(n, {
      zero: 'لم يُضف أي ملف',
      one: 'أُضيف ملف واحد',
      two: 'أُضيف ملفان',
      few: 'أُضيفت # ملفات',
      many: 'أُضيف # ملفًا',
      other: 'أُضيف # ملف',
    })} إلى «${title}».`,
  refused: (list: readonly string[]) =>
    `لا يمكن مشاركة هذه الملفات: ${inRow(list.slice(0, 5))}. يرجى إعادة تسميتها على القرص واختيارها من جديد.`,
}

/** Albums, to which friends add. */
export const album = {
  mayAdd: 'يمكن للأصدقاء الإضافة إليها',
  mayAddHint: 'يرى كل من في المشاركة من أضاف وماذا أضاف. ويمكنك إخفاء ما يضيفونه.',
  chip: 'يمكن للأصدقاء الإضافة',
  addText: (author: string) => `تصل إلى ${author} وإلى كل من في هذا الألبوم، ويظهر أنها منك. وإذا كان لك ملف بالاسم نفسه، يُستبدل.`,
  addTextMine: 'تصل إلى كل من في هذا الألبوم. وإذا كان هناك ملف بالاسم نفسه، يُستبدل.',
  added: (title: string) => `تمت الإضافة إلى «${title}».`,
  waits: (author: string) => `يراها الآخرون بعد أن يستلمها Spinney لدى ${author}.`,
  title: 'إضافات الأصدقاء',
  by: (name: string, when: string) => `إضافة من ${name} · ${when}`,
  byYou: (when: string) => `إضافة منك · ${when}`,
  in: (title: string) => `في الألبوم «${title}»`,
  notHere: 'ليست هنا بعد. يواصل Spinney البحث عنها.',
  hide: (name: string) => `إخفاء إضافات ${name}`,
  hidden: (name: string) => `أُخفيت إضافات ${name}.`,
  remove: (name: string) => `إزالة إضافات ${name} لديك`,
  removed: (name: string) => `أُزيلت إضافات ${name} لديك.`,
  takeBack: 'سحب إضافاتك',
  takenBack: 'سُحبت إضافاتك.',
  all: (name: string) => `فتح إضافات ${name}`,
}

export const passOn = {
  title: 'إعادة مشاركة',
  text: (maker: string) => `يظهر لهم أنها من ${maker} وأن إعادة المشاركة منك. ويستطيعون فتح ما فيها الآن.`,
  submit: (n: number) => (n ? `إعادة مشاركة مع ${ofPersons(n)}` : 'إعادة مشاركة'),
  done: (title: string) => `أُعيدت مشاركة «${title}».`,
}

export const links = {
  title: 'الروابط',
  all: 'كل روابطي',
  one: 'الرابط',
  text: 'كل من لديه أحد هذه الروابط يستطيع فتح مشاركته، بلا ملف شخصي.',
  empty: 'لا روابط بعد',
  emptyText: 'كل من لديه رابط يستطيع فتح مشاركته، في أي متصفح.',
  begin: 'مشاركة برابط',
  withPassword: 'بكلمة مرور',
  withoutPassword: 'بلا كلمة مرور',
  withPasswordText: 'تلزم كلمة المرور أيضًا. يُفضَّل عدم إرسالها مع الرابط.',
  withoutPasswordText: 'يُفضَّل إرساله بطريقة موثوقة: الرابط وحده يكفي لفتحها.',
  ends: (when: string) => `ينتهي في ${when}`,
  noEnd: 'بلا انتهاء',
  made: (when: string) => `أُنشئ: ${when}`,
  copy: 'نسخ الرابط',
  qr: (title: string) => `رابط ${title} على شكل رمز QR`,
  fieldOf: (title: string) => `رابط ${title}`,
  switchOff: 'إيقاف نهائي',
  switchOffOf: (title: string) => `إيقاف نهائي: رابط ${title}`,
  switchOffText: 'بعدها لا يستطيع أحد فتح الرابط. تبقى المشاركة لديك، ويبقى لديهم ما حفظوه.',
  switchedOff: (title: string) => `أُوقف رابط «${title}».`,
  off: 'أُوقف الرابط أو انتهى، ولا يُفتح بعد الآن.',
}

export const openLink = {
  title: 'فتح رابط',
  ask: 'فتح هذا الرابط؟',
  askText: 'فُتح رابط في هذا المتصفح. لا يظهر ما يشاركه، ولا من يشاركه، إلا بعد فتحه. وعندها يصبح بين مشاركاتك.',
  askGuest: 'فُتح رابط في هذا المتصفح. لا يظهر ما يشاركه، ولا من يشاركه، إلا بعد فتحه.',
  askRelays: 'لفتحه يتصل Spinney بالوسطاء المذكورين في الرابط. وهم يرون عنوان شبكتك.',
  askHosts: (hosts: readonly string[]) => `لفتحه يتصل Spinney بـ ${formatList(hosts)}. عندها يظهر هناك عنوان شبكتك.`,
  askAuthor: (name: string) => `يقول الرابط إنه من ${name}.`,
  agree: 'فتح الرابط',
  opening: 'جارٍ البحث عما يفتحه…',
  checking: 'جارٍ تجربة كلمة المرور…',
  password: 'كلمة مرور هذا الرابط',
  passwordText: 'لهذا الرابط كلمة مرور. يمكن طلبها من الشخص الذي أرسله إليك.',
  open: 'فتح',
  start: 'فتح ملفي الشخصي',
  make: 'إنشاء ملف شخصي',
  keep: 'الاحتفاظ بها في ملف شخصي',
  keepText: 'تصفحك الآن بصفة ضيف. للاحتفاظ بها يلزم إنشاء ملف شخصي.',
  safe: 'مشفّرة: لا يستطيع فتحها إلا من لديه الرابط.',
  until: (when: string) => `يُفتح حتى ${when}.`,
  untilShort: (when: string) => `حتى ${when}`,
  noEnd: 'بلا تاريخ انتهاء',
  taken: (title: string) => `ستصبح «${title}» بين مشاركاتك.`,
  asGuest: (title: string) => `«${title}» مفتوحة لديك كضيف.`,
  backTo: 'العودة إليها',
  ended: 'انتهى هذا الرابط: يمكن طلب رابط جديد من الشخص الذي أرسله إليك.',
  errors: {
    'wrong-passphrase': 'ليست هذه كلمة مرور هذا الرابط.',
    'invalid-id': 'جزء من هذا الرابط ناقص أو مكتوب خطأ. يرجى نسخه كله والمحاولة مرة أخرى.',
    'not-found': 'لم يعد هذا الرابط يُفتح: أُوقف أو انتهى.',
    unreachable: 'لا يمكن الوصول الآن إلى أي شخص لديه هذه المشاركة. يرجى التحقق من الاتصال، أو المحاولة لاحقًا.',
  } as Record<string, string>,
}
