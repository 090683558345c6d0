/** Offers that the device tells of news: once on Home, and in the settings. */

import { useSignal } from '@preact/signals'
import { notifications, offersNotifications, turnOff, turnOn } from '../state/news'
import { s } from '../strings'
import { Checkbox } from './field'
import { Icon } from './icon'
import { PushSwitch } from './push-switch'

export function NotificationOffer() {
  if (!offersNotifications.value) return null
  return (
    <section class="banner">
      <Icon name="people" />
      <p class="grow">
        <b>{s.news.offer}</b> {s.news.offerWhy}
      </p>
      <button type="button" class="button" onClick={() => void turnOn()}>
        {s.news.turnOn}
      </button>
      <button type="button" class="button plain" onClick={turnOff}>
        {s.news.notNow}
      </button>
    </section>
  )
}

export function NotificationSection() {
  const state = notifications.value
  /** Rises where the browser refuses: the box that was clicked would go on showing a tick, so it is made anew. */
  const refusals = useSignal(0)
  const change = async (next: boolean) => {
    if (!next) return turnOff()
    await turnOn()
    if (notifications.value !== 'on') refusals.value += 1
  }
  if (state === 'impossible') return null
  return (
    <section class="card pad stack" aria-labelledby="notifications">
      <h2 id="notifications">{s.news.title}</h2>
      <Checkbox
        key={refusals.value}
        label={s.news.label}
        hint={s.news.text}
        checked={state === 'on'}
        onChange={next => void change(next)}
      />
      <PushSwitch />
      {state === 'refused' && <p class="warning">{s.news.refused}</p>}
    </section>
  )
}
