// Counts what the hands of a person do: each press of a button of the mouse, and each field that is typed into.

/** Clicks in the dialog of the system, which no page sees: one on the file, one on "Open". */
const IN_DIALOG = 2

/** Begins to count for a person, who starts anew on the page. `clicks` and `fields` of the result grow. */
export async function counted(person) {
  const done = { clicks: 0, fields: 0 }
  const { context } = person.browser
  await context.exposeFunction('counted', what => {
    done[what] += 1
  })
  const dialogs = page => page.on('filechooser', () => {
    done.clicks += IN_DIALOG
  })
  for (const page of context.pages()) dialogs(page)
  context.on('page', dialogs)
  await context.addInitScript(() => {
    const typed = new WeakSet()
    addEventListener('pointerdown', () => void window.counted('clicks'), true)
    addEventListener('input', ({ target }) => {
      if (!target.matches('textarea, input:not([type=checkbox], [type=radio], [type=file])') || typed.has(target)) return
      typed.add(target)
      void window.counted('fields')
    }, true)
  })
  await person.page.reload()
  return done
}

/** Chooses files with a button of the page. */
export async function choose(page, button, files) {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()])
  await chooser.setFiles(files)
}
