/** A progress bar with an accessible name and value. */

interface Props {
  label: string
  done: number
  total: number
  tone?: 'waiting' | 'bad' | undefined
}

export function Progress({ label, done, total, tone }: Props) {
  // A transfer of zero bytes, such as an empty file, is complete.
  const [value, max] = total > 0 ? [Math.min(done, total), total] : [1, 1]
  return <progress class="bar" aria-label={label} value={value} max={max} data-tone={tone} />
}
