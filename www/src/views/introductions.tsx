/** People whom friends know, and those whom they introduce. */

import type { Introduction, Suggestion } from '../contract'
import { displayText, relativeTime } from '../format'
import { claimedName, nameOf } from '../state/contacts'
import { acceptIntroduction, addSuggested, declineIntroduction, dismissSuggestion, suggestions, throughWhom } from '../state/introductions'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { ErrorMessage } from '../ui/field'
import { useAsyncAction } from '../ui/use-async-action'
import { useIncrementalList } from '../ui/use-infinite-scroll'

/** Rows rendered at once: a dishonest friend can show many people. */
const BATCH = 10

/** Whom friends show, below the reader's own people. */
export function Suggestions() {
  const list = suggestions.value
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  if (!list.length) return null
  return (
    <section class="card pad stack tight" aria-labelledby="suggestions">
      <h2 id="suggestions">{s.introductions.suggestions.title}</h2>
      <small>{s.introductions.suggestions.text}</small>
      <ul class="people">
        {list.slice(0, visible).map(suggestion => (
          <SuggestionRow key={suggestion.id} suggestion={suggestion} />
        ))}
      </ul>
      <div class="end" ref={sentinel} />
    </section>
  )
}

function SuggestionRow({ suggestion }: { suggestion: Suggestion }) {
  const name = claimedName(suggestion)
  const { busy, problem, run } = useAsyncAction()
  return (
    <li class="person">
      <div class="row wraps">
        <span class="row grow">
          <Avatar id={suggestion.id} name={name} />
          <span class="grow">
            <b class="break-anywhere" dir="auto">
              {name}
            </b>
            <br />
            <small>{throughWhom(suggestion)}</small>
          </span>
        </span>
        <span class="row">
          <button
            type="button"
            class="button"
            aria-label={s.introductions.suggestions.addOf(name)}
            disabled={busy}
            onClick={() => void run(() => addSuggested(suggestion))}
          >
            {s.introductions.suggestions.add}
          </button>
          <button
            type="button"
            class="button plain"
            aria-label={s.introductions.suggestions.notNowOf(name)}
            disabled={busy}
            onClick={() => dismissSuggestion(suggestion)}
          >
            {s.introductions.suggestions.notNow}
          </button>
        </span>
      </div>
      {problem && <ErrorMessage text={problem} />}
    </li>
  )
}

/** Somebody whom a friend introduces, and who has not asked. */
export function IntroductionCard({ introduction }: { introduction: Introduction }) {
  const name = claimedName(introduction)
  const by = nameOf(introduction.by)
  const { busy, problem, run } = useAsyncAction()
  return (
    <div class="stack tight">
      <div class="row">
        <Avatar id={introduction.id} name={name} />
        <div class="grow">
          <b class="break-anywhere" dir="auto">
            {name}
          </b>
          <br />
          <small>{relativeTime(introduction.time)}</small>
        </div>
      </div>
      <p>{s.introductions.card.introduces(by, name)}</p>
      {introduction.message && (
        <p class="note" dir="auto">
          {displayText(introduction.message)}
        </p>
      )}
      <small>{s.introductions.card.claim(by)}</small>
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button
          type="button"
          class="button main"
          aria-label={s.introductions.card.addOf(name)}
          disabled={busy}
          onClick={() => void run(() => acceptIntroduction(introduction))}
        >
          {s.introductions.card.add}
        </button>
        <button
          type="button"
          class="button"
          aria-label={s.introductions.card.notNowOf(name)}
          disabled={busy}
          onClick={() => declineIntroduction(introduction)}
        >
          {s.introductions.card.notNow}
        </button>
      </div>
    </div>
  )
}
