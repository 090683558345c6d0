/** More files into a share of mine. */

import { useSignal } from '@preact/signals'
import type { Share } from '../contract'
import { wordsFor } from '../errors'
import { refusal } from '../paths'
import { chosen } from '../picked'
import { shown } from '../say'
import { api } from '../state/engine'
import { say } from '../state/notices'
import { prepare, PlacesKept } from '../state/prepare'
import { add } from '../state/shares'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { Checkbox, Problem } from '../ui/field'
import { FilePicker } from '../ui/pickers'
import { Progress } from '../ui/progress'
import { Unfold } from '../ui/unfold'
import { placesWords } from './compose'

export function AddFiles({ share }: { share: Share }) {
  return (
    <section class="card pad stack" aria-label={s.addFiles.title}>
      <Unfold label={s.addFiles.title} icon="plus">
        {fold => <Form share={share} onDone={fold} />}
      </Unfold>
    </section>
  )
}

function Form({ share, onDone }: { share: Share; onDone: () => void }) {
  const keepPlaces = useSignal(false)
  const step = useSignal<{ done: number; of: number } | null>(null)
  const { busy, problem, refuse, run } = useBusy()
  const addChosen = (list: FileList) => {
    const found = chosen(list)
    const unfit = found.filter(({ path }) => refusal(path))
    if (unfit.length) return refuse(s.addFiles.refused(unfit.map(({ path }) => shown(path))))
    void run(
      async () => {
        try {
          const files = await prepare(found, { keepPlaces: keepPlaces.value, onStep: (done, of) => (step.value = { done, of }) })
          add(await api().shares.addFiles(share.id, files))
        } finally {
          step.value = null
        }
        say(s.addFiles.done(found.length, shown(share.title)))
        onDone()
      },
      error => (error instanceof PlacesKept ? placesWords(error) : wordsFor(error)),
    )
  }
  return (
    <div class="stack">
      <p class="quiet">{share.audience === 'self' ? s.addFiles.textSelf : s.addFiles.text}</p>
      <Checkbox label={s.compose.location} hint={s.compose.locationHint} checked={keepPlaces.value} onChange={yes => (keepPlaces.value = yes)} />
      {problem && <Problem text={problem} />}
      {step.value && (
        <>
          <small role="status">{s.compose.preparing(step.value.done, step.value.of)}</small>
          <Progress label={s.addFiles.title} done={step.value.done} total={step.value.of} />
        </>
      )}
      <div class="actions">
        <FilePicker label={s.compose.pickFiles} onChosen={addChosen} main disabled={busy} />
        <FilePicker label={s.compose.pickFolder} onChosen={addChosen} folder disabled={busy} />
        <button type="button" class="button plain" disabled={busy} onClick={onDone}>
          {s.common.cancel}
        </button>
      </div>
    </div>
  )
}
