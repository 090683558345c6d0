/** All texts of the page in Arabic. */

import { formatBytes, formatCount, formatDuration, formatRate } from '../format.ts'
import { LIMITS } from '../generated.ts'
import type { Strings } from '../strings.ts'
import { changeLink, cover, orderForAll, panel, rename, selection, text } from './ar/afterwards.ts'
import { answers } from './ar/answers.ts'
import { compose, drafts, incoming } from './ar/composing.ts'
import { devices, join } from './ar/devices.ts'
import { drop, drops } from './ar/drops.ts'
import { errorOf, errors } from './ar/errors.ts'
import { finish, first } from './ar/first.ts'
import { folders } from './ar/folders.ts'
import { introductions } from './ar/introductions.ts'
import { freeing } from './ar/freeing.ts'
import { keeping } from './ar/keeping.ts'
import { services } from './ar/services.ts'
import { keys } from './ar/keys.ts'
import { language } from './ar/language.ts'
import { news } from './ar/news.ts'
import { passkeys } from './ar/passkeys.ts'
import { add, circles, invite, people, person, receipts, relayOnly, requests, scan, verify } from './ar/people.ts'
import { files, formatList, inRow, otherPersons, plural } from './ar/plurals.ts'
import { push } from './ar/push.ts'
import { saving } from './ar/saving.ts'
import { fileSearch } from './ar/searching.ts'
import { settings } from './ar/settings.ts'
import { access, addFiles, album, audience, availability, delivery, links, openLink, passOn, share } from './ar/sharing.ts'
import { order, viewer } from './ar/viewer.ts'

