/**
 * Has parts nobody here wrote judge every payload the bot sent to the stand-ins: Slack's own types and
 * SDK, Discord's own specification. Each part is asked first about payloads that are wrong. Run by
 * payloads.sh.
 *
 *     node scripts/real/payloads.ts --python VENV/bin/python LOG...
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { judgeDiscord } from './payloads-discord.ts'
import { judgeManifests, judgeShapes } from './payloads-types.ts'
import { callback, type Payload, recordedPayloads } from './recorded.ts'

const { values: flags, positionals: logs } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    schemastore: { type: 'string', default: '' },
  },
  allowPositionals: true,
})
const payloads = await recordedPayloads(logs)
const ofSlack = payloads.filter(({ platform }) => platform === 'slack')
const ofDiscord = payloads.filter(({ platform }) => platform === 'discord')
const judged = [proveJudges(), discord(), shapes(), manifests(), python()]
process.exitCode = judged.every(Boolean) ? 0 : 1

/** Payloads that the platforms refuse: a judge that lets them pass is none. */
function proveJudges(): boolean {
  const components = [{ type: 1, components: [{ type: 2, style: 1, label: 'x'.repeat(81) }] }]
  const message = { platform: 'discord', call: callback } as const
  const isRefused = [
    judgeDiscord({ ...message, body: { type: 4, data: { flags: 32768, components } } }),
    judgeDiscord({ ...message, body: { type: 4, data: { contnet: 'x' } } }),
    judgeShapes([wrong({ type: 'divider', text: 'x' })]).problems,
    judgeShapes([wrong({ type: 'section', text: { type: 'markdown', text: 'x' } })]).problems,
  ].every((problems) => problems.length > 0)
  return report('the judges refuse what is wrong', isRefused ? [] : ['one of them lets it pass'])
}

function wrong(block: { [key: string]: string | { [key: string]: string } }): Payload {
  return { platform: 'slack', call: 'chat.postMessage', body: { channel: 'C1', blocks: [block] } }
}

function discord(): boolean {
  const problems = ofDiscord.flatMap((payload) =>
    judgeDiscord(payload).map(
      (one) => `${payload.call}: ${one}\n      ${JSON.stringify(payload.body).slice(0, 600)}`,
    ),
  )
  return report(`${ofDiscord.length} Discord payloads by Discord's specification`, [
    ...problems,
    ...(ofDiscord.length === 0 ? ['there are none'] : []),
  ])
}

function shapes(): boolean {
  const { shapes: count, problems } = judgeShapes(ofSlack)
  const none = count === 0 ? ['there are none'] : []
  return report(`${count} shapes of Slack payloads by @slack/types`, [...problems, ...none])
}

function manifests(): boolean {
  return report('the manifests by Slack and SchemaStore', judgeManifests(flags.schemastore))
}

function python(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'parley-payloads-'))
  try {
    const file = join(folder, 'slack.jsonl')
    writeFileSync(file, ofSlack.map((payload) => `${JSON.stringify(payload)}\n`).join(''))
    const script = join(dirname(fileURLToPath(import.meta.url)), 'payloads_slack.py')
    return spawnSync(flags.python, [script, file], { stdio: 'inherit' }).status === 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function report(what: string, problems: readonly string[]): boolean {
  for (const problem of problems.slice(0, 40)) console.log(`FAIL  ${problem}`)
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${what}`)
  return problems.length === 0
}
