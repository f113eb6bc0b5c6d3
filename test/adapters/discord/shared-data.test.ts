/** Real prompts and answers of several models: each readable in full, each recoverable exactly. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { message } from '../../../adapters/discord/draw/components.ts'
import { escapeDiscord, unescapeDiscord } from '../../../adapters/discord/draw/escape.ts'
import { drawCard } from '../../../adapters/discord/draw/task/card.ts'
import { first } from '../../../adapters/discord/draw/task/form-steps.ts'
import { drawForm } from '../../../adapters/discord/draw/task/forms.ts'
import { drawPages } from '../../../adapters/discord/draw/task/reading.ts'
import { words } from '../../../src/chat/words/words.ts'
import { cardOf, faultsOfMessage, faultsOfModal, preference } from './cards.ts'
import { harmIn, liveMarkup } from './markdown.ts'

const data = new URL('../../../../shared/data/', import.meta.url)
const files = ['vicuna80_x7.jsonl', 'selfinstruct252_x8.jsonl', 'gsm8k_test1319_x4.jsonl']
const present = files.filter((file) => existsSync(new URL(file, data)))
const said = words(undefined)

describe.skipIf(present.length === 0)(
  'happy: all of ../shared/data (skipped where that folder is absent)',
  () => {
    test.each(present)('%s', (file) => {
      const all = readFileSync(new URL(file, data), 'utf8').split('\n').filter(Boolean)
      // Of the long files a few hundred lines: each text is parsed, drawn and judged.
      const lines = all.filter((_, i) => i % Math.ceil(all.length / 120) === 0)
      let texts = 0
      for (const line of lines) {
        const { prompt, outputs } = readLine(line)
        for (const text of [prompt, ...outputs]) {
          const pages = drawPages(text, said)
          expect(pages.map(({ raw }) => raw).join('')).toBe(text)
          for (const page of pages) expect(harmIn(page.draw())).toEqual([])
          expect(unescapeDiscord(escapeDiscord(text))).toBe(text)
          expect(liveMarkup(escapeDiscord(text))).toEqual([])
          texts++
        }
        const card = cardOf([preference], {
          texts: outputs,
          passages: [{ name: 'prompt', title: 'Prompt', content: prompt }],
        })
        expect(faultsOfMessage(message(drawCard(card, {}, said)))).toEqual([])
        expect(faultsOfModal(drawForm(card, first, '1', said))).toEqual([])
      }
      expect(texts).toBeGreaterThan(lines.length)
    })
  },
)

/** Every text of a line, whatever its file calls them. */
function readLine(line: string): { prompt: string; outputs: string[] } {
  const row: Record<string, unknown> = JSON.parse(line)
  const texts = textsIn(row['candidates'] ?? row['outputs'] ?? [])
  return {
    prompt: String(row['prompt'] ?? row['question'] ?? row['instruction'] ?? ''),
    outputs: texts.slice(0, 10),
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (typeof value !== 'object' || value === null) return []
  if ('text' in value && typeof value.text === 'string') return [value.text]
  return Object.values(value).flatMap(textsIn)
}
