/** What a person is told of while they look at something else. */

import { plural } from './plurals.ts'

export const news = {
  shared: (name: string) => `مشاركة جديدة معك من ${name}.`,
  several: (n: number) =>
    plural(n, {
      zero: 'لا مشاركات جديدة من أصدقائك.',
      one: 'مشاركة جديدة من أصدقائك.',
      two: 'مشاركتان جديدتان من أصدقائك.',
      few: '# مشاركات جديدة من أصدقائك.',
      many: '# مشاركة جديدة من أصدقائك.',
      other: '# مشاركة جديدة من أصدقائك.',
    }),
  look: 'عرض',
  // It may show on a locked screen and stays in the browser's files: so it names nobody.
  notification: 'لديك جديد من أحد الأصدقاء.',
  title: 'الإشعارات',
  text: 'يخبرك جهازك عندما يشارك صديق شيئًا أو يطلب إضافته، وأنت في علامة تبويب أخرى أو برنامج آخر. ولا يُذكر فيه اسم أحد. يجب أن يكون Spinney مفتوحًا في إحدى علامات التبويب.',
  turnOn: 'تشغيل الإشعارات',
  label: 'إخباري عند وجود جديد',
  refused: 'يمنع هذا المتصفح إشعارات هذه الصفحة. يمكن السماح بها لهذا العنوان في إعدادات المتصفح.',
  offer: 'ليصلك خبر كل مشاركة من صديق.',
  offerWhy: 'يستطيع جهازك إخبارك وأنت في علامة تبويب أخرى.',
  notNow: 'ليس الآن',
}
