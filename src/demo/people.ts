/**
 * The people of `demo --check`: they read what is on their screen, find out which sample it is, and
 * answer as somebody would who tells good answers from bad ones, with a slip now and then.
 */
import type { Person } from '../../sandbox/slack/people.ts'
import { mustWork } from './act.ts'

/** A record of the samples, as the people know it: better outputs have a lower `quality`. */
export type Sample = {
  id: string
  prompt: string
  outputs: { id: string; text: string; quality: number }[]
}

/** What a person read as confirmed, to be found again in the exported file. */
export type Confirmed = { dataset: string; person: string; record: string; said: string }

export type Habits = {
  name: string
  /** How often, in records, they mistake the second best for the best. */
  slipEvery: number
  /** They call the two weaker outputs equal. */
  tiesWeak: boolean
}

/** Answers one dataset to its end; returns everything that was confirmed on screen. */
export async function workThrough(
  person: Person,
  habits: Habits,
  dataset: string,
  samples: readonly Sample[],
): Promise<Confirmed[]> {
  const confirmed: Confirmed[] = []
  let seen = person.messages().at(-1) ?? ''
  await mustWork(person.command(`/parley next ${dataset}`))
  const first = await newestMessage(person, seen)
  if (/\[Start\]/.test(first)) {
    seen = first
    await mustWork(person.press('Start'))
  }
  for (let done = 0; done < 1000; done++) {
    const task = await nextTask(person, seen)
    if (!task) return confirmed
    const sample = whichSample(task.text, samples)
    const shown = shownOrder(task.text, sample)
    const said = await answerTask(person, task, { habits, sample, shown, done })
    confirmed.push({ dataset, person: person.name, record: sample.id, said })
    seen = task.text
  }
  throw new Error(`${person.name} never got to the end of ${dataset}.`)
}

type Task = { text: string; isForm: boolean }
type Seen = { habits: Habits; sample: Sample; shown: Sample['outputs']; done: number }

/** What is to be done now: an open form, else the newest card; null when everything is done. */
async function nextTask(person: Person, before: string): Promise<Task | null> {
  const open = person.modal()
  if (open) {
    if (!/submit/i.test(JSON.stringify(open.view['submit'] ?? null))) {
      await mustWork(person.close())
      return null
    }
    return { text: open.text, isForm: true }
  }
  const newest = await newestMessage(person, before)
  if (/All done|nothing (else )?waiting/i.test(newest)) return null
  const form = /\[Answer\]/.test(newest)
    ? 'Answer'
    : newest.includes('Tap the best one.')
      ? 'Answer in full'
      : null
  if (form !== null) {
    await mustWork(person.press(form))
    return { text: await openForm(person), isForm: true }
  }
  // A press within 700 ms of a repaint is taken for a double tap; nobody reads that fast.
  await new Promise((resolve) => setTimeout(resolve, 750))
  return { text: newest, isForm: false }
}

