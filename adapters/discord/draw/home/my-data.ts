/** What is stored about a person, with the buttons to export or delete it. */
import { myDataIds } from '../../../../src/chat/port/ids.ts'
import type { Reply } from '../../../../src/chat/port/port.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { budgets } from '../../limits.ts'
import { textWithin } from '../budget.ts'
import { bold, button, type Component, markdown, rows } from '../components.ts'

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
          button(said.exportMyData, myDataIds.export),
          button(said.deleteMyData, myDataIds.delete),
        ]),
      ]
    : [
        markdown(bold(said.deleteForGood)),
        textWithin([what, said.myDataSure].join('\n'), budgets.notice),
        ...rows([
          button(said.cancel, myDataIds.keep),
          button(said.deleteForGood, myDataIds.sure, 'danger'),
        ]),
      ]
}
