/** Remedies written for the terminal, as they are said in chat. */
import { describe, expect, test } from 'vitest'
import { sayInChat } from '../../src/chat/words/chat-remedies.ts'

describe('happy: remedies in chat', () => {
  test.each([
    [
      'There is no dataset "x". parley dataset list shows those there are.',
      'There is no dataset "x". /parley-admin progress shows those there are.',
    ],
    [
      '"prefs" is closed. Open it again with parley dataset reopen first.',
      '"prefs" is closed. Open it again with npx parley dataset reopen first.',
    ],
    [
      '"prefs" is a draft. Publish it with parley dataset publish first.',
      '"prefs" is a draft. Publish it with /parley-admin publish NAME first.',
    ],
    ['as: There is no export format "x".', 'There is no export format "x".'],
    ['pairs: Choose one of all.\nas: What is it?', 'pairs: Choose one of all.\nWhat is it?'],
    [
      'Type /parley next NAME, or npx parley stats prefs.',
      'Type /parley next NAME, or npx parley stats prefs.',
    ],
    [
      'Parley keeps what you said to parley people.',
      'Parley keeps what you said to parley people.',
    ],
  ])('%s', (terminal, chat) => expect(sayInChat(terminal)).toBe(chat))
})
