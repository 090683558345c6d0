/** Freeing this browser's space: what can go because friends and relays have it, and where what went opens from. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { FreeableSpace, Share, WhyNotFreed } from '../contract'
import { hostOf } from '../format'
import { nameOf } from '../state/contacts'
import { api } from '../state/engine'
import { keeping, readKeeping } from '../state/keeping'
import { notify } from '../state/notices'
import { readStorage, storage } from '../state/storage'
import { s } from '../strings'
import { ErrorMessage } from '../ui/field'
import { Icon } from '../ui/icon'
import { useAsyncAction } from '../ui/use-async-action'

/** In the settings: what is whose here, what can go, and why the rest cannot. */
export function FreeSpace() {
  const space = useSignal<FreeableSpace | null>(null)
  const { busy, problem, run } = useAsyncAction()
  const status = keeping.value
  const look = async () => {
    space.value = await api().keeping.freeable()
  }
  useEffect(() => void look().catch(() => {}), [status])
  const now = storage.value
  const can = space.value
  if (!now || !can) return null
  const free = () =>
    void run(async () => {
      const bytes = await api().keeping.free()
      await Promise.all([readKeeping(), readStorage(), look()])
      const waits = keeping.value?.freed.some(({ stage }) => stage === 'asked')
      notify(waits ? s.freeing.begun : s.settings.freed(bytes))
    })
  const mine = Math.max(0, now.used - now.keptForFriends)
  return (
    <>
      <p>{s.freeing.parts(mine, now.keptForFriends, Math.max(0, now.quota - now.used))}</p>
      <h3>{s.freeing.title}</h3>
      <p class="quiet">{s.freeing.text}</p>
      <p>{can.shares.length ? s.freeing.can(can.shares.length, can.bytes) : s.freeing.nothing}</p>
      <Others others={can.others} />
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="button" class="button" disabled={busy || !can.shares.length} onClick={free}>
          {s.freeing.title}
        </button>
      </div>
    </>
  )
}

/** Why other shares stay: one line for each reason. */
function Others({ others }: { others: FreeableSpace['others'] }) {
  const reasons = new Map<WhyNotFreed, { shares: number; bytes: number }>()
  for (const { why, bytes } of others) {
    const so = reasons.get(why) ?? { shares: 0, bytes: 0 }
    reasons.set(why, { shares: so.shares + 1, bytes: so.bytes + bytes })
  }
  if (!reasons.size) return null
  return (
    <ul>
      {[...reasons].map(([why, { shares, bytes }]) => (
        <li key={why}>{s.freeing.why(shares, bytes, s.freeing.reasons[why])}</li>
      ))}
    </ul>
  )
}

/** On a share of the reader's: that its files are not here, and where they open from. */
export function FreedHere({ share }: { share: Share }) {
  const freed = keeping.value?.freed.find(it => it.share === share.id)
  if (!freed) return null
  const { stage, friends, relays, proven, blocks } = freed
  const text =
    stage === 'freed'
      ? s.freeing.gone([...friends.map(id => nameOf(id)), ...relays.map(hostOf)])
      : stage === 'asked'
        ? s.freeing.asked(proven, blocks)
        : s.freeing.returns
  return (
    <p class="row">
      <Icon name="people" />
      <span>{text}</span>
    </p>
  )
}
