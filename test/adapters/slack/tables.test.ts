/** Tables as Slack takes them: legal whatever stands in them, whole or not at all, lines elsewhere. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawMessage } from '../../../adapters/slack/draw/message.ts'
import { drawWindow } from '../../../adapters/slack/draw/window.ts'
import type { Reply, Table } from '../../../src/chat/port/port.ts'
import { words } from '../../../src/chat/words/words.ts'
import { anyText } from './cards.ts'
import { faultsOfMessage, faultsOfView } from './legal.ts'

const said = words(undefined)

/** Models by strength, as statistics have them. */
function models(names: readonly string[]): Table {
  return {
    caption: 'Models, by rank and strength:',
    columns: ['Model', 'Rank', 'Strength'],
    rows: names.map((name, i) => [
      name,
      { value: i + 1, text: `${i + 1}–${i + 3}` },
      { value: -i / 7, text: `${-i}.00 (at most 1.00)` },
    ]),
    lines: names.slice(0, 8).map((name, i) => `${i + 1}. ${name}`),
  }
}

const reportOf = (...tables: Table[]): Reply & { type: 'notice' } => ({
  type: 'notice',
  text: 'Statistics',
  report: {
    title: 'Statistics of “prefs”',
    lead: '80 answers',
    parts: tables.map((table, i) => ({ heading: `Question ${i}`, text: 'Agreement .41', table })),
    notes: ['How to read it'],
  },
})

/** The tables of a message, each as the texts of its rows. */
function tablesOf(reply: Reply & { type: 'notice' }) {
  return drawMessage(reply, said).blocks.flatMap((block) => {
    if (block.type !== 'data_table') return []
    const text = (cell: object) => ('text' in cell ? String(cell.text) : '')
    return [{ caption: block.caption, rows: block.rows.map((row) => row.map(text)) }]
  })
}

describe('happy: an admin reads statistics', () => {
  test('twelve models are one table with a header, their numbers are numbers to sort by', () => {
    const names = Array.from({ length: 12 }, (_, i) => `model-${i}`)
    const [table] = tablesOf(reportOf(models(names)))
    expect(table?.caption).toBe('Models, by rank and strength')
    expect(table?.rows[0]).toEqual(['Model', 'Rank', 'Strength'])
    expect(table?.rows.slice(1).map(([name]) => name)).toEqual(names)
    expect(JSON.stringify(drawMessage(reportOf(models(names)), said))).toContain(
      '{"type":"raw_number","value":2,"text":"2–4"}',
    )
  })

  test('a window, where Slack has no tables, says the same in lines', () => {
    const message = drawMessage(reportOf(models(['gpt', 'llama'])), said)
    const view = drawWindow(message, 'Statistics', said)
    expect(faultsOfView(view)).toEqual([])
    expect(JSON.stringify(view)).toContain('llama · 2–4 · -1.00 (at most 1.00)')
  })

  test('progress of several datasets is a table, and one too long for a message stays words', () => {
    const notice = (table: Table): Reply & { type: 'notice' } => ({
      type: 'notice',
      text: 'all of it in words',
      table,
    })
    expect(tablesOf(notice(models(['prefs', 'pairs'])))).toHaveLength(1)
    const many = models(Array.from({ length: 150 }, (_, i) => `dataset-${i}`))
    expect(tablesOf(notice(many))).toEqual([])
    expect(JSON.stringify(drawMessage(notice(many), said))).toContain('all of it in words')
  })
})

describe('refused by Slack: nothing we draw', () => {
  test('whatever models are called, and however many there are', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyText, { maxLength: 120 }), { maxLength: 6 }), (lists) => {
        const reply = reportOf(...lists.map(models))
        expect(faultsOfMessage(drawMessage(reply, said))).toEqual([])
        expect(faultsOfView(drawWindow(drawMessage(reply, said), 'Statistics', said))).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  test('a model named like a mention pings nobody', () => {
    expect(JSON.stringify(drawMessage(reportOf(models(['<!channel>', ''])), said))).not.toContain(
      '<!',
    )
  })
})
