/** Searching the names of files. */

export const fileSearch = {
  label: 'البحث في هذه الملفات',
  none: (text: string) => `لا ملف اسمه مثل «${text}».`,
  found: (name: string) => `فيها «${name}»`,
}
