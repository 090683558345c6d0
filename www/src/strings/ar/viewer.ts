/** Texts about looking at files: the viewer, and the order of a share. */

import { formatBytes, formatCount } from '../../format.ts'
import { files } from './plurals.ts'

export const viewer = {
  label: (title: string) => `صور ${title}`,
  filesLabel: (title: string) => `ملفات ${title}`,
  previous: 'الصورة السابقة',
  next: 'الصورة التالية',
  previousFile: 'الملف السابق',
  nextFile: 'الملف التالي',
  close: 'إغلاق',
  zoomIn: 'تكبير',
  fit: 'ملاءمة النافذة',
  play: 'عرض الشرائح',
  pause: 'إيقاف عرض الشرائح مؤقتًا',
  position: (n: number, of: number) => `${formatCount(n)} من ${formatCount(of)}`,
  loading: 'جارٍ جلب الصورة…',
  loadingFile: 'جارٍ جلب الملف…',
  waiting: 'بانتظار الوصول إلى وسيط أو إلى صاحبها…',
  absent: 'ليس هنا بعد. يأتي عندما يمكن الوصول إلى الوسيط أو إلى صاحب المشاركة.',
  sound: 'يُشغَّل هنا الصوت فقط. إن كان في الملف صورة أيضًا، فيمكن حفظه لرؤيتها ببرنامج آخر.',
  unknown: 'لا يستطيع هذا المتصفح عرض هذا الملف. يمكن حفظه لفتحه ببرنامج آخر.',
  noText: 'ليس هذا نصًا بترميز Unicode. يمكن حفظه لفتحه ببرنامج آخر.',
  cutText: (bytes: number) => `يظهر أول ${formatBytes(bytes)} فقط. لقراءة الكل يمكن حفظ الملف.`,
  info: {
    title: 'عن هذا الملف',
    name: 'الاسم',
    folder: 'المجلد',
    type: 'النوع',
    size: 'الحجم',
    pixels: 'الأبعاد',
    dimensions: (width: number, height: number) => `${formatCount(width)} × ${formatCount(height)}`,
    length: 'المدة',
    taken: 'تاريخ الالتقاط',
    camera: 'الكاميرا',
    exposure: 'التعريض',
    changed: 'تاريخ الملف',
    reading: 'جارٍ قراءة بيانات الصورة…',
    unread: 'بيانات الصورة ليست هنا بعد.',
  },
}

export const order = {
  label: 'الترتيب',
  names: { name: 'الاسم', oldest: 'التاريخ، الأقدم أولًا', newest: 'التاريخ، الأحدث أولًا', size: 'الحجم، الأكبر أولًا' },
  undated: 'بلا تاريخ',
  folders: 'المجلدات',
  whole: 'كل الملفات',
  folder: (name: string, count: number) => `${name}، ${files(count)}`,
  files: (n: number) => files(n),
  crumbs: 'المجلد',
}
