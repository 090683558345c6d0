// Everything that a test needs around its people: a relay, a host with the page, and their end.
import { after, before, test } from 'node:test'
import { friends, Person } from './person.mjs'
import { Line } from './line.mjs'
import { film } from './files.mjs'
import { folder, removeFolders } from './place.mjs'
import { Relay } from './relay.mjs'
import { site } from './site.mjs'

/** The time limit of one test, in milliseconds. */
const TEST_TIME = 300_000
/** Lines of each log that are shown with a failure. */
const SHOWN = 60

/**
 * A world of one relay and one host, for the tests of one file. With `line` the relay is reached over a `Line`, with
 * `stun` it tells browsers their addresses. All other options go to every browser.
 */
export function world({ relay, host, line = false, stun = false, ...browser } = {}) {
  let people = []
  const here = {
    /** The relay, the line to it, the host with the page, and its address. */
    relay: undefined,
    line: undefined,
    host: undefined,
    get url() {
      return here.host.url
    },

    /** A test in this world. Its people leave at its end. */
    test(name, work, { timeout = TEST_TIME, ...options } = {}) {
      test(name, { timeout, ...options }, async context => {
        try {
          await work(context)
        } catch (error) {
          await print()
          throw error
        } finally {
          here.line?.mend()
          for (const person of people.splice(0)) await person.leave()
        }
      })
    },

    /** A person with a browser, without a profile. `as` is another kind of person. */
    async visitor(name, { as = Person, ...options } = {}) {
      return stay(await as.arrive(name, here.url, { ...browser, ...options }))
    },

    /** A new person with a profile. */
    async person(name, options) {
      const person = await here.visitor(name, options)
      await person.makeProfile()
      return person
    },

    /** A second browser of a person who has published, by their words. */
    async again(person) {
      const again = await here.visitor(person.name)
      const { page } = again
      await page.getByRole('button', { name: 'I have recovery words' }).click()
      await page.getByText('Another browser that has this profile keeps it.').waitFor()
      await page.getByLabel('24 recovery words').fill(person.words.join(' '))
      await page.getByLabel('New passphrase for this browser').fill(again.passphrase)
      await page.getByRole('button', { name: 'Recover my profile' }).click()
      await again.heading('Home')
      return again
    },

    /** People who have added each other. */
    async friends(...names) {
      return here.friendsWith({}, ...names)
    },

    /** Makes people who are here add each other. */
    befriend(...people) {
      return friends(people)
    },

    /** Ben, to whom Anna has given a film of this size; she is gone, and the relay keeps it. */
    async givenFilm(size) {
      const [anna, ben] = await here.friends('Anna', 'Ben')
      const whole = await film(await folder('film'), 'film.bin', size)
      await anna.share({ title: 'The film', files: whole.path, to: ['Ben'] })
      await anna.kept()
      await anna.leave()
      return { ben, whole }
    },

    /** People who have added each other. The first has these options for her browser. */
    async friendsWith(options, ...names) {
      const made = []
      for (const [i, name] of names.entries()) made.push(await here.person(name, i === 0 ? options : undefined))
      await friends(made)
      return made
    },
  }

  before(async () => {
    here.relay = await Relay.start(relay)
    if (line) here.line = await Line.to(here.relay.port)
    const address = line ? here.relay.address.replace(`/tcp/${here.relay.port}/`, `/tcp/${here.line.port}/`) : here.relay.address
    const servers = stun ? { stun: [await here.relay.answerStun()] } : {}
    here.host = await site({ relays: [address], ...servers, ...host })
  })

  after(async () => {
    await here.host?.close()
    await here.line?.close()
    await here.relay?.stop()
    await removeFolders()
  })

  function stay(person) {
    people.push(person)
    return person
  }

  /** What people see, and what browsers and relay logged, to explain a failure. */
  async function print() {
    for (const person of people) {
      const seen = await person.sees().catch(error => `(${error.message})`)
      console.log(`--- ${person.name} at ${person.page.url()} sees:\n${seen.slice(0, 2_000)}`)
      console.log(person.browser.log.slice(-SHOWN).join('\n'))
    }
    if (here.relay) console.log(`--- relay:\n${here.relay.log.slice(-SHOWN).join('\n')}`)
  }

  return here
}
