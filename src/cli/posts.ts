/** Commands for public posts: calls to rank records, and the hub people start from. */

import { createPosts, findPost, listPosts } from '../assignments/post.ts'
import { findChannel } from '../chat/find-channel.ts'
import { putHub } from '../chat/gestures/posts.ts'
import { readHours } from '../chat/text.ts'
import { invalid, ParleyError } from '../errors.ts'
import { wantRepaint } from '../outbound/messages.ts'
import { closePost } from '../posts/close-post.ts'
import { counted } from '../sentences.ts'
import { cliActor, print, type Run, readCount, withParley } from './command.ts'

/** `parley post <dataset>` */
export const post: Run = (doors, { words: [dataset = ''], options }) => {
  const records =
    options['records'] === undefined ? undefined : readCount('--records', options['records'], 3)
  const closesInHours = readCloses(options['closes'])
  return withParley(doors, async (parley) => {
    const posts = await createPosts(parley, cliActor, {
      dataset,
      to: await findChannel(parley, options['to']),
      ...(records === undefined ? {} : { records }),
      ...(closesInHours === undefined ? {} : { closesInHours }),
      ...(options['models'] === true ? { models: true } : {}),
    })
    for (const { id, closesAt } of posts) print(`post ${id} closes ${closesAt.toISOString()}`)
  })
}

/** `parley posts list <dataset>` */
export const list: Run = (doors, { words: [dataset = ''] }) =>
  withParley(doors, async (parley) => {
    for (const post of await listPosts(parley, dataset)) {
      const { id, state, votes, platform, channelId, closesAt } = post
      const facts = [id, state, counted(votes, 'vote'), `${platform}:${channelId}`]
      print([...facts, closesAt.toISOString()].join('\t'))
    }
  })

/** `parley posts close <post>` */
export const close: Run = (doors, { words: [postId = ''] }) =>
  withParley(doors, async (parley) => {
    if (!(await findPost(parley, postId)))
      throw new ParleyError(
        'not_found',
        `There is no post "${postId}". npx parley posts list DATASET shows their numbers.`,
      )
    const closed = await closePost(parley, cliActor, { postId, early: true })
    await wantRepaint(parley, `post:${postId}`, { atOnce: true })
    print(closed ? `post ${postId} is closed` : `post ${postId} was not open any more`)
  })

/** `parley hub <dataset>` */
export const hub: Run = (doors, { words: [dataset = ''], options }) =>
  withParley(doors, async (parley) => {
    const to = await findChannel(parley, options['to'])
    const isNew = await putHub(parley, cliActor, { dataset, to })
    print(isNew ? 'The hub is on its way.' : 'A hub of this dataset stands there already.')
  })

function readCloses(text: unknown): number | undefined {
  if (text === undefined) return undefined
  const hours = readHours(String(text))
  if (hours !== null && hours > 0) return hours
  throw invalid({ '--closes': `"${String(text)}" is not a time. Write it like 30m, 24h or 7d.` })
}
