/** Reads `/parley …` and `/parley-admin …` as Interactions. Pure. */
import type { Command } from '../../../src/chat/commands/command.ts'
import { commands } from '../../../src/chat/commands/commands.ts'
import { readWords, textAfter } from '../../../src/chat/commands/read-command.ts'
import type { Interaction, Person } from '../../../src/chat/port/port.ts'
import { unescapeSlack } from '../../../src/chat/text.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { workspaceOf } from '../workspace/of-payload.ts'
import { readMessageText } from './own-message.ts'
import type { CommandBody } from './payloads.ts'

/** A gesture, or words to say at once because it was not understood. */
export type Read = { gesture: Interaction } | { say: string; help?: Interaction }

/** Reads `/parley …` and `/parley-admin …`; `all` are the commands there are. */
export function parseCommand(
  body: CommandBody,
  said: Words,
  all: readonly Command[] = commands,
): Read {
  const by: Person = {
    platform: 'slack',
    workspace: workspaceOf(body),
    userId: body.user_id,
    channelId: body.channel_id,
  }
  // An installation may have its own name for it, such as /parley-dev-admin.
  const rank = /-admin/.test(body.command) ? 'admin' : 'labeler'
  const text = body.text ?? ''
  const whole = textAfter('slack', rank, text, all)
  const words = whole ? [whole.name, readMessageText(whole.text)] : splitWords(unescapeSlack(text))
  const read = readWords(by, rank, words, all)
  return 'say' in read ? { ...read, say: read.say(said) } : read
}

/** Words with quotes kept together; phones and Macs type “smart” quotes. */
function splitWords(text: string): string[] {
  const straight = text.replace(/[“”„]/g, '"').replace(/[‘’]/g, "'")
  const words: string[] = []
  for (const [word] of straight.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g))
    words.push(word.replace(/"([^"]*)"|'([^']*)'/g, (_, a?: string, b?: string) => a ?? b ?? ''))
  return words
}
