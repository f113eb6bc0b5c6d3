/** What people read of a generation: each state in both languages, whole sentences, nothing left in English. */
import { describe, expect, test } from 'vitest'
import type { GenerationProgress } from '../../src/chat/port/port.ts'
import { sayGeneration } from '../../src/chat/words/generation-lines.ts'
import { words } from '../../src/chat/words/words.ts'

const nothing = {
  ...{ added: 0, cut: 0, refused: 0, empty: 0, requests: 0, brokenOff: 0 },
  ...{ inputTokens: 0, outputTokens: 0, cost: 0 },
}

function progress(given: Partial<GenerationProgress>): GenerationProgress {
  return {
    ...{
      generationId: '1',
      dataset: { name: 'prefs', title: 'Which?' },
      models: ['small', 'large'],
    },
    ...{ state: 'running', askedBy: 'cli', wanted: 0, counts: nothing, leftOut: {}, problem: null },
    ...given,
  }
}

const all: GenerationProgress['state'][] = [
  'queued',
  'running',
  'done',
  'stopped',
  'failed',
  'cancelled',
]
const full = {
  wanted: 4000,
  problem:
    '"small" does not accept our key. Check the variable SMALL_KEY.\nThe budget is used up: 5 of 5 spent. Go on with a larger one: parley generate prefs --money AMOUNT.',
  counts: {
    ...{ added: 1234, cut: 1, refused: 2, empty: 3, requests: 1300, brokenOff: 2 },
    ...{ inputTokens: 12_345, outputTokens: 67_890, cost: 1.23456 },
  },
  leftOut: { answered: 1, leased: 2, full: 3, gone: 4, no_prompt: 5, failed: 6 },
}

describe('happy', () => {
  test('how far it is, and of how many at most', () => {
    const { counts, wanted } = full
    expect(sayGeneration(words(undefined), progress({}))).toBe(
      'small, large writing for “prefs” … Started by cli.',
    )
    expect(sayGeneration(words('de'), progress({ counts: { ...nothing, added: 3 }, wanted }))).toBe(
      'small, large schreibt für „prefs“: 3 von höchstens 4.000 Ausgaben … Begonnen von cli.',
    )
    expect(
      sayGeneration(
        words(undefined),
        progress({ counts: { ...nothing, added: counts.added }, wanted }),
      ),
    ).toBe(
      'small, large writing for “prefs”: 1,234 of at most 4,000 outputs so far … Started by cli.',
    )
  })

  test('why it stopped, what was added, kept aside and left out, and what it cost', () => {
    expect(sayGeneration(words('de'), progress({ state: 'stopped', ...full })).split('\n')).toEqual(
      [
        'Die Generierung für „prefs“ hat vorzeitig aufgehört. „small“ nimmt unseren Schlüssel nicht an. Prüfe die Variable SMALL_KEY. Das Budget ist verbraucht: 5 von 5 ausgegeben. Weiter geht es mit einem größeren: /parley-admin generate prefs money=AMOUNT.',
        '1.234 Ausgaben aufgenommen.',
        '1 Ausgabe bei max_tokens abgeschnitten. Mit einem größeren Wert werden neue vollständig; mit keep_cut werden sie aufgenommen, als abgeschnitten gekennzeichnet.',
        '2 Ausgaben vom Modell verweigert und beiseitegelegt.',
        '3 Ausgaben ohne Text, beiseitegelegt.',
        '1 Ausgabe nicht aufgenommen: Der Eintrag ist schon beantwortet und behält seine Ausgaben.',
        '2 Ausgaben nicht aufgenommen: Jemand hat den Eintrag offen oder stimmt darüber ab. Beginne später noch einmal.',
        '3 Ausgaben nicht aufgenommen: Der Eintrag hat schon 50.',
        '4 Ausgaben nicht aufgenommen: Der Eintrag wurde inzwischen geändert oder gelöscht. Beginne für seinen neuen Text noch einmal.',
        '5 Ausgaben nicht geschrieben: Der Eintrag hat keinen Prompt.',
        '6 Ausgaben nicht geschrieben: Die Anfrage ist gescheitert.',
        'Bis zu 2 Anfragen wurden durch einen Absturz oder Abbruch unterbrochen, noch einmal gestellt und vielleicht doppelt berechnet.',
        '12.345 Token gelesen, 67.890 geschrieben; Kosten: 1,2346.',
      ],
    )
  })

  test.each(all)('%s has whole sentences in both languages', (state) => {
    for (const locale of [undefined, 'de']) {
      const text = sayGeneration(words(locale), progress({ state, ...full }))
      for (const line of text.split('\n')) expect(line).toMatch(/[.]$/)
      if (locale === 'de') expect(text).not.toMatch(/\b(the|of|was|by|is|output|outputs|tokens)\b/)
    }
  })
})
