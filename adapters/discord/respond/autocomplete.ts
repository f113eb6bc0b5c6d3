/** Suggestions for the command option being typed. */
import type { Person, Rank } from '../../../src/chat/port/port.ts'
import { limits } from '../limits.ts'
import type { Asking, Parsed } from '../receive/parsed.ts'
import type { AnswerContext } from './answers.ts'

/** Suggestions for the option being typed. */
export async function suggest(
  { by, ask }: Extract<Parsed, { type: 'autocomplete' }>,
  handle: AnswerContext['handle'],
): Promise<{ name: string; value: string }[]> {
  const known =
    ask.suggests === 'datasets'
      ? await datasetsFor(by, ask.rank, handle)
      : await exportWords(by, ask, handle)
  const typed = ask.text.toLowerCase()
  const rank = ({ name, value }: { name: string; value: string }) => {
    const all = [value.toLowerCase(), name.toLowerCase()]
    if (all.some((one) => one.startsWith(typed))) return 0
    return all.some((one) => one.includes(typed)) ? 1 : 2
  }
  return known
    .filter((one) => rank(one) < 2 && one.value.length <= limits.choiceText)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, limits.choices)
    .map(({ name, value }) => ({ name: [...name].slice(0, limits.choiceText).join(''), value }))
}

async function datasetsFor(
  by: Person,
  rank: Rank,
  handle: AnswerContext['handle'],
): Promise<{ name: string; value: string }[]> {
  const reply = await handle(rank === 'admin' ? { by, type: 'home' } : { by, type: 'datasets' })
  const found =
    reply.type === 'choices'
      ? reply.choices
      : reply.type === 'welcome'
        ? reply.welcome.datasets
        : reply.type === 'home'
          ? (reply.home.admin?.datasets ?? [])
          : []
  return found.map(({ name, title }) => ({
    name: title === name ? name : `${name}: ${title}`,
    value: name,
  }))
}

async function exportWords(
  by: Person,
  { option, suggests, dataset }: Asking,
  handle: AnswerContext['handle'],
): Promise<{ name: string; value: string }[]> {
  if (suggests === null || dataset === null) return []
  const reply = await handle({ by, type: 'admin-export-form', dataset })
  if (reply.type !== 'export-form') return []
  if (suggests === 'export formats')
    return reply.form.formats.map(({ name, about }) => ({ name: `${name}: ${about}`, value: name }))
  const known = reply.form.formats
    .flatMap(({ options }) => options)
    .find(({ name }) => name === option)
  return (known?.values ?? []).map((value) => ({ name: value, value }))
}
