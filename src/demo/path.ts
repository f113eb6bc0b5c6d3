/**
 * The whole path in `demo --check`, in a house of its own whose clock is turned: people write prompts,
 * others review them, answer the good one, a model answers it too, and somebody compares what came of it.
 * What is proved is read from their screens and from the files that were handed out.
 */
import { z } from 'zod'
import { openModelsStandIn } from '../../sandbox/models/server.ts'
import type { Person } from '../../sandbox/slack/people.ts'
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/server.ts'
import type { Config } from '../config.ts'
import { createDataset } from '../datasets/create.ts'
import { parseDocument } from '../datasets/parse.ts'
import { publishDataset } from '../datasets/publish.ts'
import { createClaimCode } from '../labelers/roles.ts'
import { openParley } from '../open.ts'
import type { Actor, Parley } from '../parley.ts'
import { mustWork, until } from './act.ts'
import { passMinute } from './minute.ts'
import { linesOf } from './prove-files.ts'

type Step = (what: string, holds: boolean, detail?: string) => void

const actor: Actor = { type: 'system', job: 'demo' }

/** The last one first: a feed leads to what is there. */
const documents = [
  `name: best
template: comparison
title: Which answer helps most?
distribution: { min_submitted: 1 }
generate: { with: [tiny] }`,
  `name: reply
template: completion
title: Write the best answer
distribution: { min_submitted: 2 }
feeds: [{ to: best }]`,
  `name: review
template: prompt-review
title: Is this a good prompt?
feeds: [{ to: reply, when: mean(clarity) >= 4, map: { prompt: [$rewrite, $prompt] } }]`,
  `name: ask
template: prompt-writing
title: What would you ask?
target: 10
topics: [Weather, Cooking]
feeds: [{ to: review }]`,
]

const good = 'Why does warm air hold more water than cold air?'
const better = 'Why can warm air hold more water vapor than cold air?'
const poor = 'soup pls'
const written = ['Its molecules move faster.', 'Water leaves liquid more easily when it is warm.']
const model = 'Warm air has more room between its molecules.'

/** Returns what proves the path, so that it can be walked beside the rest of the check. */
export async function walkPath(input: {
  configFor(stands: Readonly<Record<string, string>>): Config
}): Promise<(step: Step) => void> {
  let at = Date.now()
  const people = ['Ana', 'Ben', 'Dee', 'Eve', 'Fay', 'Gus', 'Cleo'].map((name) => ({ name }))
  const slack = await openSlackStandIn({ people, now: () => at })
  const models = await openModelsStandIn({ models: { tiny: { text: () => model } } })
  const known = JSON.stringify({ tiny: { base_url: models.url } })
  const { parley, startWorker, startAdapters, listen, close } = await openParley(
    input.configFor({ ...slack.env, PARLEY_MODELS: known }),
    { now: () => new Date(at) },
  )
  try {
    await startWorker()
    await startAdapters()
    slack.deliverTo(await listen())
    for (const text of documents) {
      const document = parseDocument(`${text}\naccess: everyone`)
      await createDataset(parley, actor, { document })
      await publishDataset(parley, actor, { dataset: document.name })
    }
    const turn = (seconds: number) => {
      at += seconds * 1000
    }
    return await walk({ parley, slack, turn })
  } finally {
    await close()
    await models.close()
    await slack.close()
  }
}

type Town = { parley: Parley; slack: SlackStandIn; turn(seconds: number): void }

async function walk(town: Town): Promise<(step: Step) => void> {
  const { parley, slack } = town
  const [ana, ben, dee, eve, fay, gus, cleo] = slackPeople(slack)
  await open(town, ana, 'ask', 'Write a prompt')
  for (const text of [good, poor]) await submit(town, ana, { 'Your prompt': text })
  await act(town, () => ana.close())
  await settle(town, 'review', 2)
  await act(town, () => ana.command('/parley next review'))
  const own = ana.messages().at(-1) ?? ''
  for (const [who, rewrite] of [[ben], [dee, better]] as const) {
    await open(town, who, 'review', 'Answer')
    for (let n = 0; n < 2; n++) await judge(town, who, rewrite)
    await act(town, () => who.close())
  }
  await settle(town, 'reply', 1)
  for (const [n, who] of [eve, fay].entries()) {
    await open(town, who, 'reply', 'Answer')
    await submit(town, who, { 'Your answer': written[n] ?? '' })
    await act(town, () => who.close())
  }
  await settle(town, 'best', 1)
  const code = await createClaimCode(parley, actor)
  await act(town, () => cleo.command(`/parley-admin claim ${code}`))
  await act(town, () => cleo.command('/parley-admin generate best'))
  await until(() => (/1 output added/.test(cleo.screen()) ? true : null))
  await compare(town, gus)
  for (const format of ['preference', 'records'])
    await act(town, () => cleo.command(`/parley-admin export best ${format}`))
  await until(() => (cleo.files().length >= 4 ? true : null))
  const files = new Map(cleo.files().map(({ name, text }) => [name, text]))
  return (step) => provePath(step, { own, files })
}

