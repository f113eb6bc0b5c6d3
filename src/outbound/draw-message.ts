/** What a message shows, by its subject: a post, a hub, a task. */

import { buildHub, buildPost } from '../chat/cards/channel-messages.ts'
import type { Reply } from '../chat/port/port.ts'
import type { Parley } from '../parley.ts'
import type { Subject } from './messages.ts'
import { buildTask } from './task-messages.ts'

/** What it shows now; `final` when that changes no more. Null when it is gone. */
export async function buildSubject(
  parley: Parley,
  subject: Subject | string,
): Promise<{ reply: Reply; final: boolean } | null> {
  const [kind, id = ''] = subject.split(':')
  switch (kind) {
    case 'post':
      return buildPost(parley, id)
    case 'hub':
      return buildHub(parley, id)
    case 'task':
      return buildTask(parley, id)
    default:
      return null
  }
}
