// How the built page judges passphrases, with the words that it ships.
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { root } from './lib/place.mjs'

const ASSETS = path.join(root, 'www/dist/assets')
const ABOUT = ['Ann Example']

let score

before(async () => {
  const name = (await readdir(ASSETS)).find(name => /^strength-.*\.js$/.test(name))
  const [passphraseScore] = Object.values(await import(pathToFileURL(path.join(ASSETS, name)).href))
  score = passphrase => passphraseScore(passphrase, ABOUT)
})

test('what is guessed at once is judged so', () => {
  for (const passphrase of [
    'password', '12345678', 'qwertyuiop', 'aaaaaaaaaaaa', 'iloveyou', 'letmein1', 'ann example', 'Ann-Example', 'Ann Example Ann Example',
    'annannann', 'ann example 2024', 'correct horse battery staple', 'correcthorsebatterystaple', 'Correct-Horse-Battery-Staple', 'Tr0ub4dor&3',
  ]) {
    assert.equal(score(passphrase), 0, passphrase)
  }
})

test('few common words, names and years are weak', () => {
  for (const passphrase of ['lamp window', 'Lamp Window', 'blue table', 'jennifer smith', 'michael 1985', 'sunshine monday']) {
    assert.ok(score(passphrase) <= 2, `${passphrase}: ${score(passphrase)}`)
  }
})

test('unrelated words and random letters are good', () => {
  for (const passphrase of ['a spinney of rowans', 'a spinney of birches', 'lamp window gravel tiger otter', 'kX9#vQ2!mZ7p', 'zebra anchor violin moss']) {
    assert.ok(score(passphrase) >= 3, `${passphrase}: ${score(passphrase)}`)
  }
})
