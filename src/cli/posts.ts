/** Commands for public posts: calls to rank records, and the hub people start from. */

import { readHours } from '../chat/text.ts'
import { invalid, ParleyError } from '../errors.ts'
import { counted } from '../sentences.ts'
import { print, type Run, readCount, withVerbs } from './command.ts'

/** `parley post <dataset>` */
export const post: Run = (doors, { words: [dataset = ''], options }) => {
  const records =
    options['records'] === undefined ? undefined : readCount('--records', options['records'], 3)
  const closesInHours = readCloses(options['closes'])
  return withVerbs(doors, async (verbs) => {
    const posts = await verbs.createPosts({
      dataset,
      to: options['to'],
      ...(records === undefined ? {} : { records }),
      ...(closesInHours === undefined ? {} : { closesInHours }),
      ...(options['models'] === true ? { models: true } : {}),
    })
    for (const { id, closesAt } of posts) print(`post ${id} closes ${closesAt.toISOString()}`)
  })
}

/** `parley posts list <dataset>` */
export const list: Run = (doors, { words: [dataset = ''] }) =>
  withVerbs(doors, async (verbs) => {
    for (const post of await verbs.listPosts(dataset)) {
      const { id, state, votes, platform, channelId, closesAt } = post
      const facts = [id, state, counted(votes, 'vote'), `${platform}:${channelId}`]
      print([...facts, closesAt.toISOString()].join('\t'))
    }
  })

/** `parley posts close <post>` */
export const close: Run = (doors, { words: [postId = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const closed = await verbs.closePost(postId).catch((error: unknown) => {
      if (!(error instanceof ParleyError) || error.code !== 'not_found') throw error
      throw new ParleyError(
        'not_found',
        `There is no post "${postId}". npx parley posts list DATASET shows their numbers.`,
        { cause: error },
      )
    })
    print(closed ? `post ${postId} is closed` : `post ${postId} was not open any more`)
  })

/** `parley hub <dataset>` */
export const hub: Run = (doors, { words: [dataset = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const isNew = await verbs.putHub({ dataset, to: options['to'] })
    print(isNew ? 'The hub is on its way.' : 'A hub of this dataset stands there already.')
  })

function readCloses(text: unknown): number | undefined {
  if (text === undefined) return undefined
  const hours = readHours(String(text))
  if (hours !== null && hours > 0) return hours
  throw invalid({ '--closes': `"${String(text)}" is not a time. Write it like 30m, 24h or 7d.` })
}