export const ar: Strings = {
  app: 'Spinney',
  title: (page: string) => `${page} · Spinney`,
  skip: 'الانتقال إلى المحتوى',
  nav: {
    label: 'القائمة الرئيسية',
    home: 'الرئيسية',
    people: 'الأشخاص',
    share: 'مشاركة',
    transfers: 'عمليات النقل',
    settings: 'الإعدادات',
    lock: 'قفل الآن',
    newShares: (n: number) =>
      plural(n, {
        zero: 'لا مشاركات جديدة',
        one: 'مشاركة جديدة واحدة',
        two: 'مشاركتان جديدتان',
        few: '# مشاركات جديدة',
        many: '# مشاركة جديدة',
        other: '# مشاركة جديدة',
      }),
    busy: (n: number) =>
      plural(n, {
        zero: 'لا عمليات نقل جارية',
        one: 'عملية نقل جارية',
        two: 'عمليتا نقل جاريتان',
        few: '# عمليات نقل جارية',
        many: '# عملية نقل جارية',
        other: '# عملية نقل جارية',
      }),
  },
  common: {
    cancel: 'إلغاء',
    close: 'إغلاق',
    copy: 'نسخ',
    copied: 'تم النسخ',
    copyByHand: 'لا يسمح هذا المتصفح للصفحة بالنسخ. النص محدد: يمكن نسخه يدويًا.',
    undo: 'تراجع',
    retry: 'محاولة أخرى',
    show: 'إظهار',
    showOf: (what: string) => `إظهار ${what}`,
    hide: 'إخفاء',
    hideOf: (what: string) => `إخفاء ${what}`,
    save: 'حفظ',
    send: 'إرسال…',
    back: 'رجوع',
    details: 'التفاصيل',
    you: 'أنت',
    optional: 'اختياري',
    someone: 'شخص ما',
  },
  connection: {
    connected: 'متصل',
    none: 'جارٍ الاتصال بوسيطك…',
    since: (time: string) => `لا اتصال بالوسيط منذ ${time}`,
    noRelay: 'بلا وسيط: هذا المتصفح فقط',
    offline: 'لا اتصال بالإنترنت',
    friends: (n: number) =>
      plural(n, {
        zero: 'لا أصدقاء متصلون',
        one: 'صديق واحد متصل',
        two: 'صديقان متصلان',
        few: '# أصدقاء متصلون',
        many: '# صديقًا متصلًا',
        other: '# صديق متصل',
      }),
    reached: (n: number) =>
      plural(n, {
        zero: 'لا أصدقاء باتصال مباشر',
        one: 'صديق واحد باتصال مباشر',
        two: 'صديقان باتصال مباشر',
        few: '# أصدقاء باتصال مباشر',
        many: '# صديقًا باتصال مباشر',
        other: '# صديق باتصال مباشر',
      }),
  },
  answers,
  introductions,
  startup: { title: 'فتح Spinney', wait: 'جارٍ تشغيل المحرّك…' },
  stopped: {
    title: 'تعذّر تشغيل Spinney',
    again: 'التشغيل من جديد',
    moved: 'انتقل العمل إلى علامة تبويب أخرى. تستمر هذه عندما تستجيب تلك.',
    stopped: 'توقف المحرّك ويبدأ من جديد.',
    broken: 'تعذّر تحميل المحرّك، أو توقف مرتين. يرجى التحقق من الاتصال، ثم التشغيل من جديد. ما هو محفوظ هنا باقٍ هنا.',
    blocked:
      'لا يحتفظ هذا المتصفح بشيء لهذه الصفحة: تمنع إعداداته هنا ملفات تعريف الارتباط أو بيانات المواقع. يلزم السماح بها لهذا العنوان، ثم التشغيل من جديد.',
    oneTab:
      'Spinney مفتوح في علامة تبويب أخرى، ولا يستطيع هذا المتصفح تشغيله إلا في واحدة. يمكن استعمال تلك، أو إغلاقها والتشغيل هنا من جديد.',
  },
  cleared: {
    title: 'حُذف ما كان Spinney يحتفظ به في هذا المتصفح',
    text: 'حذفت أنت أو شخص آخر أو هذا المتصفح بيانات هذا الموقع. لا يمكن حفظ شيء هنا قبل البدء من جديد.',
    words: 'يمكنك الرجوع بكلمات الاسترداد: باختيار «لدي كلمات استرداد» في الشاشة التالية. ويأتي الأصدقاء والمشاركات من وسيطك.',
    again: 'البدء من جديد',
  },
  version: {
    ready: 'وصل إصدار جديد من Spinney.',
    needed: 'يعمل إصدار جديد من Spinney في علامة تبويب أخرى. تستمر هذه بعد إعادة تحميلها.',
    kept: 'ما كتبته واخترته محفوظ.',
    unkept: 'يضيع ما كتبته واخترته هنا عند إعادة التحميل، إذ ليست هناك علامة تبويب أخرى تحفظه. يلزم أولًا فتح Spinney في علامة تبويب ثانية.',
    reload: 'إعادة التحميل',
    anyway: 'إعادة التحميل على أي حال',
    restored: 'عاد ما كتبته واخترته.',
  },
  clock: {
    wrong: (mine: string, relays: string) => `تشير ساعة هذا الجهاز إلى ${mine}. وتشير ساعة وسيطك إلى ${relays}.`,
    little: 'يلزم ضبط ساعة هذا الجهاز: وإلا ظهر على مشاركاتك وقت خطأ، وجاء آخر يوم للروابط قبل موعده أو بعده.',
    much: 'يلزم ضبط ساعة هذا الجهاز. حتى ذلك الحين لا يقبل وسيطك منك شيئًا، ولا يستطيع الأصدقاء العثور عليك.',
  },
  sharedOrigin: {
    title: 'ليس في هذا العنوان',
    reason:
      'هذه الصفحة آتية من بوابة مشتركة: في عنوانها /ipfs/ أو /ipns/، ويستطيع كل موقع آخر على تلك البوابة قراءة ما تحتفظ به هنا. لذلك لا يُنشئ Spinney ملفات شخصية هنا ولا يفتحها.',
    advice: 'يمكن طلب عنوان مستقل ممن أرسل إليك الرابط، مثل عنوان يكون الاسم فيه جزءًا من اسم المضيف.',
    where: 'هذا العنوان',
    folder: (host: string) => `تستطيع صفحات أخرى في ${host} قراءة ما تحتفظ به هنا.`,
    folderWhy: 'هذه الصفحة في مجلد على ذلك المضيف وليس لها عنوان مستقل. يُفضَّل سؤال من يديره قبل الاحتفاظ بأي شيء خاص هنا.',
  },
  framed: {
    title: 'فتح Spinney وحده',
    reason: 'تعرض صفحة أخرى Spinney داخلها، وقد تجعلك تنقر على أشياء لا تظهر لك. لذلك لا يبدأ Spinney هنا.',
    open: 'فتحه في علامة تبويب مستقلة',
  },
  welcome: {
    who: 'من هنا؟',
    first: 'صورك لأصدقائك الذين تختارهم، ولا أحد غيرهم',
    firstText: 'تُشفَّر صورك في هذا المتصفح للأشخاص الذين تختارهم. لا حساب ولا شيء للتثبيت.',
    invited: 'لديك دعوة من صديق. بعد إنشاء ملف شخصي أو فتح ملفك تمكن إضافته.',
    invitedBy: (name: string) => `لديك دعوة من ${name}. تمكن الإضافة بعد إنشاء ملف شخصي أو فتح ملفك.`,
    invitedToBe: (name: string) => `لديك دعوة من ${name}. بعد إنشاء ملف شخصي تصبحان صديقين.`,
    passphraseFor: (name: string) => `عبارة المرور لـ ${name}`,
    open: 'فتح',
    opening: 'جارٍ الفتح…',
    key: 'لا يغادر مفتاحك هذا المتصفح أبدًا. دون عبارة المرور أو كلمات الاسترداد لا يستطيع أحد فتحه، ولا حتى نحن.',
    stay: 'البقاء في وضع تسجيل الدخول على هذا الجهاز',
    stayHint: 'عندها كل من يستطيع استعمال هذا المتصفح يستطيع فتحه بلا عبارة مرور، إلى أن يُقفل.',
    keyStays: 'لا يغادر مفتاحك هذا المتصفح أبدًا. وإلى أن يُقفل، يستطيع كل من يستعمل هذا المتصفح فتحه.',
    newProfile: 'ملف شخصي جديد',
    recover: 'لدي كلمات استرداد',
  },
  create: {
    title: 'ملف شخصي جديد',
    name: 'اسمك',
    nameHint: 'يراه أصدقاؤك. ويظهر اسمك وصورتك لكل من لديه معرّفك.',
    avatar: 'الصورة',
    chooseAvatar: 'اختيار صورة',
    removeAvatar: 'إزالة الصورة',
    avatarRefused: 'لا يمكن استعمال هذه الصورة: يرجى اختيار JPEG أو PNG أو WebP.',
    passphrase: 'عبارة المرور',
    passphraseHint: 'تشفّر كل شيء في هذا المتصفح. ولا يستطيع أحد إعادة تعيينها لك.',
    propose: 'اقتراح خمس كلمات',
    needName: 'يرجى كتابة اسم أولًا.',
    nameTooLong: `الاسم طويل: الحد الأقصى لعدد أحرفه ${LIMITS.nameChars}.`,
    needPassphrase: 'يرجى اختيار عبارة مرور أولًا.',
    shortPassphrase: `عبارة المرور قصيرة: الحد الأدنى لعدد أحرفها ${LIMITS.passphraseChars}.`,
    weakPassphrase: 'عبارة المرور هذه تُخمَّن فورًا. يرجى اختيار أربع أو خمس كلمات لا رابط بينها.',
    submit: 'إنشاء ملفي الشخصي',
    busy: 'جارٍ إنشاء مفاتيحك…',
  },
  devices,
  drop,
  drops,
  freeing,
  keeping,
  services,
  finish,
  first,
  folders,
  join,
  language,
  strength: {
    levels: ['سهلة التخمين جدًا', 'سهلة التخمين', 'يمكن أن تكون أفضل', 'جيدة', 'جيدة جدًا'],
    hint: 'أربع أو خمس كلمات لا رابط بينها قوية وسهلة التذكر.',
  },
  recover: {
    title: 'الرجوع بكلماتك',
    text: 'تُكتب الكلمات الأربع والعشرون بترتيبها. ويعود الملف الشخصي والأصدقاء والمشاركات من وسيطك.',
    words: 'كلمات الاسترداد',
    hint: 'بأرقام أو أحرف كبيرة أو فواصل أو بدونها، وتكفي أربعة أحرف من كل كلمة.',
    counted: (n: number) => `عدد الكلمات: ${formatCount(n)} من ${formatCount(24)}`,
    passphrase: 'عبارة مرور جديدة لهذا المتصفح',
    note: 'إن كان هذا الملف الشخصي في متصفح آخر، فهو باقٍ فيه. وكل منهما يعرض ما يجري في الآخر.',
    submit: 'استرداد ملفي الشخصي',
    busy: 'جارٍ البحث عن ملفك الشخصي…',
    count: (n: number) =>
      n < 24
        ? `عدد الكلمات ${formatCount(n)} من ${formatCount(24)}. الناقص: ${formatCount(24 - n)}.`
        : `عدد الكلمات ${formatCount(n)}، والمطلوب ${formatCount(24)}. الزائد: ${formatCount(n - 24)}.`,
    unknown: (position: number, near: readonly string[]) =>
      near.length
        ? `الكلمة رقم ${formatCount(position)} ليست في القائمة. هل المقصود ${formatList(near, 'or')}؟`
        : `الكلمة رقم ${formatCount(position)} ليست في القائمة. يرجى التحقق من كتابتها.`,
    order: 'الكلمات كلها في القائمة، لكنها لا تتوافق معًا: إحداها خطأ، أو تبادلت كلمتان مكانيهما.',
  },
  restored: {
    found: (when: string) => `عاد ملفك الشخصي كما كان بتاريخ ${when}.`,
    whole: 'كل وسطائك متفقون. إن غاب شيء فعلته بعد ذلك، فليس لدى أي وسيط.',
    silent: (relays: readonly string[]) =>
      `لم يصل جواب من ${formatList(relays)}، وقد يكون هناك شيء أحدث. حتى يصل الجواب لا يُرسل شيء منك إلى غيرك.`,
    goOn: 'المتابعة بدونه',
    seen: 'حسنًا',
  },
  words: {
    title: 'كلمات الاسترداد',
    why: 'يلزم كتابتها على ورق الآن. كل من لديه هذه الكلمات لديه ملفك الشخصي. وإذا ضاع هذا المتصفح، فلا يعيده إلا هذه الكلمات.',
    written: 'كتبتها على ورق',
    later: 'تذكيري لاحقًا',
    confirmTitle: 'اختيار الكلمات التي كتبتها',
    pick: (n: number) => `الكلمة رقم ${formatCount(n)}`,
    wrong: (n: number) => `ليست هذه الكلمة رقم ${formatCount(n)}. يرجى النظر إلى الورقة مرة أخرى.`,
    right: 'تم تأكيد كلمات الاسترداد.',
    ask: 'تلزم كتابة عبارة المرور لرؤيتها. كل من لديه هذه الكلمات يستطيع استعمال ملفك الشخصي.',
    showAgain: 'إظهار الكلمات من جديد',
    banner: 'لم تُؤكَّد كلمات الاسترداد بعد.',
    bannerWhy: 'إذا ضاع هذا المتصفح، فهي وحدها تعيد ملفك الشخصي.',
    bannerButton: 'تأكيدها الآن',
  },
  home: {
    title: 'الرئيسية',
    search: 'البحث عن مشاركات أو ملفات',
    filters: { all: 'الكل', received: 'لي', mine: 'مني', public: 'عامة', link: 'برابط' },
    filterLabel: 'أي المشاركات',
    empty: 'لا مشاركات بعد',
    emptyText: 'يمكنك دعوة صديق، أو مشاركة أول الصور: يراها أصدقاؤك حين يفتحون Spinney.',
    emptyInvite: 'دعوة صديق',
    emptyShare: 'مشاركة صور',
    noMatch: (text: string) => `لا شيء يطابق «${text}».`,
    noneOfKind: 'لا مشاركات من هذا النوع بعد.',
    from: {
      contacts: (name: string) => name,
      self: (name: string) => name,
      public: (name: string) => `${name}، للجميع`,
      link: (name: string) => `${name}، برابط`,
    },
    madeBy: (name: string) => `من صنع ${name}`,
    youTo: (names: readonly string[], others: number) =>
      names.length ? `منك إلى ${others > 0 ? `${inRow(names)} و${otherPersons(others)}` : formatList(names)}` : 'منك',
    mine: { self: 'أنت وحدك', public: 'منك، للجميع', link: 'منك، برابط' },
    album: 'يمكن للأصدقاء الإضافة',
    /** `films`: whether some of the pictures are films. */
    contents: (pictures: number, films: boolean, others: number) =>
      [
        films
          ? plural(pictures, {
              zero: 'لا مقاطع فيديو',
              one: 'مقطع فيديو واحد',
              two: 'صور وفيديو: #',
              few: 'صور وفيديو: #',
              many: 'صور وفيديو: #',
              other: 'صور وفيديو: #',
            })
          : compose.counted.pictures(pictures),
        others > 0 && files(others),
      ]
        .filter(Boolean)
        .join('، '),
    friends: 'الأصدقاء',
    underWay: 'جارية الآن',
    progressOf: (title: string) => `تقدم ${title}`,
    allTransfers: 'كل عمليات النقل',
    isNew: 'جديد',
    open: 'فتح',
    openShare: (title: string) => `فتح ${title}`,
    more: (n: number) => `+${formatCount(n)}`,
    restOf: (n: number) => `و${formatCount(n)} غيرها`,
    otherFiles: (n: number) => `و${files(n)}`,
    loadingMore: 'جارٍ تحميل المزيد من المشاركات…',
  },
  share,
  audience,
  availability,
  delivery,
  access,
  addFiles,
  album,
  passOn,
  links,
  openLink,
  news,
  push,
  saving,
  fileSearch,
  viewer,
  order,
  people,
  invite,
  add,
  scan,
  requests,
  person,
  circles,
  verify,
  receipts,
  relayOnly,
  compose,
  incoming,
  drafts,
  transfers: {
    title: 'عمليات النقل',
    empty: 'لا شيء جارٍ الآن',
    emptyText: 'عندما تشارك شيئًا أو تجلبه، يظهر تقدمه هنا.',
    direction: { add: 'تشفير', up: 'إلى وسيطك', down: 'جلب', keep: 'احتفاظ لصديق' },
    done: { add: 'تم التشفير', up: 'تم الإرسال إلى وسيطك', down: 'تم الجلب', keep: 'محفوظة لصديق' },
    states: {
      queued: 'بانتظار الدور',
      active: '',
      waiting: 'في الانتظار',
      paused: 'متوقف مؤقتًا',
      done: 'تم',
      failed: 'فشل',
      cancelled: 'أُلغي',
    },
    waitingFor: {
      relay: 'بانتظار الوسيط',
      author: 'بانتظار الوصول إلى صاحبها أو إلى وسيطه',
      space: 'بانتظار مساحة: يمكن تحرير بعضها في الإعدادات',
      permission: 'بانتظار إذنك لاستعمال المجلد',
      unlock: 'بانتظار عبارة مرورك',
      quota: 'بانتظار مساحة عند وسيطك',
      disk: 'لا مساحة عند الوسيط',
    },
    /** What a person can do who waits for room at the relay. */
    noRoom: {
      disk: 'لا مساحة عند الوسيط: قرصه ممتلئ. يُفضَّل إخبار من يديره. هي في هذا المتصفح، ويستمر الإرسال وحده عندما تتوفر مساحة.',
      quota: (used: number, quota: number, needed: number) =>
        needed > quota
          ? `يلزم لهذا ${formatBytes(needed)}، ووسيطك يحتفظ لك بـ ${formatBytes(quota)} على الأكثر. يمكن مشاركة كمية أقل، أو طلب مساحة أكبر ممن يدير الوسيط. وتبقى في هذا المتصفح.`
          : needed + used > quota
            ? `يحتفظ وسيطك لك بـ ${formatBytes(used)} من ${formatBytes(quota)} على الأكثر، ويلزم لهذا ${formatBytes(needed)} أيضًا. يمكن حذف مشاركة لا حاجة إليها، ثم يستمر الإرسال وحده.`
            : `يحتفظ وسيطك لك بـ ${formatBytes(used)} من ${formatBytes(quota)} على الأكثر، ولا مساحة لديه للمزيد. يمكن حذف مشاركة لا حاجة إليها، ثم يستمر الإرسال وحده.`,
    },
    savingIn: (folder: string) => `جارٍ الحفظ في المجلد «${folder}»`,
    savedIn: (folder: string) => `تم الحفظ في المجلد «${folder}»`,
    otherNames: (renamed: number, leftOut: number) =>
      formatList(
        [
          renamed > 0 &&
            plural(renamed, {
              zero: 'لا ملف له اسم آخر هناك',
              one: 'لملف واحد اسم آخر هناك',
              two: 'لملفين اسمان آخران هناك',
              few: 'لـ # ملفات أسماء أخرى هناك',
              many: 'لـ # ملفًا أسماء أخرى هناك',
              other: 'لـ # ملف أسماء أخرى هناك',
            }),
          leftOut > 0 &&
            plural(leftOut, {
              zero: 'لم يُستبعد أي ملف',
              one: 'استُبعد ملف واحد',
              two: 'استُبعد ملفان',
              few: 'استُبعدت # ملفات',
              many: 'استُبعد # ملفًا',
              other: 'استُبعد # ملف',
            }),
        ].filter(part => part !== false),
      ),
    savedAs: (path: string) => `حُفظ باسم ${path}`,
    leftOut: 'استُبعد: لا يقبله هذا الحاسوب',
    of: (done: number, total: number) => `${formatBytes(done)} من ${formatBytes(total)}`,
    speed: (perSecond: number) => formatRate(perSecond),
    left: (seconds: number) => `بقي ${formatDuration(seconds)}`,
    pause: 'إيقاف مؤقت',
    resume: 'استئناف',
    cancel: 'إلغاء',
    actionOf: (action: string, what: string) => `${action}: ${what}`,
    unknownShare: 'مشاركة',
    filesMoved: (n: number) =>
      plural(n, {
        zero: 'لم يتقدم أي ملف',
        one: 'تقدم ملف واحد مؤخرًا',
        two: 'تقدم ملفان مؤخرًا',
        few: 'تقدمت # ملفات مؤخرًا',
        many: 'تقدم # ملفًا مؤخرًا',
        other: 'تقدم # ملف مؤخرًا',
      }),
    finished: 'المنتهية',
    underWay: 'الجارية',
    progressOf: (what: string) => `تقدم ${what}`,
    served: (n: number) => `حصل آخرون على ${formatBytes(n)} من هذا المتصفح مباشرة منذ فتح قفله.`,
  },
  changeLink,
  cover,
  orderForAll,
  panel,
  rename,
  selection,
  text,
  settings,
  keys,
  passkeys,
  quota: {
    full: (needed: number) => `مساحة تخزين هذا المتصفح ممتلئة. ينقص ${formatBytes(needed)}.`,
    open: 'ما يمكن تحريره',
  },
  errors,
  errorOf,
  unexpected: (message: string) => `حدث خطأ: ${message}`,
}
