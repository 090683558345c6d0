/** A part of a view that stands here or there, as there is room, and keeps what is typed into it when it moves. */

import { createPortal, type VNode } from 'preact'
import { useState } from 'preact/hooks'

const makeHost = () => Object.assign(document.createElement('div'), { className: 'movable' })

/** `part` is rendered always in the same place; `place` is where it is to be seen. */
export function useMovable(children: VNode) {
  const [host] = useState(makeHost)
  return { part: createPortal(children, host), place: <Place host={host} /> }
}

const Place = ({ host }: { host: HTMLElement }) => (
  <div
    class="movable"
    ref={here => {
      // To move it to where it is would take the focus out of it.
      if (here && host.parentElement !== here) here.append(host)
    }}
  />
)
