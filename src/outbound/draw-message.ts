/** Builds what a message shows, by its subject: a post, a hub, a task, a question. */

import { buildQuestion } from '../chat/cards/battles.ts'
import { buildHub, buildPost } from '../chat/cards/channel-messages.ts'
import type { Reply } from '../chat/port/port.ts'
import type { Place } from '../deliveries/ledger.ts'
import type { Parley } from '../parley.ts'
import type { Subject } from './messages.ts'
import { buildTask } from './task-messages.ts'

/**
 * What it shows now; `final` if it will not change again. Null if its subject was deleted. `on` is where the
 * message is: a task leads to its page as the person it is shown to there.
 */
export async function buildSubject(
  parley: Parley,
  subject: Subject | string,
  on?: Place,
): Promise<{ reply: Reply; final: boolean } | null> {
  const [kind, id = ''] = subject.split(':')
  switch (kind) {
    case 'post':
      return buildPost(parley, id)
    case 'hub':
      return buildHub(parley, id)
    case 'question':
      return buildQuestion(parley, id)
    case 'task':
      return buildTask(parley, id, on)
    default:
      return null
  }
}
