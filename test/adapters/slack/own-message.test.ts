/** A message becomes an answer as its author typed it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readMessageText, readOwnMessage } from '../../../adapters/slack/receive/own-message.ts'
import { escapeSlack } from '../../../src/chat/text.ts'
import { anyText } from './cards.ts'

test.each([
  ['<https://a.example/b?c=1&amp;d>', 'https://a.example/b?c=1&d'],
  ['<http://a.example|a.example>', 'a.example'],
  ['<mailto:ana@a.example|ana@a.example>', 'ana@a.example'],
  ['<https://a.example|the page>', 'the page (https://a.example)'],
  ['<!here> and <@U012|ana> in <#C1|general>, <@U9>', '@here and @ana in #general, @U9'],
  ['1 &lt; 2 &amp;&amp; &lt;b&gt;', '1 < 2 && <b>'],
])('%s is %s', (sent, typed) => {
  expect(readMessageText(sent)).toBe(typed)
})

test('whatever is typed comes back, once Slack has escaped it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(readMessageText(escapeSlack(text))).toBe(text)
    }),
    { numRuns: 50 },
  )
})

test('a message of somebody else or of a bot is nobody’s answer', () => {
  const used = { user: { id: 'U1' }, trigger_id: '1', message: { user: 'U2', text: 'x' } }
  expect(readOwnMessage(used)).toBeNull()
  expect(readOwnMessage({ ...used, message: { user: 'U1', text: 'x', bot_id: 'B1' } })).toBeNull()
  expect(readOwnMessage({ ...used, message: { user: 'U1', text: 'x' } })).toBe('x')
})