function slackPeople(slack: SlackStandIn) {
  const person = (name: string) => slack.person(name)
  return [
    ...[person('Ana'), person('Ben'), person('Dee')],
    ...[person('Eve'), person('Fay'), person('Gus'), person('Cleo')],
  ] as [Person, Person, Person, Person, Person, Person, Person]
}

/** Everybody reads for a second, so that no press is taken for a double one. */
async function act(town: Town, gesture: () => Promise<{ ok: boolean; problem?: string }>) {
  town.turn(1)
  await mustWork(gesture())
  await town.parley.platforms.get('slack')?.settled?.()
}

/** Asks for a dataset, agrees where that is asked, and opens the form. */
async function open(town: Town, who: Person, dataset: string, button: string): Promise<void> {
  await act(town, () => who.command(`/parley next ${dataset}`))
  if (who.screen().includes('[Start]')) await act(town, () => who.press('Start'))
  await act(town, () => who.press(button))
}

async function submit(town: Town, who: Person, texts: Readonly<Record<string, string>>) {
  for (const [label, text] of Object.entries(texts)) await act(town, () => who.fill(label, text))
  await act(town, () => who.submit())
}

/** The good prompt is clear to everybody, and worded better by one. */
async function judge(town: Town, who: Person, rewrite: string | undefined): Promise<void> {
  const isGood = who.modal()?.text.includes(good) ?? false
  await act(town, () => who.choose('How clear is it?', isGood ? '5 · clear' : '1 · unclear'))
  await act(town, () => who.choose('How relevant is it?', isGood ? '5 · to the point' : '3'))
  await act(town, () => who.choose('Is it safe to ask?', 'Safe'))
  await submit(town, who, isGood && rewrite !== undefined ? { 'A better wording': rewrite } : {})
}

/** The undo window passes, and what was accepted moves on. */
async function settle(town: Town, dataset: string, records: number): Promise<void> {
  town.turn(11 * 60)
  await passMinute(town.parley)
  for (const end = Date.now() + 15_000; (await recordsIn(town.parley, dataset)) < records; ) {
    if (Date.now() > end) throw new Error(`Nothing came to ${dataset}.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function recordsIn({ db }: Parley, dataset: string): Promise<number> {
  const { count } = await db
    .selectFrom('records')
    .innerJoin('datasets', 'datasets.id', 'records.datasetId')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('datasets.name', '=', dataset)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The second of the written answers is the best, the model's the worst. */
async function compare(town: Town, who: Person): Promise<void> {
  await act(town, () => who.command('/parley next best'))
  if (who.screen().includes('[Start]')) await act(town, () => who.press('Start'))
  const shown = [...written, model].toSorted(
    (a, b) => who.screen().indexOf(a) - who.screen().indexOf(b),
  )
  for (const text of [written[1], written[0]])
    await act(town, () => who.press('ABC'.charAt(shown.indexOf(text ?? ''))))
}

const Row = z.object({
  prompt: z.array(z.object({ role: z.string(), content: z.string() })),
  chosen: z.array(z.object({ content: z.string() })),
  rejected: z.array(z.object({ content: z.string() })),
})
const Line = z.looseObject({
  outputs: z.array(z.looseObject({ text: z.string(), model: z.string().optional() })),
  metadata: z.looseObject({
    lineage: z.array(z.object({ dataset: z.string(), labelers: z.array(z.string()) })),
  }),
})

function provePath(step: Step, { own, files }: { own: string; files: Map<string, string> }): void {
  step('nobody reviews a prompt of their own', /nothing else waiting|All done/i.test(own))
  const [row, ...more] = linesOf(files, 'best-preference.jsonl', Row)
  step(
    'a prompt that Ana wrote, as Dee worded it, is the prompt of a preference',
    more.length === 0 && row?.prompt[0]?.content === better,
    row?.prompt[0]?.content ?? '',
  )
  step(
    'its answers are a person’s and the model’s, as Gus ranked them',
    row?.chosen[0]?.content === written[1] && row?.rejected[0]?.content === model,
  )
  const [line] = linesOf(files, 'best-records.jsonl', Line)
  const way = line?.metadata.lineage.map(({ dataset, labelers }) => `${dataset} ${labelers.length}`)
  step(
    'its record names everybody who had a part in it, by pseudonym',
    way?.join(', ') === 'ask 1, review 2, reply 2',
    way?.join(', ') ?? '',
  )
}
