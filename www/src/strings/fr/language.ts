/** About the language of the page. */

export const language = {
  title: 'Langue',
  browsers: 'Celle du navigateur',
  englishWords: 'Ces mots sont en anglais dans toutes les langues.',
  failed: (name: string) =>
    `Impossible de charger la langue ${name} : la page continue comme avant. Vérifie ta connexion, puis choisis de nouveau la langue.`,
}
