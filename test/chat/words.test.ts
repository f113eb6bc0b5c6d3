/** The catalogue: one language is as complete as the other, and fits where it is shown. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { drawCard } from '../../adapters/slack/draw/task/card.ts'
import { drawForm } from '../../adapters/slack/draw/task/form.ts'
import { words } from '../../src/chat/words/words.ts'
import { sentences } from '../../src/sentences.ts'
import { cardOf, preference } from '../adapters/slack/cards.ts'
import { faultsOfMessage, faultsOfView } from '../adapters/slack/legal.ts'

const [english, german] = [words(undefined), words('de-DE')]

describe('happy', () => {
  test.each([
    ['de', german],
    ['de-AT', german],
    ['DE_de', german],
    ['en-GB', english],
    ['den', english],
    ['fr', english],
    [undefined, english],
  ])('%s', (locale, expected) => {
    expect(words(locale)).toBe(expected)
  })

  test('no sentence of the one stands in the other, and none is empty', () => {
    const sentences = Object.entries(english).filter(
      (entry): entry is [keyof typeof english, string] =>
        typeof entry[1] === 'string' && entry[1].includes(' '),
    )
    expect(sentences.length).toBeGreaterThan(60)
    for (const [key, sentence] of sentences) {
      expect(german[key], key).not.toBe(sentence)
      expect(String(german[key]).trim(), key).not.toBe('')
    }
  })

  test('commands and code words are the same in both', () => {
    const commands = (text: unknown) =>
      String(text).match(/\/parley[\w-]*|npx parley \w+|files:read/g)
    for (const [key, text] of Object.entries(english))
      if (typeof text === 'string')
        expect(commands(german[key as keyof typeof german]), key).toEqual(commands(text))
  })

  test('a German card and its form are legal, and nothing English is left on their buttons', () => {
    const card = cardOf(
      [preference, { type: 'text', name: 'why', title: 'Warum?', required: false }],
      {
        texts: ['eins', 'zwei', 'drei'],
      },
    )
    const meta = { assignmentId: '12-345', schemaVersion: 2, nonce: 'n' }
    const [message, view] = [drawCard(card, {}, german), drawForm(card, meta, {}, german)]
    expect(faultsOfMessage(message)).toEqual([])
    expect(faultsOfView(view)).toEqual([])
    const shown = JSON.stringify([message, view])
    for (const text of ['Tippe auf den besten Text.', 'Keiner ist annehmbar', 'Überspringen'])
      expect(shown).toContain(text)
    expect(shown).not.toMatch(/"(Skip|Answer|Submit|Close|Guidelines|Output A)/)
  })
})

describe('refused: words outside the catalogue', () => {
  /** What nobody reads in chat: the log, errors of operation, and the reasons kept with a delivery. */
  const unread =
    /log\.(info|warn|error)|why(:| =) |problem: |stored = \{|new Error\(|derive\(|goneReason|giveUp\w*\(|markGone\(|withdrawPost\(|unavailable\(/
  const literals = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g

  test('no sentence has backticks: Slack shows texts as they are, and would show those too', () => {
    for (const said of [english, german, sentences('en'), sentences('de')])
      expect(JSON.stringify(said)).not.toContain('`')
    for (const name of ['chat/words/english.ts', 'chat/words/german.ts', 'sentences.ts']) {
      const source = readFileSync(new URL(`../../src/${name}`, import.meta.url), 'utf8')
      expect(source, name).not.toContain('\\`')
    }
  })

  /** A command's file has its texts in both languages side by side; terminals and programs read English. */
  const own =
    /^(find-channel|words\/(english|german)|commands\/((labeler|admin)\/[\w-]+|command|arguments))\.ts$/

  test('no sentence of ours stands in chat and outbound but in english.ts, german.ts and commands', () => {
    const folder = new URL('../../src/', import.meta.url)
    const files = ['chat/', 'outbound/'].flatMap((room) =>
      readdirSync(new URL(room, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !own.test(name))
        .map((name) => room + name),
    )
    expect(files.length).toBeGreaterThan(35)
    const found = files.flatMap((name) => {
      const text = readFileSync(new URL(name, folder), 'utf8')
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .replace(/sql(<[^`]*>)?`[^`]*`/g, '')
        .replace(/^\s*\/\/.*$/gm, '')
      return [...text.matchAll(literals)].flatMap((one) => {
        const said = (one[1] ?? one[2] ?? '').replace(/\$\{[^}]*\}/g, 'X')
        const before = text.slice(Math.max(0, one.index - 120), one.index)
        const isProse = /^[^a-z]*[A-Z]/.test(said) && /[A-Za-z]+,? [a-z]{2,}/.test(said)
        return isProse && !unread.test(before) ? [`${name}: ${said}`] : []
      })
    })
    expect(found).toEqual([])
  })
})
