/** Whoever reads German is refused in German too, as a labeler and as an admin, on both platforms. */
import { describe, expect } from 'vitest'
import { words } from '../../src/chat/words/words.ts'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { sentences } from '../../src/sentences.ts'
import { admin } from '../support/journey.ts'
import { discordTest, slackTest } from '../support/journey-test.ts'

const document =
  'name: paare\ntitle: Paare\ntemplate: comparison\norder: fixed\nguidelines: Lies beide.\nquestions: { preference: { title: Was hilft mehr? } }'
const records = [1, 2, 3].map((n) => ({
  id: `p${n}`,
  prompt: `Frage ${n}`,
  outputs: [`eins ${n}`, `zwei ${n}`],
}))

/** Words of ours that German does not have; names, commands and what the stand-in says are taken out. */
const english =
  /\b(the|your|you|is|are|and|what|skip|answers?|saved|undo|edit|better|good|bad|read|nothing|stored|there|because|guidelines|submit|close|output|outputs|not|this|that|with|has|have|of|for|to|as|it|no|only|choose|write|leave|people|tasks?|rows?|left|started|completed|done)\b/gi

/** Every whole sentence of the English catalogues. */
const sayings = [words(undefined), sentences(undefined)].flatMap((all) =>
  Object.values(all).filter((one): one is string => typeof one === 'string' && /\w \w/.test(one)),
)

function expectGerman(screen: string): void {
  const ours = screen
    .replace(/only visible to you|Slack[^\n]*app|\(edited\)/g, '')
    .replace(/(npx )?parley [a-z][^\n]*|\/parley[^\n]*|\/label[^\n]*|`[^`]*`|https?:\S+/g, '')
    .replace(/„[^“]*“|\b[\w-]+=\S*|all, \S+(, \S+)*|Es gibt [a-z][^\n]*|kennt [a-z][^\n]*/g, '')
    .replace(/Wähle aus: [^\n]*|access: [^\n]*|sha256 \w+|\S+\.(jsonl|json)\S*|due=\S+/g, '')
  for (const saying of sayings) expect.soft(screen).not.toContain(saying)
  expect.soft(ours.match(english) ?? [], screen).toEqual([])
}

const onSlack = slackTest({}, async (journey) => {
  journey.slack.grant(['chat:write', 'commands', 'files:write', 'users:read'])
  journey.slack.person('Eva', { locale: 'de-DE', tz: 'Europe/Berlin' })
  await journey.dataset(document, records)
})
const onDiscord = discordTest({}, async (journey) => {
  journey.discord.person('Gerda', { locale: 'de' })
  journey.discord.overwriteCommand('parley-admin', 'everyone', true)
  await journey.dataset(document, records)
})

describe('on Slack', () => {
  const test = onSlack

  test('happy: Eva becomes an admin, errs in every command, and exports', async ({ journey }) => {
    const eva = journey.person('Eva')
    await eva.types('/parley')
    await expect
      .poll(async () => {
        await eva.types('/parley')
        return eva.newest()
      })
      .toContain('Willkommen')
    expectGerman(eva.newest())
    await eva.presses('Ablehnen')
    expectGerman(eva.newest())
    await eva.types('/parley')
    await eva.presses('Los')
    await eva.chooses('Überspringen, weil …', 'Ein anderer Grund …')
    expectGerman(eva.modal()?.text ?? '')
    await eva.writes('Warum lässt sich das nicht beantworten?', 'Beide Texte sind leer')
    await eva.submits()
    for (const command of ['claim', 'claim FALSCH', 'publish paare', 'stats'])
      await eva.types(`/parley-admin ${command}`).then(() => expectGerman(eva.newest()))
    const code = await createClaimCode(journey.parley, admin)
    await eva.types(`/parley-admin claim ${code}`)
    expect(eva.newest()).toContain('verwaltest')
    for (const command of [
      ...['progress nixda', 'stats paaree', 'publish paaree', 'pause', 'nixda', 'export paare'],
      ...['export paaree raw', 'export paare parquett', 'export paare raw pears=all'],
      ...['export paare preference pairs=none', 'export paare sft', 'export paare raw since=x'],
      ...['export paare kto question=nixda', 'export cancel', 'deliver paare nixda'],
      ...['deliver paare everyone each=0', 'deliver paare everyone due=morgen', 'deliver paare'],
      ...['deliver paare everyone due=2020-01-01', 'hub', 'post paare 3 900h', 'post nixda 1 1h'],
      ...[
        'publish paare',
        'progress',
        'stats paare',
        'pause paare',
        'remind nixda',
        'publish paare',
      ],
    ]) {
      await eva.types(`/parley-admin ${command}`)
      expectGerman(eva.newest())
    }
    await eva.types('/parley-admin export paare preference')
    await expect
      .poll(() => eva.messages().join('\n'), { timeout: 60_000 })
      .toContain('Wie die Datei entstanden ist')
    await journey.quiet()
    for (const message of eva.messages().slice(-4)) expectGerman(message)
    expect(eva.messages().join('\n')).toContain('„paare“ als preference')
    await eva.types('/parley reminders')
    await eva.chooses('Ruhe ab', '20:00')
    expectGerman(eva.newest().replace('Europe/Berlin', ''))
  })
})

describe('on Discord', () => {
  const test = onDiscord

  test('happy: Gerda becomes an admin and errs', async ({ journey }) => {
    const gerda = journey.person('Gerda')
    const newest = () => gerda.messages().at(-1) ?? ''
    await gerda.types('/label')
    expectGerman(newest().replace(/Africa[^\n]*|<[^>]*>/g, ''))
    await gerda.presses('Los')
    expectGerman(newest())
    await gerda.types('/parley-admin claim code:FALSCH')
    expectGerman(newest())
    const code = await createClaimCode(journey.parley(), admin)
    await gerda.types(`/parley-admin claim code:${code}`)
    expect(newest()).toContain('verwaltest')
    for (const command of [
      ...['progress dataset:nixda', 'stats dataset:paaree', 'publish dataset:paaree'],
      ...['export dataset:paare format:parquett', 'export dataset:paare format:sft'],
      ...['deliver dataset:paare to:nixda', 'deliver dataset:paare to:everyone due:morgen'],
    ]) {
      await gerda.types(`/parley-admin ${command}`)
      expectGerman(newest())
    }
    await gerda.types('/parley-admin export dataset:paare format:raw')
    await expect
      .poll(() => gerda.messages().join('\n'), { timeout: 60_000 })
      .toContain('Wie die Datei entstanden ist')
    await journey.quiet()
    for (const message of gerda.messages().slice(-4)) expectGerman(message)
  })
})
