/** JSON as Slack writes it, and its text objects. */
import { type Json, object, text } from '../json.ts'

/**
 * JSON the way Slack writes it: every character outside ASCII as \uXXXX and slashes escaped, so
 * that sizes count what Slack counts (docs.slack.dev/surfaces/modals).
 */
export function slackJson(value: Json): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The `text` inside a text object, whatever its type. */
export function textOf(value: Json | undefined): string {
  return text(object(value)['text'])
}
