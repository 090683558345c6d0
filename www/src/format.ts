/** Formats numbers, sizes, speeds and times with `Intl`, as the reader's language and country do. */

import { locale } from './language.ts'

/** One formatter for the locale of the page, made anew when that changes. */
function forLocale<T>(make: (tag: string) => T): () => T {
  let made: { tag: string; formatter: T } | undefined
  return () => {
    if (made?.tag !== locale.value) made = { tag: locale.value, formatter: make(locale.value) }
    return made.formatter
  }
}

const dates = (options: Intl.DateTimeFormatOptions) => {
  const format = forLocale(tag => new Intl.DateTimeFormat(tag, options))
  return (when: Date): string => format().format(when)
}

const integerFormat = forLocale(tag => new Intl.NumberFormat(tag))
const twoDigits = forLocale(tag => new Intl.NumberFormat(tag, { minimumIntegerDigits: 2 }))
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** `1234` → "1,234" */
export const formatCount = (n: number): string => integerFormat().format(n)

/** `1_900_000_000` → "1.9 GB". Powers of a thousand, as for disks and download speeds. */
export function formatBytes(n: number): string {
  return formatScaled(n, unit => unit)
}

/** `21_000_000` → "21 MB/s" */
export function formatRate(perSecond: number): string {
  return formatScaled(perSecond, unit => `${unit}-per-second`)
}

function formatScaled(n: number, name: (unit: string) => string): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, n)) / 3))
  const value = n / 1000 ** step
  const digits = step === 0 || value >= 100 ? 0 : 1
  const unit = UNITS[step] ?? 'byte'
  return new Intl.NumberFormat(locale.value, {
    style: 'unit',
    unit: name(unit),
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(value)
}

/** `150` seconds → "3 min". Only the larger unit, because an estimate is not more precise. */
export function formatDuration(seconds: number): string {
  const [value, unit] =
    seconds < 90
      ? [Math.max(1, Math.round(seconds)), 'second']
      : seconds < 5400
        ? [Math.round(seconds / 60), 'minute']
        : [Math.round(seconds / 3600), 'hour']
  return new Intl.NumberFormat(locale.value, { style: 'unit', unit, unitDisplay: 'short' }).format(value)
}

const relativeFormat = forLocale(tag => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }))
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** "12 minutes ago", "yesterday"; a date if it is more than a week ago. */
export function relativeTime(when: Date, now = Date.now()): string {
  const ago = now - when.getTime()
  if (ago < 60_000) return relativeFormat().format(0, 'second').replace(/^now$/, 'just now')
  if (ago < HOUR) return relativeFormat().format(-Math.floor(ago / 60_000), 'minute')
  if (ago < DAY) return relativeFormat().format(-Math.floor(ago / HOUR), 'hour')
  if (ago < 7 * DAY) return relativeFormat().format(-Math.floor(ago / DAY), 'day')
  return longDate(when)
}

/** "May 3", for titles. */
export const dayAndMonth = dates({ day: 'numeric', month: 'long' })

/** "May 3, 2027", for the last day of a link. */
export const longDate = dates({ dateStyle: 'long' })

/** The full date and time, for "Details". */
export const fullDateTime = dates({ dateStyle: 'full', timeStyle: 'medium' })

/** "May 15, 2026 at 2:03 PM". A time that a camera noted has no zone: UTC stands for it. */
export const dateAndTime = (when: Date, zone?: 'UTC'): string =>
  new Intl.DateTimeFormat(locale.value, { dateStyle: 'long', timeStyle: 'short', ...(zone && { timeZone: zone }) }).format(when)

/** "May 2027", above the pictures of a month. */
export const monthOf = dates({ month: 'long', year: 'numeric' })

/** "1:07:09", the length of a film. */
export function clockTime(seconds: number): string {
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, twoDigits().format(whole % 60)]
  return hours > 0 ? `${formatCount(hours)}:${twoDigits().format(minutes)}:${rest}` : `${formatCount(minutes)}:${rest}`
}

/** "1/120 s · f/1.8 · ISO 64 · 4.2 mm", as much of it as is known. */
export function exposureOf({ exposure, aperture, iso, focal }: { [name in 'exposure' | 'aperture' | 'iso' | 'focal']?: number }): string {
  const short = new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1 })
  const parts = [
    exposure && (exposure < 0.3 ? `1/${short.format(Math.round(1 / exposure))} s` : `${short.format(exposure)} s`),
    aperture && `f/${short.format(aperture)}`,
    iso && `ISO ${iso}`,
    focal && `${short.format(focal)} mm`,
  ]
  return parts.filter(Boolean).join(' · ')
}

/** A time of day, like "16:25". */
export const timeOfDay = dates({ timeStyle: 'short' })

/** `/dns4/relay.example/tcp/443/wss/p2p/…` → "relay.example" */
export const hostOf = (multiaddr: string): string => multiaddr.split('/')[2] ?? multiaddr

// Invisible characters that change the reading direction: with them "gpj.exe" can look like "exe.jpg".
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text from other people without bidirectional controls, safe to show. */
export const displayText = (text: string): string => text.replace(BIDI, '')
