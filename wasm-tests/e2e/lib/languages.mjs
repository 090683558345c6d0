// The languages of the page, and how it comes to speak another one.

export const LANGUAGES = ['en', 'de', 'es', 'fr', 'ar']

/** Has a page speak a language at once, as if another tab had chosen it. What it has said before stays as it is. */
export async function speak(page, language) {
  await page.evaluate(language => {
    const key = 'spinney-language'
    localStorage.setItem(key, language)
    dispatchEvent(new StorageEvent('storage', { key, newValue: language }))
  }, language)
  await page.locator(`html[lang|="${language}"]`).waitFor({ state: 'attached' })
}
