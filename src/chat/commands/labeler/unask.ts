/** `/parley unask`: deletes a question asked in the arena of this channel, with its answers and votes. */
import { deleteQuestion } from '../../../arena/delete.ts'
import { conflict } from '../../../errors.ts'
import { getLabeler } from '../../../labelers/labeler.ts'
import { wantRepaint } from '../../../outbound/messages.ts'
import { text } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const unask = defineCommand({
  rank: 'labeler',
  name: 'unask',
  german: 'frage-löschen',
  about: {
    en: 'deletes your question here: its text, answers and votes',
    de: 'löscht deine Frage hier: Text, Antworten und Stimmen',
  },
  arguments: {
    question: text({
      german: 'nummer',
      about: { en: 'Its number; else your newest', de: 'Ihre Nummer; sonst die neueste' },
    }).optional(),
  },
  run: async (parley, { by, said }, { question }) => {
    const { platform, workspace, channelId } = by
    if (channelId === undefined) throw conflict('Delete it in the channel where you asked it.')
    const labeler = await getLabeler(parley, by)
    const place = { platform, workspace, channelId }
    const battle = question === undefined ? {} : { battle: question.replace(/^#/, '') }
    const gone = await deleteQuestion(parley, labeler, { ...battle, in: place })
    for (const { battleId, postId } of gone) {
      await wantRepaint(parley, `question:${battleId}`, { atOnce: true })
      if (postId !== null) await wantRepaint(parley, `post:${postId}`, { atOnce: true })
    }
    return { type: 'notice', text: said.arenaDeleted(gone.length) }
  },
})
