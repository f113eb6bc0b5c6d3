/**
 * Sends every distinct block list and view of wire logs to Slack's blocks.validate, which takes them
 * without a token (docs.slack.dev/reference/methods/blocks.validate), and prints what it has against
 * them. Untried against Slack itself: no machine that built this had access to it. Run by slack-validate.sh.
 */
import { webApi } from '@slack/bolt'
import { isObject, type Json } from '../../sandbox/json.ts'
import { recordedPayloads } from './recorded.ts'

/** What the method takes at most, as text. */
const mostCharacters = 100_000

const logs = process.argv.slice(2)
if (logs.length === 0) throw new Error('Name the logs: slack-validate.sh LOG...')
const client = new webApi.WebClient(undefined, {
  ...(process.env['SLACK_API_URL'] ? { slackApiUrl: process.env['SLACK_API_URL'] } : {}),
  retryConfig: { retries: 5 },
})
let failed = 0
const questions = await distinct(logs)
for (const [text, call] of questions) {
  if (text.length > mostCharacters) {
    console.log(`left out: ${text.length} characters in ${call}`)
    continue
  }
  const answer = await client.apiCall('blocks.validate', JSON.parse(text)).catch(answerOf)
  if (answer.ok) continue
  failed += 1
  console.log(`FAIL  ${call}: ${JSON.stringify(answer)}\n      ${text.slice(0, 600)}`)
}
console.log(`${questions.size} blocks and views asked about, ${failed} refused`)
process.exitCode = failed === 0 && questions.size > 0 ? 0 : 1

/** The SDK throws what Slack answers with `ok: false`; anything else ends the run. */
function answerOf(error: unknown): { ok: boolean } {
  if (error instanceof Error && 'data' in error && typeof error.data === 'object' && error.data)
    return { ok: false, ...error.data }
  throw error
}

/** Arguments of the method as JSON text, each with the first call that carried them. */
async function distinct(paths: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const { platform, call, body } of await recordedPayloads(paths)) {
    if (platform !== 'slack' || !isObject(body)) continue
    const { blocks, view } = body
    const asked: { [key: string]: Json }[] = []
    if (Array.isArray(blocks) && blocks.length > 0) asked.push({ blocks })
    if (isObject(view)) asked.push({ view })
    for (const one of asked) {
      const text = JSON.stringify(one)
      if (!found.has(text)) found.set(text, call)
    }
  }
  return found
}
