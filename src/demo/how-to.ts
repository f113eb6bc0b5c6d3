/** What `npm run demo` prints: what to try, and then what people see and do. */
import type { DiscordStandIn } from '../../sandbox/discord/server.ts'
import type { SlackStandIn } from '../../sandbox/slack/server.ts'
import { say } from '../cli/command.ts'

/** Prints where everything is and what to try. */
export function sayHowTo(desk: string, slack: SlackStandIn, address: string, code: string) {
  const act = (name: string, gesture: string, body: object) =>
    `  curl -s ${slack.url}/people/slack/${name}/${gesture} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`
  say(
    [
      '',
      `Open ${desk} in a browser: a stand-in Slack and a stand-in Discord, and the clock they share.`,
      '',
      '  1. Type /parley below the messages and press Enter. Press Start, and once more Start beside',
      '     “Which of the two is better?”.',
      '  2. Read the two answers and press “A is better” or “B is better”: the next two are there.',
      '  3. Choose Ben, Dee or Cleo on the left to be somebody else, in other tabs if you like; Lena reads',
      '     German, and so does Max in Discord.',
      `  4. As Cleo, type /parley-admin claim ${code} and then /parley-admin export pairs raw`,
      '',
      '  5. On the right, in Discord, press Start or type /label: Eve, Fay and Gus judge pairs there.',
      '  6. Turn the clock to the next 9:30: everyone who took part is reminded of open work.',
      '  7. Type /parley next ask and write a prompt; an hour later it is among those that others review.',
      '  8. In #labeling or #arena type /parley ask and a question: two models answer, and all of you vote.',
      '',
      `The dashboard, signed in as Cleo, the admin: ${desk}/dashboard`,
      '',
      `The service behind it is the real one, at ${address}. A program can act as a person too:`,
      '',
      act('Ana', 'command', { command: '/parley next pairs' }),
      act('Ana', 'press', { label: 'Start' }),
      `  curl -s ${slack.url}/people/slack/Ana`,
      '',
      'What happens is written below. Ctrl-C stops everything and throws the demo’s data away.',
      '',
    ].join('\n'),
  )
}

/** Prints what people see and do, as it happens. */
export function followTranscript(slack: SlackStandIn, discord: DiscordStandIn): { stop(): void } {
  const told = [0, 0]
  const timer = setInterval(() => {
    for (const [place, [platform, { transcript }]] of [
      ['Slack', slack] as const,
      ['Discord', discord] as const,
    ].entries()) {
      for (const { at, who, text } of transcript.slice(told[place]))
        say(`${at}  ${platform}, ${who}: ${text}`)
      told[place] = transcript.length
    }
  }, 300)
  return { stop: () => clearInterval(timer) }
}
