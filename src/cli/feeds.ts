/** What the command for feeds does; its words are in commands/feeds.ts. */
import type { FeedState } from '../feeds/show.ts'
import { counted } from '../sentences.ts'
import { print, type Run, say, withVerbs } from './command.ts'

/** `parley feeds show [dataset]` */
export const show: Run = (doors, { words: [dataset], options }) =>
  withVerbs(doors, async (verbs) => {
    const feeds = await verbs.listFeeds(dataset)
    if (feeds.length === 0)
      say('There are no feeds. A dataset has them by "feeds:" in its document.')
    for (const feed of feeds) print(options['json'] ? JSON.stringify(feed) : sayFeed(feed))
  })

function sayFeed({ from, to, when, current, changed, withdrawn, due, next, problem }: FeedState) {
  return [
    `${from} → ${to}${when === null ? '' : ` when ${when}`}`,
    `${counted(current, 'record')} fed`,
    ...(changed > 0 ? [`${answered(changed)} changed here`] : []),
    ...(withdrawn > 0 ? [`${answered(withdrawn)} taken back here`] : []),
    ...(due > 0
      ? [`${counted(due, 'record')} waiting${next ? ` until ${next.toISOString()}` : ''}`]
      : []),
    ...(problem === null ? [] : [problem]),
  ].join('\t')
}

/** Records that are answered there keep their text, whatever happens here. */
const answered = (count: number) => counted(count, 'answered record')
