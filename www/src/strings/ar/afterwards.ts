/** Texts about changing a share afterwards: selecting files, its title and text, its cover and order, and its link. */

import { formatBytes } from '../../format.ts'
import { files, ofCharacters, ofFiles, plural } from './plurals.ts'

export const selection = {
  begin: 'تحديد',
  label: 'الملفات المحددة',
  count: (n: number, bytes: number) => (n ? `${files(n)} · ${formatBytes(bytes)}` : 'لا شيء محدد'),
  all: 'تحديد الكل',
  save: 'حفظ',
  saveOf: (n: number) => `حفظ ${ofFiles(n)}`,
  passOn: 'إعادة مشاركة',
  passOnOf: (n: number) => `إعادة مشاركة ${ofFiles(n)}`,
  reading: 'جارٍ جلب الملفات…',
  tooMuch: (bytes: number) => `الحد الأقصى لإعادة المشاركة بهذه الطريقة ${formatBytes(bytes)}. يرجى تحديد ملفات أقل، أو إعادة مشاركة الكل.`,
  tooMany: 'هذه ملفات كثيرة لحفظها دفعة واحدة. يرجى تحديد ملفات أقل، أو حفظ الكل.',
  passedOn: 'أصبحت في مشاركة جديدة لك. بقي اختيار من يراها.',
  remove: 'إزالة',
  removeOf: (n: number) => `إزالة ${ofFiles(n)}`,
  removed: (n: number) =>
    plural(n, {
      zero: 'لم يُزَل أي ملف.',
      one: 'أُزيل ملف واحد. يبقى لدى من حصل عليه.',
      two: 'أُزيل ملفان. يبقيان لدى من حصل عليهما.',
      few: 'أُزيلت # ملفات. تبقى لدى من حصل عليها.',
      many: 'أُزيل # ملفًا. تبقى لدى من حصل عليها.',
      other: 'أُزيل # ملف. تبقى لدى من حصل عليها.',
    }),
  end: 'إنهاء التحديد',
}

export const rename = {
  begin: 'إعادة تسمية',
  title: 'العنوان',
  note: 'النص',
  hint: 'كل من يستطيع فتح المشاركة يرى النص الجديد.',
  needTitle: 'يرجى كتابة عنوان أولًا.',
  needShorter: (most: number) => `الحد الأقصى ${ofCharacters(most)}.`,
  done: 'تم التغيير.',
}

export const cover = {
  use: 'تعيين كغلاف',
  done: 'أصبحت هذه الصورة غلاف المشاركة.',
}

export const orderForAll = {
  use: 'للجميع',
  hint: 'يرى الجميع هذا الترتيب، ويمكن لكل شخص اختيار ترتيب آخر لنفسه.',
  done: 'أصبح الجميع يرون هذا الترتيب.',
}

export const text = {
  copy: 'نسخ النص',
  open: (host: string) => `فتح ${host}`,
}

export const panel = {
  title: 'من يستطيع فتحها',
}

export const changeLink = {
  begin: 'تغيير موعد الانتهاء أو كلمة المرور',
  text: 'الرابط الموجود لدى الناس يبقى صالحًا.',
  end: 'موعد الانتهاء',
  ends: {
    same: 'كما هو الآن',
    day: 'بعد يوم',
    week: 'بعد أسبوع',
    month: 'بعد شهر',
    never: 'بلا انتهاء',
    date: 'بعد يوم أختاره',
  },
  lastDay: 'آخر يوم',
  needDay: 'يرجى اختيار يوم لم يأتِ بعد.',
  password: 'كلمة المرور',
  passwords: { same: 'كما هي الآن', none: 'بلا كلمة مرور', other: 'كلمة مرور أخرى' },
  typed: 'كلمة المرور الجديدة',
  typedHint: 'من لديه الكلمة السابقة وحدها لن يستطيع فتح الرابط بعد الآن. وما حفظه يبقى لديه.',
  needPassword: 'يرجى كتابة كلمة مرور أولًا.',
  save: 'تغيير الرابط',
  done: 'تغيّر الرابط. وما لدى الناس منه يبقى صالحًا.',
}
