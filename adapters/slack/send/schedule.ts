/** Sends calls through the lane of the current workspace, and notices when that workspace is lost. */
import type { Leave } from '../install/leave.ts'
import { currentWorkspace } from '../workspace/current.ts'
import type { Schedule } from './api.ts'
import type { Urgency } from './buckets.ts'
import { failureOf } from './failures.ts'
import type { Lanes } from './lanes.ts'

export function scheduleIn(
  lanes: Lanes,
  urgency: Urgency,
  { now, leave }: { now: () => Date; leave: Leave },
): Schedule {
  return async (call, work) => {
    const workspace = currentWorkspace()
    const since = now()
    try {
      return await lanes.of(workspace)({ ...call, urgency }, work)
    } catch (error) {
      const failure = failureOf(error)
      if (failure.type === 'dead') await leave(workspace, failure.reason, since)
      throw error
    }
  }
}
