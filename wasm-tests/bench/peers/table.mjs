// The figures of all peers as a table for the README, with the aims.
import { median, SIZE } from './sizes.mjs'

const SECOND = 1_000
const rate = milliseconds => `${(SIZE / 1e6 / (milliseconds / SECOND)).toFixed(1)} MB/s`
const time = milliseconds => `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`
const perMiB = milliseconds => `${(milliseconds / (SIZE / 2 ** 20)).toFixed(1)} ms/MiB`

/** Rows: the label, how it is shown, which figures are compared, and how many times as fast ours should be. */
const ROWS = [
  ['64 MiB directly', rate, 'spinney direct film', [
    ['a transfer by hand', 'raw hand film', 1],
    ['Helia', 'helia direct film', 1.4],
    ['WebTorrent', 'webtorrent direct film', 2],
    ['a bare data channel', 'raw direct film', 0.85],
  ]],
  ['64 MiB through the relay', rate, 'spinney relay film', [
    ['a bare relayed WebSocket', 'raw relay film', 0.4],
    ['Helia', 'helia relay film', 1.6],
  ]],
  ['1,000 files of 4 KiB, kept', time, 'spinney direct small', [['WebTorrent', 'webtorrent direct small', 2]]],
  ['1,000 files of 4 KiB, read', time, 'spinney direct looked', [['Helia', 'helia direct small', 10]]],
  ['first bytes of 64 MiB, directly', time, 'spinney direct first', [['Helia', 'helia direct first', 20]]],
  ['first bytes of 64 MiB, relayed', time, 'spinney relay first', [['Helia', 'helia relay first']]],
  ['connecting directly', time, 'spinney direct connect', [
    ['bare', 'raw direct connect'],
    ['Helia', 'helia direct connect'],
    ['WebTorrent', 'webtorrent direct connect'],
    ['OrbitDB', 'orbitdb direct connect'],
  ]],
  ['something small, told to a friend', time, 'spinney direct news', [['OrbitDB', 'orbitdb direct news']]],
  ['the window’s thread while receiving', perMiB, 'spinney direct window', [
    ['a transfer by hand', 'raw hand window'],
    ['Helia', 'helia direct window'],
    ['WebTorrent', 'webtorrent direct window'],
  ]],
]

/** Prints how many times as fast ours is, and whether the aim was reached. */
export function printTable(figures) {
  console.log('| what | Spinney | against | theirs | times as fast | aim | |\n|---|---|---|---|---|---|---|')
  for (const [what, show, ours, others] of ROWS) {
    for (const [name, theirs, aim] of others) {
      const mine = figures.get(ours) ?? []
      const rounds = (figures.get(theirs) ?? []).flatMap((taken, round) => (taken && mine[round] ? [taken / mine[round]] : []))
      if (rounds.length === 0) continue
      const ratio = median(rounds)
      const verdict = aim ? [`≥ ${aim}`, ratio >= aim ? 'met' : 'missed'] : ['', '']
      const row = [what, show(known(mine)), name, show(known(figures.get(theirs))), ratio.toFixed(2), ...verdict]
      console.log(`| ${row.join(' | ')} |`)
    }
  }
}

/** Prints the median of every figure, with the lowest and the highest. */
export function printFigures(figures) {
  console.log(`\n${'milliseconds'.padEnd(28)}${['median', 'least', 'greatest', 'rounds'].map(word => word.padStart(10)).join('')}`)
  for (const [name, rounds] of figures) {
    const taken = rounds.filter(Boolean)
    const columns = [median(taken), Math.min(...taken), Math.max(...taken)].map(each => each.toFixed(1))
    console.log(name.padEnd(28) + [...columns, taken.length].map(each => `${each}`.padStart(10)).join(''))
  }
}

const known = rounds => median(rounds.filter(Boolean))
