/** What `demo --check` proves from the wire log: each gesture was answered, each call accepted. */

import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { DiscordStandIn } from '../../sandbox/discord/server.ts'
import type { SlackStandIn } from '../../sandbox/slack/server.ts'
import type { Proof } from './proof.ts'

const WireLine = z.looseObject({
  platform: z.enum(['slack', 'discord']),
  direction: z.enum(['call', 'delivery']),
  path: z.string(),
  status: z.number().nullable(),
  response: z.unknown(),
})

type WireLine = z.infer<typeof WireLine>

export function readWire({ file, from }: { file: string; from: number }): WireLine[] {
  const lines = readFileSync(file).subarray(from).toString('utf8').trimEnd().split('\n')
  return lines.map((line) => WireLine.parse(JSON.parse(line)))
}

export function proveWire(proof: Proof, slack: SlackStandIn, all: WireLine[], answers: number) {
  const wire = all.filter(({ platform }) => platform === 'slack')
  const deliveries = wire.filter(({ direction }) => direction === 'delivery')
  const answered = deliveries.filter(({ status }) => status === 200)
  proof.step(
    'the wire log shows every gesture answered with 200',
    deliveries.length >= answers && answered.length === deliveries.length,
    `${answered.length} of ${deliveries.length} deliveries`,
  )
  const calls = wire.filter(
    ({ direction, path }) => direction === 'call' && path.startsWith('/api/'),
  )
  const accepted = calls.filter(
    ({ response }) => z.looseObject({ ok: z.literal(true) }).safeParse(response).success,
  )
  proof.step(
    'the stand-in accepted every call, by its own rules',
    accepted.length === calls.length && slack.faults.seen.length === 0,
    `${accepted.length} of ${calls.length} calls${slack.faults.seen.length > 0 ? `; faults: ${JSON.stringify(slack.faults.seen.slice(0, 3))}` : ''}`,
  )
}

export function proveDiscordWire(proof: Proof, discord: DiscordStandIn, all: WireLine[]) {
  const calls = all.filter(
    ({ platform, direction }) => platform === 'discord' && direction === 'call',
  )
  const accepted = calls.filter(({ status }) => status !== null && status < 300)
  proof.step(
    'the stand-in Discord accepted every call, by its own rules',
    calls.length > 0 && accepted.length === calls.length && discord.faults.seen.length === 0,
    `${accepted.length} of ${calls.length} calls`,
  )
}
