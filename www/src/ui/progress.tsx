/** How far something is: a bar with its name and value for screen readers. */

interface Props {
  label: string
  done: number
  total: number
  tone?: 'waiting' | 'bad' | undefined
}

export function Progress({ label, done, total, tone }: Props) {
  // A bar of nothing, as of an empty file, is full.
  const [value, max] = total > 0 ? [Math.min(done, total), total] : [1, 1]
  return <progress class="bar" aria-label={label} value={value} max={max} data-tone={tone} />
}
