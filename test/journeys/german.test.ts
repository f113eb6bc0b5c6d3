/** Somebody whose Slack speaks German labels from the first word to the last and reads no English of ours. */
import { describe, expect } from 'vitest'
import { sayHelp } from '../../src/chat/commands/help-text.ts'
import { words } from '../../src/chat/words/words.ts'
import type { Actress } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

let eva: Actress
const read: string[] = []

const test = slackTest({}, async (journey) => {
  journey.slack.grant(['chat:write', 'commands', 'files:write', 'users:read'])
  journey.slack.person('Eva', { locale: 'de-DE', tz: 'Europe/Berlin' })
  eva = journey.person('Eva')
  const titles = 'questions: { preference: { title: Was hilft mehr? } }'
  await journey.dataset(
    `name: paare\ntitle: Paare\ntemplate: comparison\norder: fixed\nguidelines: Lies beide.\n${titles}`,
    [1, 2, 3].map((n) => ({
      id: `p${n}`,
      prompt: `Frage ${n}`,
      outputs: [`eins ${n}`, `zwei ${n}`],
    })),
  )
})

/** Words of ours that German does not have. */
const english =
  /\b(the|your|you|is|are|and|what|skip|answer|saved|undo|edit|better|good|bad|start|read|done|nothing|stored|there|because|guidelines|submit|close|output)\b/gi

function sees(): string {
  const screen = eva.screen()
  read.push(screen)
  return screen
}

describe('happy: everything Eva reads', () => {
  test('from the first command on it is German, and stays so', async ({ journey }) => {
    // On a slow machine the very first words may come before her profile was read.
    await eva.types('/parley help')
    await expect
      .poll(async () => {
        await eva.types('/parley help')
        return eva.screen()
      })
      .toContain('die nächste Aufgabe')
    await eva.types('/parley')
    expect(sees()).toContain('Willkommen bei Parley')
    await eva.presses('Los')
    expect(sees()).toContain('[A ist besser]')
    await eva.presses('A ist besser')
    expect(sees()).toContain('Gespeichert: A > B')
    await eva.presses('Rückgängig')
    expect(sees()).toContain('Zurückgenommen.')
    await eva.presses('Beide schlecht')
    expect(sees()).toContain('Gespeichert: beide schlecht')
    await eva.presses('Leitfaden')
    expect(sees()).toContain('Leitfaden')
    await eva.closes()
    await eva.presses('Überspringen')
    expect(sees()).toMatch(/Übersprungen: /)
    await eva.presses('Gleich gut')
    expect(sees()).toContain('Hier ist alles erledigt.')
    for (const command of [
      '',
      ' history',
      ' progress',
      ' datasets',
      ' help',
      ' my-data',
      ' link',
      ' nixda',
    ])
      await eva.types(`/parley${command}`).then(sees)
    await eva.types('/parley next geheim')
    expect(sees()).toContain('zu dem du eingeladen bist')
    journey.clock.advance(1)
    await eva.openHome()
    await journey.quiet()
    expect(sees()).toContain('Dein Parley')
    await eva.types('/parley-admin progress')
    expect(sees()).toContain('Parley verwalten')
    for (const screen of read) {
      const ours = screen
        .replaceAll(sayHelp('labeler', 'slack', words(undefined)), '')
        .replace(/\/parley[^\n]*|only visible to you|`[^`]*`|npx parley[^\n]*/g, '')
      expect(ours.match(english) ?? [], screen).toEqual([])
    }
  })

  test('what a platform told is stored with her, for messages that nobody waits for', async ({
    journey,
  }) => {
    const stored = () =>
      journey.parley.db.selectFrom('labelers').select('locale').orderBy('id').executeTakeFirst()
    await expect.poll(stored).toEqual({ locale: 'de-DE' })
  })
})
