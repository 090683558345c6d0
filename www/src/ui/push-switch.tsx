/** Whether this browser is told while the page is closed. */

import { useSignal } from '@preact/signals'
import { notify } from '../state/notices'
import { canBeTold, isTold, PushProblem, turnOffPush, turnOnPush } from '../state/push'
import { s } from '../strings'
import { Checkbox, ErrorMessage } from './field'
import { useAsyncAction } from './use-async-action'

export function PushSwitch() {
  const { busy, problem, run } = useAsyncAction()
  /** Rises where it fails: the box that was clicked would go on showing a tick, so it is made anew. */
  const failures = useSignal(0)
  if (!canBeTold) return null
  const change = async (next: boolean) => {
    if (busy) return
    await run(
      async () => {
        await (next ? turnOnPush() : turnOffPush())
        notify(next ? s.push.on : s.push.off)
      },
      error => (error instanceof PushProblem ? error.message : undefined),
    )
    if (isTold.value !== next) failures.value += 1
  }
  return (
    <>
      <Checkbox key={failures.value} label={s.push.label} hint={s.push.text} checked={isTold.value} onChange={next => void change(next)} />
      {problem && <ErrorMessage text={problem} />}
    </>
  )
}
