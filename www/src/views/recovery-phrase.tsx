/** Shows the 24 recovery words and lets the owner confirm them by picking a few. */

import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { href, navigate, route } from '../route'
import { notify } from '../state/notices'
import { confirmWords, revealedWords, revealWords } from '../state/session'
import { s } from '../strings'
import { EnglishWords } from '../ui/english-words'
import { ErrorMessage } from '../ui/field'
import { PassphraseForm } from '../ui/passphrase-form'
import { Page } from '../ui/shell'
import { useAsyncAction } from '../ui/use-async-action'

/** Enough questions to tell that the words were written down. */
const WORDS_ASKED = 3
const WORDS_OFFERED = 6

export function RecoveryPhrase() {
  const confirming = useSignal(false)
  const words = revealedWords.value
  return (
    <Page title={confirming.value ? s.words.confirmTitle : s.words.title}>
      {!words ? (
        <AskPassphrase />
      ) : confirming.value ? (
        <ConfirmPhrase words={words} onBack={() => (confirming.value = false)} />
      ) : (
        <section class="card pad stack">
          <p>{s.words.why}</p>
          <EnglishWords />
          <ol class="words" translate={false} lang="en" dir="ltr">
            {words.map((word, i) => (
              <li key={i}>{word}</li>
            ))}
          </ol>
          <div class="actions">
            <button type="button" class="button main" onClick={() => (confirming.value = true)}>
              {s.words.written}
            </button>
            <button type="button" class="button plain" onClick={leave}>
              {s.words.later}
            </button>
          </div>
        </section>
      )}
    </Page>
  )
}

/** Forgets the words and shows the view that was requested before. */
function leave(): void {
  revealedWords.value = null
  if (route.value.view === 'words') navigate(href.home)
}

function AskPassphrase() {
  return (
    <PassphraseForm
      label={s.settings.wordsPassphrase}
      action={s.settings.showWords}
      class="card pad stack narrow"
      onPassphrase={revealWords}
    >
      <p>{s.words.ask}</p>
    </PassphraseForm>
  )
}

function ConfirmPhrase({ words, onBack }: { words: readonly string[]; onBack: () => void }) {
  const asked = useMemo(() => sample(words.length, WORDS_ASKED).sort((a, b) => a - b), [words])
  const step = useSignal(0)
  const wrong = useSignal(false)
  const { busy, problem, run } = useAsyncAction()
  const at = asked[step.value] ?? 0
  const offered = useMemo(() => wordOptions(words, at), [words, at])
  const pick = (word: string) => {
    wrong.value = word !== words[at]
    if (wrong.value) return
    if (step.value + 1 < asked.length) {
      step.value += 1
      return
    }
    void run(async () => {
      await confirmWords()
      notify(s.words.right)
      leave()
    })
  }
  return (
    <section class="card pad stack">
      <h2 aria-live="polite">{s.words.pick(at + 1)}</h2>
      <div class="choices">
        {offered.map(word => (
          <button key={word} type="button" class="button" translate={false} lang="en" disabled={busy} onClick={() => pick(word)}>
            {word}
          </button>
        ))}
      </div>
      {problem && <ErrorMessage text={problem} />}
      {wrong.value && <ErrorMessage text={s.words.wrong(at + 1)} />}
      <div class="actions">
        <button type="button" class="button plain" onClick={onBack}>
          {s.words.showAgain}
        </button>
      </div>
    </section>
  )
}

/** The right word among others of the phrase, in random order. */
function wordOptions(words: readonly string[], at: number): string[] {
  const right = words[at] ?? ''
  const others = [...new Set(words)].filter(word => word !== right)
  const among = sample(others.length, WORDS_OFFERED - 1).map(i => others[i] ?? '')
  among.splice(random(WORDS_OFFERED), 0, right)
  return among
}

/** `n` different random numbers below `below`. */
function sample(below: number, n: number): number[] {
  const from = Array.from({ length: below }, (_, i) => i)
  return Array.from({ length: Math.min(n, below) }, () => from.splice(random(from.length), 1)[0] ?? 0)
}

const random = (below: number) => Math.floor(Math.random() * below)
