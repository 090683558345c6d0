/** About the language of the page. */

export const language = {
  title: 'Sprache',
  browsers: 'Wie im Browser',
  englishWords: 'Diese Wörter sind in jeder Sprache englisch.',
  failed: (name: string) =>
    `${name} ließ sich nicht laden, deshalb bleibt die Seite, wie sie ist. Prüf deine Verbindung und wähle die Sprache dann noch einmal.`,
}
