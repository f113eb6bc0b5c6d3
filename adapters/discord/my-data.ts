/** What is stored of somebody, as a Discord message with its two ways, and what its buttons ask for. */
import type { Interaction, Reply } from '../../src/chat/port.ts'
import type { Words } from '../../src/chat/words.ts'
import { textWithin } from './budget.ts'
import { bold, button, type Component, markdown, rows } from './components.ts'
import { budgets } from './limits.ts'

export function drawMyData(
  { answers, policy, asks }: Extract<Reply, { type: 'my-data' }>,
  said: Words,
): Component[] {
  const what = said.myDataPolicy[policy]
  return asks === 'choose'
    ? [
        markdown(bold(said.myDataTitle)),
        textWithin([said.myDataAnswers(answers), what].join('\n'), budgets.notice),
        ...rows([
          button(said.exportMyData, 'v1:mydata:export'),
          button(said.deleteMyData, 'v1:mydata:delete'),
        ]),
      ]
    : [
        markdown(bold(said.deleteForGood)),
        textWithin([what, said.myDataSure].join('\n'), budgets.notice),
        ...rows([button(said.deleteForGood, 'v1:mydata:delete:sure', 'danger')]),
      ]
}

/** What such a button asks for; null for any other. */
export function parseMyDataId(id: string): Omit<MyData, 'by'> | null {
  if (id === 'v1:mydata:export') return { type: 'my-data', act: 'export' }
  if (id === 'v1:mydata:delete') return { type: 'my-data', act: 'delete' }
  if (id === 'v1:mydata:delete:sure') return { type: 'my-data', act: 'delete', confirmed: true }
  return null
}

type MyData = Extract<Interaction, { type: 'my-data' }>
