/** About the language of the page. */

export const language = {
  title: 'اللغة',
  browsers: 'لغة المتصفح',
  englishWords: 'هذه الكلمات بالإنجليزية في كل اللغات.',
  failed: (name: string) => `تعذّر تحميل ${name}، فتبقى الصفحة كما هي. يرجى التحقق من الاتصال، ثم اختيار اللغة من جديد.`,
}
