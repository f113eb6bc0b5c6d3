/** Chats of agents as people read them: calls, results by the name of their call, thoughts, images. */
import { describe, expect, test } from 'vitest'
import { message } from '../../adapters/discord/draw/components.ts'
import { drawCard as drawOnDiscord } from '../../adapters/discord/draw/task/card.ts'
import { drawCard as drawOnSlack } from '../../adapters/slack/draw/task/card.ts'
import { fileText } from '../../src/chat/cards/content.ts'
import { shownContent } from '../../src/chat/cards/shown-chat.ts'
import { inLocale, words } from '../../src/chat/words/words.ts'
import type { ChatMessage } from '../../src/records/message.ts'
import { cardOf, faultsOfMessage, preference } from '../adapters/discord/cards.ts'
import { faultsOfMessage as faultsOnSlack } from '../adapters/slack/legal.ts'

const ask: ChatMessage = { role: 'user', content: 'Is it warm in Bonn?' }
const call: ChatMessage = {
  role: 'assistant',
  content: null,
  reasoning_content: 'I should look.\nQuickly.',
  tool_calls: [
    { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bonn"}' } },
    { id: 'c2', type: 'function', function: { name: 'news', arguments: { topic: 'Bonn' } } },
  ],
}
const results: ChatMessage[] = [
  { role: 'tool', tool_call_id: 'c2', content: 'Nothing new.' },
  { role: 'tool', tool_call_id: 'c1', content: '{"celsius": 12}' },
]
const look: ChatMessage = {
  role: 'user',
  name: 'ana',
  content: [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' }, alt: 'A [small] cat' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
  ],
}

const shown = (messages: ChatMessage[], before: ChatMessage[][] = []) => {
  const content = shownContent(messages, before)
  return typeof content === 'string' ? [] : content
}

describe('happy', () => {
  test('a call is its name and its arguments, after what was thought; results say whose they are', () => {
    const read = shown([ask, call, ...results])
    expect(read.map(({ role }) => role)).toEqual([
      ...['user', 'assistant', 'Result of news', 'Result of weather'],
    ])
    expect(read[1]?.content).toBe(
      [
        '> **Reasoning**\n> I should look.\n> Quickly.',
        '**Calls** `weather`',
        '```json\n{\n  "city": "Bonn"\n}\n```',
        '**Calls** `news`',
        '```json\n{\n  "topic": "Bonn"\n}\n```',
      ].join('\n\n'),
    )
  })

  test('results that name no call answer them in order; an output answers calls of the prompt', () => {
    const bare: ChatMessage = { role: 'tool', content: '12' }
    expect(shown([call, bare, bare, bare]).map(({ role }) => role)).toEqual([
      ...['assistant', 'Result of weather', 'Result of news', 'Tool result'],
    ])
    expect(shown(results, [[ask, call]]).map(({ role }) => role)).toEqual([
      ...['Result of news', 'Result of weather'],
    ])
  })

  test('an image is a link under its description; what cannot be linked is named', () => {
    expect(shown([look])).toEqual([
      {
        role: 'User · ana',
        content: [
          'What is this?',
          '![A \\[small\\] cat](<https://example.com/a.png>)',
          '(image)',
          '(attachment: input\\_audio)',
        ].join('\n\n'),
      },
    ])
  })

  test('plain chats are what they are, and German is German', () => {
    const plain = [ask, { role: 'assistant', content: 'No.' }]
    expect(shownContent(plain)).toEqual(plain)
    const [first] = inLocale('de', () => shown([{ role: 'tool', content: '12', name: 'wetter' }]))
    expect(first?.role).toBe('Ergebnis von wetter')
  })

  test('both platforms draw it whole, and a file of it reads the same', () => {
    const passages = [{ name: 'prompt', title: 'Prompt', content: shown([look, call, ...results]) }]
    const card = cardOf([preference], { texts: ['It is mild.', 'It is warm.'], passages })
    const slack = drawOnSlack(card, {}, words(undefined))
    expect(faultsOnSlack(slack)).toEqual([])
    const discord = drawOnDiscord(card, {}, words(undefined))
    expect(faultsOfMessage(message(discord))).toEqual([])
    for (const drawn of [JSON.stringify(slack), JSON.stringify(discord)]) {
      for (const said of ['weather', 'Bonn', 'Result of news', 'I should look.', 'small', 'ana'])
        expect(drawn).toContain(said)
      expect(drawn).toContain('https://example.com/a.png')
      expect(drawn).not.toContain('base64')
    }
    expect(fileText(passages[0]?.content ?? '', words(undefined))).toContain('## Result of weather')
  })
})

describe('refused: what a model writes into a call', () => {
  test('it closes no fence, opens no link and pings nobody', () => {
    const hostile: ChatMessage = {
      role: 'assistant',
      tool_calls: [
        {
          type: 'function',
          function: {
            name: 'x`](https://evil.example) @everyone',
            arguments: '```\n@everyone <@1>',
          },
        },
      ],
    }
    const content = shown([hostile])
    expect(content[0]?.content).toContain('````\n```\n@everyone <@1>\n````')
    const card = cardOf([preference], {
      texts: ['a', 'b'],
      passages: [{ name: 'prompt', title: 'Prompt', content }],
    })
    const drawn = drawOnDiscord(card, {}, words(undefined))
    expect(faultsOfMessage(message(drawn))).toEqual([])
    expect(JSON.stringify(drawn)).not.toContain('](https://evil.example)')
    expect(faultsOnSlack(drawOnSlack(card, {}, words(undefined)))).toEqual([])
  })
})
