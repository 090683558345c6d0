/** About the language of the page. */

export const language = {
  title: 'Idioma',
  browsers: 'El del navegador',
  englishWords: 'Estas palabras están en inglés en todos los idiomas.',
  failed: (name: string) => `No se pudo cargar ${name}, así que la página sigue como está. Revisa tu conexión y vuelve a elegir el idioma.`,
}
