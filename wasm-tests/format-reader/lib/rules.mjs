// Rules that can be switched off, one at a time, to see which vectors notice. `rules.json` lists them.
const off = new Set()

/** Switches exactly these rules off. */
export function switchOff(...names) {
  off.clear()
  for (const name of names) off.add(name)
}

/** Whether a rule holds as FORMAT.md says. */
export const holds = (name) => !off.has(name)
