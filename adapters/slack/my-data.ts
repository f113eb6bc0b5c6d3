/** What is stored of somebody, as a Slack message with its two ways, and what its buttons ask for. */
import type { Interaction, Reply } from '../../src/chat/port.ts'
import type { Words } from '../../src/chat/words.ts'
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
              button(said.exportMyData, 'v1:mydata:export'),
              button(said.deleteMyData, 'v1:mydata:delete'),
            ),
          ]
        : [
            heading(said.deleteForGood),
            section(what),
            context(said.myDataSure),
            actions(button(said.deleteForGood, 'v1:mydata:delete:sure', 'danger')),
          ],
  }
}

/** What such a button asks for; null for any other. */
export function parseMyDataId(id: string): Omit<MyData, 'by'> | null {
  if (id === 'v1:mydata:export') return { type: 'my-data', act: 'export' }
  if (id === 'v1:mydata:delete') return { type: 'my-data', act: 'delete' }
  if (id === 'v1:mydata:delete:sure') return { type: 'my-data', act: 'delete', confirmed: true }
  return null
}

type MyData = Extract<Interaction, { type: 'my-data' }>
