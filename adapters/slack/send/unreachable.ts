/** What is said when Slack itself does not answer: try again in a moment. */
import { ParleyError } from '../../../src/errors.ts'

export function slackAway(cause: unknown): ParleyError {
  return new ParleyError('unavailable', (said) => said.away('slack'), { cause })
}
