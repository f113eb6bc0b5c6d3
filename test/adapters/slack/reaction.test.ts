/** What a reaction in Slack says, and what a message says that somebody reacted to. */
import { describe, expect, test } from 'vitest'
import { readWholeMessage } from '../../../adapters/slack/receive/own-message.ts'
import { momentOf, thumbOf } from '../../../adapters/slack/receive/reaction.ts'

describe('happy: reactions', () => {
  test.each([
    ['+1', 'up'],
    ['thumbsup', 'up'],
    ['+1::skin-tone-2', 'up'],
    ['thumbsdown::skin-tone-6', 'down'],
    ['-1', 'down'],
    ['tada', null],
    ['+1::skin-tone-7', null],
  ])('%s', (name, thumb) => expect(thumbOf(name)).toBe(thumb))

  test('the moment is exact to the microsecond', () => {
    expect(momentOf('1360782804.083113')).toBe('2013-02-13T19:13:24.083113Z')
    expect(momentOf('1360782804')).toBe('2013-02-13T19:13:24.000000Z')
  })
})

describe('happy: all that a message says', () => {
  test('is its text, or that of its blocks where an app wrote none', () => {
    expect(readWholeMessage({ text: 'a &amp; <https://a.example|b>' })).toBe(
      'a & b (https://a.example)',
    )
    const blocks = [
      {
        type: 'section',
        text: { type: 'mrkdwn', text: '*One*' },
        fields: [{ type: 'mrkdwn', text: 'Two' }],
      },
      { type: 'markdown', text: 'Three' },
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'Four' }] }],
      },
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'Five' } }],
      },
    ]
    expect(readWholeMessage({ text: '', blocks })).toBe('*One*Two\nThree\nFour')
    expect(readWholeMessage({})).toBe('')
  })
})
