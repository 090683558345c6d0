/** Pinning services: each with what it holds, and a form for one more. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ServiceKeeping } from '../contract'
import { displayText, relativeTime } from '../format'
import { api } from '../state/engine'
import { keeping, onKeeping, readKeeping } from '../state/keeping'
import { notify } from '../state/notices'
import { s } from '../strings'
import { ErrorMessage, Field } from '../ui/field'
import { useAsyncAction } from '../ui/use-async-action'

export function ServicesSection() {
  useEffect(onKeeping, [])
  const services = keeping.value?.services ?? []
  return (
    <section class="card pad stack" aria-labelledby="services">
      <h2 id="services">{s.services.title}</h2>
      <p class="quiet">{s.services.text}</p>
      {services.length > 0 && (
        <ul class="names">
          {services.map(service => (
            <Service key={service.name} service={service} />
          ))}
        </ul>
      )}
      <details>
        <summary>{s.services.add}</summary>
        <NewService />
      </details>
    </section>
  )
}

function Service({ service }: { service: ServiceKeeping }) {
  const { busy, problem, run } = useAsyncAction()
  const { host, shares, waiting, failed, checked, trouble, said } = service
  const name = displayText(service.name)
  const remove = () =>
    void run(async () => {
      await api().keeping.removeService(service.name)
      await readKeeping()
      notify(s.services.removed(name))
    })
  const words = [
    s.services.holds(shares.length),
    waiting > 0 && s.services.waiting(waiting),
    failed > 0 && s.services.failed(failed),
    checked ? s.services.checked(relativeTime(checked)) : !trouble && s.services.notYet,
  ]
  return (
    <li>
      <div class="row wraps">
        <span class="grow break-anywhere">
          <b>{name}</b> <small dir="ltr">{host}</small>
        </span>
        <button type="button" class="button" disabled={busy} onClick={remove}>
          {s.services.remove(name)}
        </button>
      </div>
      <p>{words.filter(Boolean).join(' ')}</p>
      {trouble && <p class="warning">{s.services.trouble[trouble]}</p>}
      {said && <small class="break-anywhere">{s.services.said(displayText(said))}</small>}
      {problem && <ErrorMessage text={problem} />}
    </li>
  )
}

function NewService() {
  const name = useSignal('')
  const endpoint = useSignal('')
  const token = useSignal('')
  const { busy, problem, reject, run } = useAsyncAction()
  const submit = (event: Event) => {
    event.preventDefault()
    if (!name.value.trim()) return reject(s.services.needName)
    if (!token.value.trim()) return reject(s.services.needToken)
    void run(async () => {
      await api().keeping.addService({ name: name.value, endpoint: endpoint.value, token: token.value })
      await readKeeping()
      notify(s.services.added(displayText(name.value.trim())))
      for (const field of [name, endpoint, token]) field.value = ''
    })
  }
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <Field label={s.services.name} autoComplete="off" value={name.value} onInput={value => (name.value = value)} />
      <Field
        label={s.services.address}
        autoComplete="off"
        hint={s.services.addressHint}
        value={endpoint.value}
        onInput={value => (endpoint.value = value)}
      />
      <Field
        label={s.services.token}
        type="password"
        autoComplete="off"
        hint={s.services.tokenHint}
        value={token.value}
        onInput={value => (token.value = value)}
      />
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy}>
          {s.services.add}
        </button>
      </div>
    </form>
  )
}