async function openForm(person: Person): Promise<string> {
  const until = Date.now() + 10_000
  for (;;) {
    const text = person.modal()?.text
    if (text !== undefined) return text
    if (Date.now() > until)
      throw new Error(`No form opened for ${person.name}:\n${person.screen()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Cards come and change a moment after the gesture: the newest message, once it is another one. */
async function newestMessage(person: Person, before: string): Promise<string> {
  const until = Date.now() + 10_000
  for (;;) {
    const newest = person.messages().at(-1) ?? ''
    const isTask = /\[(Start|Answer|Skip)\]|All done|nothing (else )?waiting/i.test(newest)
    if (isTask && newest !== before) return newest
    if (Date.now() > until) throw new Error(`No task came to ${person.name}:\n${person.screen()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function answerTask(person: Person, task: Task, seen: Seen): Promise<string> {
  return task.isForm ? fillForm(person, task, seen) : pressAnswer(person, task, seen)
}

/** One press: of a pair the better one, of thumbs up or down, of topics a fitting one. */
async function pressAnswer(person: Person, task: Task, { sample, shown }: Seen): Promise<string> {
  const [first, second] = shown
  const label =
    first && second
      ? `${first.quality < second.quality ? 'A' : 'B'} is better`
      : /\[Good\]/.test(task.text)
        ? (first?.quality ?? 0) < 2
          ? 'Good'
          : 'Bad'
        : topicOf(sample)
  await mustWork(person.press(label))
  return label
}

async function fillForm(person: Person, task: Task, seen: Seen): Promise<string> {
  const { sample, shown } = seen
  const ranked = /Rank of A/.test(task.text)
  const filled = ranked
    ? await rank(person, seen)
    : sample.outputs.length > 0
      ? await rate(person, task, shown)
      : await write(person, sample)
  await mustWork(person.submit())
  const errors = Object.entries(person.errors())
  if (errors.length > 0) throw new Error(`${person.name} was refused: ${JSON.stringify(errors)}`)
  return filled
}

async function rank(person: Person, { habits, shown, done }: Seen): Promise<string> {
  const order = [...shown].sort((a, b) => a.quality - b.quality)
  if (habits.slipEvery > 0 && done % habits.slipEvery === habits.slipEvery - 1)
    order.splice(0, 2, ...order.slice(0, 2).reverse())
  const rankOf = (id: string) => {
    const place = order.findIndex((output) => output.id === id)
    return habits.tiesWeak ? Math.min(place, 1) : place
  }
  const said: string[] = []
  for (const [place, { id }] of shown.entries()) {
    const options = ['1 (best)', '2', '3 (worst)']
    const option = options[rankOf(id)] ?? '2'
    await mustWork(person.choose(`Rank of ${letter(place)}`, option))
    said.push(`${id}=${rankOf(id) + 1}`)
  }
  return said.sort().join(' ')
}

/** Every rating the form asks, from what the output deserves. */
async function rate(person: Person, task: Task, shown: Sample['outputs']): Promise<string> {
  const said: string[] = []
  for (const [place, output] of shown.entries())
    for (const title of ratingTitles)
      if (task.text.includes(title) && task.text.includes(`${title} (${letter(place)})`)) {
        const rating = [5, 3, 1][output.quality] ?? 3
        await mustWork(
          person.choose(
            `${title} (${letter(place)})`,
            optionOf(task.text, `${title} (${letter(place)})`, rating),
          ),
        )
        said.push(`${title} ${output.id}=${rating}`)
      }
  for (const [place, output] of shown.entries())
    if (task.text.includes(`What is wrong with it? (${letter(place)})`))
      await mustWork(
        person.check(`What is wrong with it? (${letter(place)})`, [
          output.quality === 0 ? 'None of these' : 'Leaves out something that matters',
        ]),
      )
  return said.sort().join(' ')
}

const ratingTitles = ['How helpful is it?', 'Overall', 'Is it correct?', 'Is it clear?']

/** The option of a rating as this question labels it, e.g. "5 · solved" or "3". */
function optionOf(text: string, label: string, rating: number): string {
  const field = text.slice(text.indexOf(label)).split('\n').slice(0, 2).join('\n')
  return new RegExp(`\\b${rating} · [^\\n|\\](]+`).exec(field)?.[0]?.trim() ?? String(rating)
}

async function write(person: Person, sample: Sample): Promise<string> {
  const text = `${person.name} answers: ${sample.prompt.replace(/\s+/g, ' ').slice(0, 80)} It is as short as it can be & <exactly> as typed.`
  await mustWork(person.fill('Your answer', text))
  return text
}

function topicOf(sample: Sample): string {
  return /\d/.test(sample.prompt) ? 'Numbers and code' : 'Knowledge'
}

/** Finds the sample whose texts stand on the screen. */
export function whichSample(screen: string, samples: readonly Sample[]): Sample {
  const seen = squash(screen)
  const found = samples.find(
    ({ prompt, outputs }) =>
      seen.includes(squash(prompt).slice(0, 60)) &&
      outputs.every(({ text }) => seen.includes(squash(text).slice(0, 40))),
  )
  if (!found) throw new Error(`No sample stands on this screen:\n${screen}`)
  return found
}

/** The outputs in the order in which they stand on the screen: A, B, C. */
export function shownOrder(screen: string, sample: Sample): Sample['outputs'] {
  const seen = squash(screen)
  const place = (text: string) => seen.indexOf(squash(text).slice(0, 40))
  return [...sample.outputs].sort((a, b) => place(a.text) - place(b.text))
}

/** Letters and digits alone: how a text is laid out does not matter to a reader. */
function squash(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '')
}

function letter(place: number): string {
  return String.fromCharCode(65 + place)
}
