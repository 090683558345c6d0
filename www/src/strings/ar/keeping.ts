/** Texts about what friends keep for each other. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

export const shares = (n: number) =>
  plural(n, {
    zero: 'لا مشاركات',
    one: 'مشاركة واحدة',
    two: 'مشاركتان',
    few: '# مشاركات',
    many: '# مشاركة',
    other: '# مشاركة',
  })

export const keeping = {
  title: (name: string) => `مساحة للصديق ${name}`,
  text: (name: string) =>
    `يمكن لهذا المتصفح أن يحتفظ بما يشاركه ${name}، ليبقى متاحًا أثناء غياب ${name} وعندما لا يكون لدى أي وسيط. وهو مشفّر: لا يمكنك قراءة ما فيه ولا التحقق منه.`,
  room: (name: string) => `مقدار المساحة للصديق ${name}`,
  none: 'لا شيء',
  bytes: (n: number) => formatBytes(n),
  left: (limit: number) => `يمكن أن يكون للأصدقاء معًا ${formatBytes(limit)} من هذا المتصفح.`,
  noLimit: 'قد يحذف هذا المتصفح ما هو هنا عند امتلاء القرص، لذلك لا يمكنه الاحتفاظ بشيء لآخرين.',
  named: (name: string) => `يمكن للصديق ${name} أن يخبر أصدقاءه بأن ذلك محفوظ هنا`,
  namedHint: 'يمكنهم حينها فتحه من هذا المتصفح، ورؤية أنه محفوظ لديك.',
  public: 'وكذلك ما تمت مشاركته مع الجميع',
  metered: 'وعبر بيانات الهاتف أيضًا',
  meteredHint: 'وإلا فسيصل عندما يستخدم هذا الجهاز اتصالًا آخر، مثل Wi-Fi.',
  given: (used: number, bytes: number) => `المستعمل ${formatBytes(used)} من ${formatBytes(bytes)}`,
  shares: (whole: number, missing: number) =>
    missing ? `هنا: ${shares(whole)}. ليس هنا بعد: ${shares(missing)}.` : `هنا: ${shares(whole)}.`,
  ends: (date: string) => `تم سحب هذه المساحة. يبقى المحفوظ حتى ${date}.`,
  letGo: 'التخلي الآن',
  letGoHint: (name: string) => `يحذف فورًا كل ما هو محفوظ لديك للصديق ${name}.`,
  released: (name: string) => `لم يعد هنا شيء محفوظ للصديق ${name}.`,
  theirs: (name: string, bytes: number) => `لك من ${name} مساحة ${formatBytes(bytes)}.`,
  theyKeep: (name: string, whole: number, used: number, when: string) =>
    `محفوظ كاملًا لدى ${name} مما هو لك: ${shares(whole)}، ${formatBytes(used)}، كما قال ${name} ${when}.`,
  notYet: (name: string) => `لا خبر بعد من ${name} عن حفظ شيء لك.`,
  full: (name: string) => `لا تكفي المساحة لكل شيء. يمكن طلب مساحة أكبر من ${name}.`,
  notChosen: (name: string) =>
    `لا تُستعمل بعد. تلزم مقارنة الكلمات الست مع ${name}، أو الانتظار حتى تمر 30 يومًا على معرفتكما هنا. يحتفظ بمشاركاتك صديقان على الأكثر.`,
  alsoAt: (name: string, names: readonly string[]) => `ما يشاركه ${name} محفوظ أيضًا لدى ${formatList(names)}.`,
  keptBy: (friends: readonly string[], relays: readonly string[]) => `محفوظ لدى ${formatList([...friends, ...relays])}.`,
  checked: (place: string, when: string) => `${place} (تم التحقق ${when})`,
  lacks: (places: readonly string[]) => `تعذر تسليم كل شيء عندما سأل هذا المتصفح: ${formatList(places)}. تبقى النسخة في هذا المتصفح لازمة.`,
  proven: (name: string, when: string) => `أمكن التسليم من ${name} عندما سأل هذا المتصفح ${when}.`,
  fails: (name: string, when: string) =>
    `تعذر تسليم كل شيء من ${name} عندما سأل هذا المتصفح ${when}. لا يُحسب ما هو محفوظ لدى ${name} حتى ينجح ذلك من جديد.`,
  forFriends: (used: number, given: number) => `المستعمل ${formatBytes(used)} من ${formatBytes(given)} للأصدقاء هنا.`,
  back: {
    title: 'العودة',
    text: 'يمكن التأكد مسبقًا من أن كلمات الاسترداد الأربع والعشرين تعيدك إذا ضاع هذا المتصفح. لا يغيّر ذلك شيئًا.',
    button: 'تجربة العودة',
    trying: 'تجري التجربة. قد تستغرق دقيقة.',
    from: (places: readonly string[]) => `يمكنك العودة من: ${formatList(places)}.`,
    unreachable: (place: string) => `لا رد من ${place}. تلزم المحاولة لاحقًا.`,
    unknown: (place: string) => `لا شيء يخصك لدى ${place} بعد. يلزم إبقاء هذه الصفحة مفتوحة قليلًا ثم المحاولة من جديد.`,
    incomplete: (place: string) => `ينقص شيء لدى ${place}. يلزم إبقاء هذه الصفحة مفتوحة حتى يصل إليه من جديد ثم المحاولة مرة أخرى.`,
    unreadable: (place: string) => `تتعذر قراءة ما لدى ${place}. يلزم إبلاغ من يشغّله، والاحتفاظ بهذا المتصفح.`,
    older: (place: string, when: string) =>
      `يعيدك ${place} إلى حالة أقدم: ${when}. يلزم إبقاء هذه الصفحة مفتوحة حتى يصل إليه الجديد ثم المحاولة مرة أخرى.`,
    lacking: (place: string) =>
      `ينقص ما لدى ${place} أشخاص أو إعدادات أو مشاركات موجودة هنا. يلزم إبقاء هذه الصفحة مفتوحة حتى يُدمج الاثنان ثم المحاولة مرة أخرى.`,
  },
}
