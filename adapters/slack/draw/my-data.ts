/** What is stored about a person, with buttons to export or delete it. */
import { myDataIds } from '../../../src/chat/port/ids.ts'
import type { Reply } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { actions, button, context, heading, type Message, section } from './blocks.ts'

export function drawMyData(
  { answers, policy, asks }: Extract<Reply, { type: 'my-data' }>,
  said: Words,
): Message {
  const facts = said.myDataAnswers(answers)
  const what = said.myDataPolicy[policy]
  return {
    text: [said.myDataTitle, facts, what].join(' '),
    blocks:
      asks === 'choose'
        ? [
            heading(said.myDataTitle),
            section(facts),
            context(what),
            actions(
              button(said.exportMyData, myDataIds.export),
              button(said.deleteMyData, myDataIds.delete),
            ),
          ]
        : [
            heading(said.deleteForGood),
            section(what),
            context(said.myDataSure),
            actions(
              button(said.cancel, myDataIds.keep),
              button(said.deleteForGood, myDataIds.sure, 'danger'),
            ),
          ],
  }
}
