/** Friends who introduce friends: who may see whose contacts, suggestions, introductions. */

import { listOf, ofCharacters, otherPersons } from './plurals.ts'

/** "Anna", or "Anna and 2 others". */
const andOthers = (first: string, others: number) => (others > 0 ? `${first} و${otherPersons(others)}` : first)

export const introductions = {
  mayBeShown: {
    title: 'أصدقاء الأصدقاء',
    label: 'يمكن لأصدقائي أن يُظهروني لأصدقائهم',
    hint: 'يرون اسمك ومكان إرسال الطلب إليك، والقرار لك في من يُضاف. عند الإيقاف لا يُظهرك أصدقاؤك بعد ذلك، ومن رآك من قبل قد يتذكر.',
    on: 'يمكن لأصدقائك أن يُظهروك لأصدقائهم.',
    off: 'لم يعد بإمكان أصدقائك إظهارك.',
  },
  visibility: {
    title: 'من يرى أصدقائي',
    label: (name: string) => `إظهار أشخاصي للصديق ${name}`,
    hint: 'من وافقوا على إظهارهم فقط. لا يظهر أبدًا عدد الآخرين لديك.',
    agreed: (name: string) => `يمكن إظهار ${name} لأصدقائك الآخرين.`,
    notAgreed: (name: string) => `لا موافقة بعد على إظهار ${name} لآخرين.`,
    on: (name: string) => `أشخاصك الذين وافقوا ظاهرون الآن للصديق ${name}.`,
    off: (name: string) => `لم يعد أشخاصك ظاهرين للصديق ${name}.`,
  },
  suggestions: {
    title: 'أصدقاؤك يعرفون',
    text: 'الأسماء هي التي يستعملها أصدقاؤك. لا يُسأل أحد عن شيء قبل أن تتم إضافته.',
    through: (first: string, others: number) => `عن طريق ${andOthers(first, others)}`,
    add: 'إضافة',
    addOf: (name: string) => `إضافة ${name}`,
    notNow: 'ليس الآن',
    notNowOf: (name: string) => `ليس الآن: ${name}`,
    dismissed: (name: string) => `لن يُقترح ${name} بعد الآن.`,
  },
  card: {
    introduces: (by: string, name: string) => `تعريف من ${by} بالشخص ${name}.`,
    accepted: (by: string, name: string) => `تعريف من ${by} بالشخص ${name}. تمت الموافقة من ${name}.`,
    claim: (by: string) => `الاسم هو الذي يستعمله ${by}. تلزم مقارنة الكلمات قبل الاعتماد عليه.`,
    add: 'إضافة',
    addOf: (name: string) => `إضافة ${name}`,
    notNow: 'ليس الآن',
    notNowOf: (name: string) => `ليس الآن: ${name}`,
    declined: (name: string) => `لا إضافة للشخص ${name}. لن يعلم أحد بذلك.`,
  },
  introduce: {
    open: 'تعريف…',
    openOf: (name: string) => `تعريف… ${name} بشخص آخر`,
    title: (name: string) => `تعريف ${name} بشخص آخر`,
    ask: (name: string) => `لا موافقة بعد على إظهار ${name} لآخرين. يمكن تشغيل ذلك في الإعدادات لديه.`,
    nobody: 'لا أحد من أصدقائك الآخرين وافق على إظهاره. يمكن تشغيل ذلك في الإعدادات لديهم.',
    notAgreed: (names: readonly string[]) => `ليسوا هنا لأنهم لم يوافقوا على إظهارهم: ${listOf(names)}.`,
    who: 'بمن',
    search: 'البحث عن أصدقاء',
    message: 'بضع كلمات للاثنين',
    tooLong: (most: number) => `الحد الأقصى ${ofCharacters(most)}.`,
    send: 'تعريف',
    choose: 'يلزم اختيار شخص أولًا.',
    explain: 'يُسأل الاثنان، ويصبحان صديقين عندما يوافقان.',
    sent: (one: string, other: string) => `تم تعريف ${one} و${other} أحدهما بالآخر. القرار لكل منهما.`,
  },
}
