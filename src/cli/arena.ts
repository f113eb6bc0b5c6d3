/** What the commands for arenas do; their words are in commands/arena.ts. */
import type { ArenaState, OpenArena } from '../arena/show.ts'
import { counted } from '../sentences.ts'
import { print, type Run, say, withVerbs } from './command.ts'

/** `parley arena open <dataset>` */
export const open: Run = (doors, { words: [dataset = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const { changed, platform, channel } = await verbs.openArena({ dataset, to: options['to'] })
    const place = `${platform}:${channel}`
    print(
      changed
        ? `"${dataset}" is open in ${place}: people ask there with /parley ask.`
        : `"${dataset}" is open in ${place} already.`,
    )
  })

/** `parley arena close <dataset>` */
export const close: Run = (doors, { words: [dataset = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const { changed, platform, channel } = await verbs.closeArena({ dataset, to: options['to'] })
    const place = `${platform}:${channel}`
    print(
      changed
        ? `"${dataset}" takes no more questions in ${place}. Votes go on until each battle closes.`
        : `"${dataset}" is not open in ${place}.`,
    )
  })

/** `parley arena list [dataset]` */
export const list: Run = (doors, { words: [dataset], options }) =>
  withVerbs(doors, async (verbs) => {
    const open = await verbs.listArenas(dataset === undefined ? {} : { dataset })
    if (open.length === 0)
      say('No arena is open. To open one: parley arena open DATASET --to CHANNEL')
    for (const arena of open)
      print(
        options['json']
          ? JSON.stringify(arena)
          : [arena.dataset, placeOf(arena), `opened by ${arena.openedBy}`].join('\t'),
      )
  })

/** `parley arena show <dataset>` */
export const show: Run = (doors, { words: [dataset = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const state = await verbs.showArena({ dataset })
    if (options['json']) return print(JSON.stringify(state))
    for (const line of linesOf(state)) print(line)
    if (state.votes > 0) say(`Strength of the models: parley stats ${dataset}`)
  })

function linesOf({ dataset, models, open, questions, votes, spent, aside, limits }: ArenaState) {
  const { asked, answered, void: unfit, deleted } = questions
  const others = [
    ...(asked > 0 ? [`${asked} being answered`] : []),
    ...(unfit > 0 ? [`${unfit} void`] : []),
    ...(deleted > 0 ? [`${deleted} deleted`] : []),
  ]
  const where = open.length === 0 ? 'nowhere' : open.map(placeOf).join(', ')
  return [
    `${dataset}: ${models.join(', ')}`,
    `open in: ${where}`,
    [`${counted(answered, 'question')} answered`, ...others, counted(votes, 'vote')].join(', '),
    `spent: ${amount(spent.tokens, limits?.tokens)} tokens, ${amount(spent.money, limits?.money)} in money`,
    ...(asked > 0 ? [`set aside: ${amount(aside.tokens)} tokens, ${amount(aside.money)}`] : []),
  ]
}

function amount(spent: number, limit?: number): string {
  const typed = (number: number) => number.toLocaleString('en-US', { maximumFractionDigits: 4 })
  return limit === undefined ? typed(spent) : `${typed(spent)} of ${typed(limit)}`
}

function placeOf({ platform, workspace, channel }: OpenArena): string {
  return [platform, workspace, channel].filter(Boolean).join(':')
}
