/** Labelled inputs. The hint and the error of each are linked to it for screen readers. */

import { type Signal, useSignal } from '@preact/signals'
import { type ComponentChildren, createContext, type Ref } from 'preact'
import { useContext, useEffect, useId } from 'preact/hooks'
import { s } from '../strings'

interface CommonProps {
  label: string
  value: string
  onInput: (value: string) => void
  hint?: string | undefined
  error?: string | null | undefined
  /** What is wrong with the value. It is said once the form was sent, and until it is mended. */
  check?: () => string | null
  children?: ComponentChildren
}

/** Whether the form around was sent. */
export const Sent = createContext(false)

const useProblem = (error: string | null | undefined, check: (() => string | null) | undefined) => {
  const sent = useContext(Sent)
  return error || (sent && check?.()) || null
}

/** Browsers heed `autofocus` only until something has had the focus. */
const useFirstFocus = (id: string, wanted: boolean) =>
  useEffect(() => {
    if (wanted) document.getElementById(id)?.focus()
  }, [])

/**
 * Focuses the first field of a form in which something is wrong, or the first control of a part that has `data-invalid`.
 * What is folded around it opens.
 * Returns whether there is one.
 */
export function focusInvalid(form: HTMLElement): boolean {
  const found = form.querySelector<HTMLElement>('[aria-invalid], [data-invalid]')
  const field = found?.matches('[data-invalid]') ? found.querySelector<HTMLElement>('input:not([tabindex="-1"]), button, a') : found
  const folded = field?.closest('details')
  if (folded) folded.open = true
  field?.focus()
  return field !== null
}

interface FieldProps extends CommonProps {
  type?: 'text' | 'password' | 'search' | 'date'
  autoComplete?: string
  autoFocus?: boolean
  placeholder?: string
  maxLength?: number
  min?: string
  big?: boolean
  hideLabel?: boolean
  field?: Ref<HTMLInputElement>
  /** Of a passphrase: whether it can be read. Without it, the field keeps that itself. */
  shown?: Signal<boolean>
}

export function Field({
  label,
  value,
  onInput,
  hint,
  error,
  check,
  children,
  type = 'text',
  big,
  hideLabel,
  field,
  shown,
  autoFocus = false,
  ...rest
}: FieldProps) {
  const id = useId()
  useFirstFocus(id, autoFocus)
  const problem = useProblem(error, check)
  const ownShown = useSignal(false)
  const readable = shown ?? ownShown
  const { described, below } = describe(id, hint, problem)
  const isSecret = type === 'password'
  const input = (
    <input
      {...rest}
      {...described}
      ref={field ?? null}
      id={id}
      class={big ? 'field big' : 'field'}
      // A single literal type, because Preact has different attributes for each type.
      type={(isSecret && readable.value ? 'text' : type) as 'text'}
      value={value}
      dir={isSecret ? 'ltr' : 'auto'}
      spellcheck={isSecret ? false : undefined}
      autocapitalize={isSecret ? 'none' : undefined}
      onInput={event => onInput(event.currentTarget.value)}
    />
  )
  return (
    <div class="labelled">
      <label for={id} class={hideLabel ? 'visually-hidden' : undefined}>
        {label}
      </label>
      {isSecret ? (
        <div class="secret">
          {input}
          <button type="button" aria-controls={id} onClick={() => (readable.value = !readable.value)}>
            <span aria-hidden="true">{readable.value ? s.common.hide : s.common.show}</span>
            <span class="visually-hidden">{readable.value ? s.common.hideOf(label) : s.common.showOf(label)}</span>
          </button>
        </div>
      ) : (
        input
      )}
      {children}
      {below}
    </div>
  )
}

/** Fields for long texts are as high as that before anything is typed. */
const TALL_ROWS = 4

interface TextAreaProps extends CommonProps {
  rows?: number
  placeholder?: string
  spellcheck?: boolean
  autoFocus?: boolean
}

export function TextArea({ label, value, onInput, hint, error, check, children, rows = 3, autoFocus = false, ...rest }: TextAreaProps) {
  const id = useId()
  useFirstFocus(id, autoFocus)
  const { described, below } = describe(id, hint, useProblem(error, check))
  return (
    <div class="labelled">
      <label for={id}>{label}</label>
      <textarea
        {...rest}
        {...described}
        id={id}
        class={rows >= TALL_ROWS ? 'field tall' : 'field'}
        rows={rows}
        dir="auto"
        value={value}
        onInput={event => onInput(event.currentTarget.value)}
      />
      {children}
      {below}
    </div>
  )
}

interface CheckboxProps {
  label: string
  hint?: string
  checked: boolean
  onChange: (checked: boolean) => void
}

export function Checkbox({ label, hint, checked, onChange }: CheckboxProps) {
  const id = useId()
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={event => onChange(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{label}</label>
        {hint && <small id={`${id}-hint`}>{hint}</small>}
      </div>
    </div>
  )
}

function describe(id: string, hint: string | undefined, error: string | null | undefined) {
  const by = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return {
    described: { 'aria-describedby': by || undefined, 'aria-invalid': error ? ('true' as const) : undefined },
    below: (
      <>
        {hint && <small id={`${id}-hint`}>{hint}</small>}
        {error && <ErrorMessage id={`${id}-error`} text={error} />}
      </>
    ),
  }
}

/** Tells a password manager whose passphrase the form asks for. */
export const UsernameHint = ({ name }: { name: string }) => (
  <input class="visually-hidden" type="text" autoComplete="username" value={name} readOnly tabIndex={-1} aria-hidden="true" />
)

/** An error, announced at once to screen readers. */
export const ErrorMessage = ({ text, id }: { text: string; id?: string }) => (
  <p class="problem" role="alert" id={id}>
    {text}
  </p>
)
