/**
 * Where a reply belongs, on every platform: an adapter decides by the surface and looks at the type
 * only where it has a rule of its own for one.
 */
import type { Reply } from './reply.ts'

/** Every type of reply and its surface; a new type does not compile without one. */
const surfaces = {
  /** In the person's private conversation: work, or the first card somebody sees. */
  task: 'card',
  welcome: 'card',
  /** The form of a task, opened over whatever is there. */
  form: 'form',
  /** An admin's form about a dataset. */
  'ask-form': 'ask-form',
  'feedback-form': 'ask-form',
  'export-form': 'admin-form',
  'import-form': 'admin-form',
  /** The new content of a private message; it replaces the message whose button was pressed. */
  receipt: 'message',
  invitation: 'message',
  reminder: 'message',
  answered: 'message',
  preferences: 'message',
  'my-data': 'message',
  'export-progress': 'message',
  'import-progress': 'message',
  'generation-progress': 'message',
  /** A view of several things to choose from. */
  choices: 'overview',
  history: 'overview',
  home: 'overview',
  /** What a whole channel sees. */
  post: 'public',
  hub: 'public',
  /** A notice beside the current message, which stays unchanged. */
  notice: 'notice',
  problems: 'notice',
  /** A text in full. */
  reader: 'reader',
  file: 'file',
  nothing: 'nothing',
} as const satisfies Record<Reply['type'], string>

export type SurfaceOf<R extends Reply> = (typeof surfaces)[R['type']]
export type Surface = SurfaceOf<Reply>

/**
 * The surface a reply belongs to. Only the surfaces of the types still possible are possible: after
 * `if (reply.type === 'form') return …` a switch over the rest is exhaustive without `form`.
 */
export function surfaceOf<R extends Reply>(reply: R): SurfaceOf<R> {
  return surfaces[reply.type as R['type']]
}
