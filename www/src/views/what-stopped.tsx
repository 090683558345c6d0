/** Why a share was not made: files that cannot be read, or that tell where they were taken; and the ways on. */

import { leaveOut, selectedFiles } from '../state/choosing'
import { allowLocated, leaveOutLocated } from '../state/compose'
import { InTheWay } from '../ui/in-the-way'
import { LocationQuestion } from './location-question'

interface Props {
  problem: string | null
  /** Files that the problem is about. */
  paths: readonly string[]
  /** Files that tell where they were taken. */
  located: readonly string[]
  /** Tries once more. */
  again: () => void
}

export function WhatStopped({ problem, paths, located, again }: Props) {
  const then = (act: () => void) => () => {
    act()
    again()
  }
  return (
    <>
      {problem && <InTheWay problem={problem} paths={paths} onLeaveOut={paths => then(() => leaveOut(paths))()} />}
      {located.length > 0 && (
        <LocationQuestion
          paths={located}
          onLeaveOut={located.length < selectedFiles.value.length ? then(leaveOutLocated) : undefined}
          onShareAsTheyAre={then(allowLocated)}
        />
      )}
    </>
  )
}
