/** Chooses the language of the page, each in its own words: who cannot read the others has to find it. */

import { useId } from 'preact/hooks'
import { isLanguage, LANGUAGES, type Language } from '../language'
import { chooseLanguage, chosenLanguage } from '../state/language'
import { s } from '../strings'
import { Icon } from './icon'

const NAMES = Object.entries(LANGUAGES) as [Language, (typeof LANGUAGES)[Language]][]

/** `small`, with an icon for a label, at the foot of the first screen. */
export function LanguageSelect({ small }: { small?: boolean }) {
  const id = useId()
  return (
    <div class={small ? 'language row' : 'labelled'}>
      {small && <Icon name="globe" />}
      <label for={id} class={small ? 'visually-hidden' : undefined}>
        {s.language.title}
      </label>
      <select
        id={id}
        class="field"
        value={chosenLanguage.value ?? ''}
        onChange={({ currentTarget: { value } }) => void chooseLanguage(isLanguage(value) ? value : null)}
      >
        <option value="">{s.language.browsers}</option>
        {NAMES.map(([tag, { name, dir }]) => (
          <option key={tag} value={tag} lang={tag} dir={dir}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}
