/** About the language of the page. */

export const language = {
  title: 'Language',
  browsers: 'As the browser says',
  englishWords: 'These words are English in every language.',
  failed: (name: string) =>
    `${name} could not be loaded, so the page goes on as it is. Check your connection, then choose the language again.`,
}
