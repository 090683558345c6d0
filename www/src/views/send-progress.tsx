/** The progress while previews are made and the engine reads, encrypts and stores a share. */

import { displayText } from '../format'
import { totalSize } from '../state/choosing'
import { cancelSending, sending, shareTitle } from '../state/compose'
import { waitingFiles } from '../state/incoming'
import { encryptingTransfer } from '../state/transfers'
import { s } from '../strings'
import { Progress } from '../ui/progress'
import { Page } from '../ui/shell'
import { transferText } from './labels'
import { TransferFiles } from './transfer-files'

export function SendProgress() {
  const now = sending.value
  const moving = encryptingTransfer.value
  return (
    <Page title={displayText(shareTitle.value) || s.compose.title} named={s.compose.title}>
      <section class="card pad stack">
        {now?.step === 'preparing' ? (
          <>
            <p role="status">{s.compose.preparing(now.done, now.of)}</p>
            <Progress label={s.compose.title} done={now.done} total={now.of} />
          </>
        ) : (
          <>
            <p role="status">{moving ? `${s.compose.sealing} · ${transferText(moving)}` : `${s.compose.sealing}…`}</p>
            <Progress label={s.compose.sealing} done={moving?.bytes ?? 0} total={moving?.total ?? totalSize.value} />
            {moving && <TransferFiles transfer={moving} />}
          </>
        )}
        {waitingFiles.value !== undefined && <p role="status">{s.compose.waits(waitingFiles.value)}</p>}
        <small>{s.compose.stay}</small>
        <div class="actions">
          <button type="button" class="button" onClick={cancelSending}>
            {s.common.cancel}
          </button>
        </div>
      </section>
    </Page>
  )
}
