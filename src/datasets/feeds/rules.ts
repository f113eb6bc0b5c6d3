/**
 * Feeds: an accepted record of one dataset becomes a record of another. Here: what a document may say
 * of them, and what publishing asks of the datasets they lead to. They are followed by src/feeds.
 */
import { sql } from 'kysely'
import { ParleyError } from '../../errors.ts'
import type { Actor, Parley } from '../../parley.ts'
import { parseStatistics, testsOf } from '../../questions/condition.ts'
import { statisticProblem } from '../../questions/statistics.ts'
import { findDataset } from '../dataset.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { Dataset, DatasetDocument } from '../document.ts'
import type { Explained } from '../explain.ts'
import type { Feed } from './feed.ts'
import { mapProblems, namesIn, wholeName } from './map.ts'

/** Problems in a document's feeds that can be found without the other datasets. */
export function checkFeeds(document: DatasetDocument): Explained[] {
  const feeds = document.feeds ?? []
  return feeds.flatMap((feed, at) => {
    const found: Explained[] = []
    const say = (key: string[], message: string, remedy: string) =>
      found.push({ path: ['feeds', at, ...key], message, remedy })
    if (feed.to === document.name) say(['to'], 'feeds itself.', 'Name another dataset.')
    if (feeds.findIndex(({ to }) => to === feed.to) < at)
      say(['to'], `"${feed.to}" is there twice.`, 'Feed each dataset once; "or" joins conditions.')
    const when = feed.when === undefined ? null : whenProblem(feed.when, document)
    if (when) say(['when'], when, 'Write e.g. mean(clarity) >= 4 and majority(safe) == "yes".')
    found.push(...checkMap(document, feed, at))
    return found
  })
}

function whenProblem(when: string, { questions }: DatasetDocument): string | null {
  try {
    for (const test of testsOf(parseStatistics(when))) {
      const problem = statisticProblem(test, questions, didYouMean)
      if (problem) return problem
    }
    return null
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error
    return error.message.replace(/^when: /, '')
  }
}

function checkMap(document: DatasetDocument, { map = {} }: Feed, at: number): Explained[] {
  const texts = document.questions.flatMap(({ name, type, of }) =>
    type === 'text' && of === 'record' ? name : [],
  )
  const fields = document.fields.map(({ name }) => name)
  return Object.entries(map).flatMap(([key, templates]) => {
    const known = key === 'outputs' ? texts : [...new Set([...fields, ...texts])]
    const list = known.map((name) => `$${name}`).join(', ')
    const path = ['feeds', at, 'map', key]
    const what = key === 'outputs' ? 'a text question' : 'a field or a text question'
    const all = [templates].flat()
    const strangers = all.flatMap(namesIn).filter((name) => !known.includes(name))
    const isOne = key !== 'outputs' || (all.length === 1 && wholeName(all[0] ?? '') !== null)
    return [
      ...strangers.map((name) => ({
        path,
        message: `"$${name}" is not ${what} of this dataset.`,
        remedy: `Use one of ${list}.${didYouMean(name, known)}`,
      })),
      ...(isOne
        ? []
        : [{ path, message: 'is not one question.', remedy: `Write one of ${list}.` }]),
    ]
  })
}

/**
 * What keeps this dataset from being published with its feeds, by key: a dataset that is not there or
 * cannot take what comes, and feeds that lead back to where they began.
 */
export async function feedProblems(
  parley: Parley,
  actor: Actor,
  { name, document }: Pick<Dataset, 'name' | 'document'>,
): Promise<{ [key: string]: string }> {
  const problems: { [key: string]: string } = {}
  for (const [at, feed] of (document.feeds ?? []).entries()) {
    const target = await findDataset(parley, feed.to, actor)
    if (!target) {
      problems[`feeds.${at}.to`] =
        `There is no dataset "${feed.to}". Create it first: parley dataset create FILE`
      continue
    }
    if (target.status === 'closed')
      problems[`feeds.${at}.to`] =
        `"${feed.to}" is closed. Open it again with parley dataset reopen first.`
    for (const [key, problem] of Object.entries(mapProblems(document, feed, target.document)))
      problems[`feeds.${at}.${key}`] = problem
  }
  const circle = await findCircle(parley, { name, document })
  if (circle) problems['feeds'] = `Feeds go in a circle: ${circle.join(' → ')}. Leave one out.`
  return problems
}

/** The names on a way that leads back to this dataset, or null. */
async function findCircle(
  parley: Parley,
  { name, document }: Pick<Dataset, 'name' | 'document'>,
): Promise<string[] | null> {
  const { rows } = await sql<{ name: string; feeds: Feed[] }>`
    select name, document -> 'feeds' as feeds from datasets where has_feeds`.execute(parley.db)
  const feedsOf = new Map(rows.map((row) => [row.name, row.feeds.map(({ to }) => to)]))
  feedsOf.set(
    name,
    (document.feeds ?? []).map(({ to }) => to),
  )
  const seen = new Set<string>()
  const walk = (from: string, way: readonly string[]): string[] | null => {
    for (const to of feedsOf.get(from) ?? []) {
      if (to === name) return [...way, to]
      if (seen.has(to)) continue
      seen.add(to)
      const found = walk(to, [...way, to])
      if (found) return found
    }
    return null
  }
  return walk(name, [name])
}

/** The names of the datasets that feed this one, in their order. */
export async function sourcesOf(parley: Parley, name: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from datasets
    where has_feeds and (document -> 'feeds')::jsonb @> ${JSON.stringify([{ to: name }])}::jsonb
    order by name`.execute(parley.db)
  return rows.map((row) => row.name)
}

/** Everything this dataset has accepted so far is checked again, within the caller's transaction. */
export async function noteAllFeeds(parley: Parley, dataset: Dataset): Promise<void> {
  if (!dataset.document.feeds) return
  await sql`select note_all_feeds(${dataset.id})`.execute(parley.db)
}
