/** What people press. */

import { useSignal } from '@preact/signals'
import { CopyableValue, CopyButton } from '../src/ui/copy'
import { Dialog } from '../src/ui/dialog'
import { Disclosure } from '../src/ui/disclosure'
import { Progress } from '../src/ui/progress'
import { QrCode } from '../src/ui/qr-code'
import type { Part } from './part'

function Opened() {
  const open = useSignal(false)
  return (
    <>
      <button type="button" class="button" onClick={() => (open.value = true)}>
        Ask
      </button>
      {open.value && (
        <Dialog title="A question" onClose={() => (open.value = false)}>
          <p>Escape, the cross and Back close it.</p>
        </Dialog>
      )}
    </>
  )
}

export const controls: readonly Part[] = [
  {
    name: 'CopyButton',
    states: { calm: () => <CopyButton text="tulip" label="Copy the word" />, main: () => <CopyButton text="tulip" main /> },
  },
  {
    name: 'CopyableValue',
    states: {
      'with a button': () => (
        <dl>
          <CopyableValue name="Id" value="k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8" />
        </dl>
      ),
    },
  },
  { name: 'Dialog', states: { closed: () => <Opened /> } },
  {
    name: 'Disclosure',
    states: {
      closed: () => (
        <Disclosure label="Rename" icon="text">
          {close => (
            <button type="button" class="button" onClick={close}>
              Done
            </button>
          )}
        </Disclosure>
      ),
    },
  },
  {
    name: 'Progress',
    states: {
      'of nothing': () => <Progress label="An empty file" done={0} total={0} />,
      begun: () => <Progress label="Summer" done={30} total={100} />,
      'with more than was said': () => <Progress label="Summer" done={130} total={100} />,
      waiting: () => <Progress label="Summer" done={30} total={100} tone="waiting" />,
      failed: () => <Progress label="Summer" done={30} total={100} tone="bad" />,
    },
  },
  { name: 'QrCode', states: { short: () => <QrCode text="https://example.org/#/add/abc" label="Your code" /> } },
]
