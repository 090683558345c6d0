/** What the page says by itself. */

import { notify, notifyDone } from '../src/state/notices'
import { ErrorMessage } from '../src/ui/field'
import { Notices } from '../src/ui/notices'
import type { Part } from './part'

const Say = ({ label, say }: { label: string; say: () => void }) => (
  <button type="button" class="button" onClick={say}>
    {label}
  </button>
)

export const messages: readonly Part[] = [
  { name: 'ErrorMessage', states: { alone: () => <ErrorMessage text="That is not the passphrase." /> } },
  {
    name: 'Notices',
    states: {
      'all of them': () => (
        <>
          <div class="actions">
            <Say label="Calm" say={() => notify('Ben is added.')} />
            <Say label="Bad" say={() => notify('Ben cannot be added.', 'bad')} />
            <Say label="With a link" say={() => notify('Ben shared Summer.', 'calm', { text: 'Open', href: '#/v/summer' })} />
            <Say label="With Undo" say={() => notifyDone('Summer is removed.', () => notify('Summer is back.'))} />
          </div>
          <Notices />
        </>
      ),
    },
  },
]
