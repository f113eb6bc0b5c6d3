/** A public post on both platforms in `demo --check`: everybody votes in private, then all see the result. */
import type { Person as Contributor } from '../../sandbox/discord/people.ts'
import type { DiscordStandIn } from '../../sandbox/discord/server.ts'
import type { Person as Employee } from '../../sandbox/slack/people.ts'
import type { SlackStandIn } from '../../sandbox/slack/server.ts'
import { mustWork, until } from './act.ts'
import { type Sample, shownOrder, whichSample } from './people.ts'

export type Square = {
  slack: SlackStandIn
  discord: DiscordStandIn
  samples: readonly Sample[]
  /** Ends the posts that are open, as their closing time would. */
  closePosts(): Promise<void>
}

type Step = (what: string, holds: boolean, detail?: string) => void

/** Both admins post a call; everyone present votes. */
export async function pollTheSquare(square: Square, step: Step): Promise<void> {
  const { slack, discord } = square
  const employees = ['Ana', 'Ben', 'Dee'].map((name) => slack.person(name))
  await mustWork(slack.person('Cleo').command('/parley-admin post square', { channel: 'labeling' }))
  const inSlack = await callTo(() => slack.person('Ana').messages('labeling'))
  for (const person of employees) {
    await mustWork(person.press('Rank it', { in: 'Rank it' }))
    await vote(person, square.samples)
  }
  await ended(square, step, 'Slack', inSlack, () => slack.person('Cleo').messages('labeling'))

  const contributors = ['Eve', 'Fay', 'Gus'].map((name) => discord.person(name))
  const cleo = discord.person('Cleo')
  for (const person of [...contributors, cleo]) person.openChannel('arena')
  await mustWork(cleo.command('/parley-admin post dataset:square'))
  const inDiscord = await callTo(() => contributors[0]?.messages() ?? [])
  for (const person of contributors) {
    await mustWork(person.press('Rank it'))
    await vote(person, square.samples)
  }
  await ended(square, step, 'Discord', inDiscord, () => cleo.messages())
}

/** On one's own ballot, which nobody else sees. */
async function vote(person: Employee | Contributor, samples: readonly Sample[]): Promise<void> {
  const ballot = await until(() =>
    person.screen().includes('[A is better]') ? person.screen() : null,
  )
  const own = ballot.slice(ballot.lastIndexOf('Only you'))
  const sample = whichSample(own, samples)
  const [first, second] = shownOrder(own, sample)
  const best = (first?.quality ?? 0) < (second?.quality ?? 0) ? 'A' : 'B'
  await new Promise((resolve) => setTimeout(resolve, 750))
  await mustWork(person.press(`${best} is better`, { in: 'Only you' }))
  await until(() => (person.screen().includes('You may change your vote') ? true : null))
}

async function ended(
  { closePosts }: Square,
  step: Step,
  platform: string,
  call: string,
  reads: () => string[],
): Promise<void> {
  step(
    `a post on ${platform} shows the call and nothing of the answers or votes`,
    call.includes('Rank it') && !/harbor|pebble/.test(call),
  )
  await closePosts()
  const result = await until(() => reads().find((one) => /The result of/.test(one)) ?? null)
  step(
    `after it closed, the post on ${platform} is the result of everybody's votes`,
    /The result of 3 votes/.test(result) && /harbor/.test(result),
    result.split('\n').find((line) => line.includes('%')) ?? '',
  )
}

function callTo(reads: () => string[]): Promise<string> {
  return until(() => reads().find((one) => one.includes('[Rank it]')) ?? null)
}
