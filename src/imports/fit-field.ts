/** Converts a value for a field of the dataset: to a text, or to a chat. */

import type { Field } from '../datasets/document.ts'
import { isMedia, mediaLink } from '../records/media.ts'
import { asPlain } from '../records/message.ts'
import type { Content } from '../records/record-line.ts'
import type { Say } from './shapes/line.ts'

/** A text field accepts a chat of one message, a chat field accepts a text as the user's message. */
export function fitField(field: Field, content: Content, path: string, say: Say): Content {
  if (field.type === 'chat' && typeof content === 'string') return [{ role: 'user', content }]
  if (isMedia(field.type) && content !== '' && mediaLink(content) === null)
    say(
      path,
      field.type === 'image'
        ? `is not a link, but the field ${field.name} is image.`
        : `is not a link, but the field ${field.name} is audio.`,
      'Write an address that begins with https://, without a name or password.',
    )
  if (field.type === 'text' && typeof content !== 'string') {
    const [only, second] = content
    const alone = only && !second ? asPlain(only) : null
    if (alone) return alone.content
    say(
      path,
      second
        ? `is a chat of ${content.length} messages, but the field ${field.name} is text.`
        : `holds more than a text, but the field ${field.name} is text.`,
      `Declare it in the dataset: fields: { ${field.name}: { type: chat } }.`,
    )
  }
  return content
}
