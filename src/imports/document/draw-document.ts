/** Drafts a dataset document from a file's content, with comments on what remains to be decided. */
import type { Field } from '../../datasets/document.ts'
import { questionHints, settingsHints } from '../../datasets/templates/document.ts'
import type { TemplateName } from '../../datasets/templates/names.ts'
import { templates } from '../../datasets/templates/templates.ts'
import { type Facts, scalesOf } from './facts.ts'
import { drawKnown, scaleOf } from './known.ts'

const quoted = (text: string) => JSON.stringify(text)

export function drawDocument(
  name: string,
  facts: Facts,
  fields: readonly Pick<Field, 'name'>[],
  guessed: string | null,
): string {
  const { template, why } = chooseTemplate(facts)
  const { mostOutputs } = facts
  return [
    '# Edit this, then: parley dataset create FILE',
    `name: ${quoted(name)}`,
    `template: ${template}   # ${why}`,
    `title: ${quoted(templates[template].title)}`,
    settingsHints.trimEnd(),
    'access: everyone        # or people: { slack: [U0123ABCD] }',
    'fields:',
    ...drawFields(facts, fields),
    ...drawQuestions(facts, template),
    questionHints(template).trimEnd(),
    'distribution:',
    `  min_submitted: ${templates[template].minSubmitted}      # answers that complete a record`,
    ...(mostOutputs > 10 ? ['max_shown: 4            # of each record, in balanced blocks'] : []),
    ...drawNotes(name, facts, guessed),
  ]
    .join('\n')
    .concat('\n')
}

function chooseTemplate(facts: Facts): { template: TemplateName; why: string } {
  const { mostOutputs: most, labeled, classes, classed, records } = facts
  if (most > 1)
    return {
      template: 'comparison',
      why: `the records have up to ${most} outputs: people rank them`,
    }
  if (most === 1 && labeled * 2 > records)
    return { template: 'thumbs', why: 'the records have one output each, called good or bad' }
  if (most === 1)
    return {
      template: 'evaluation',
      why: scalesOf(facts).size
        ? 'the records have one output each, with ratings: people rate it'
        : 'the records have one output each: people rate it (thumbs is the quicker way)',
    }
  if (classes && classes.size > 1 && classed * 2 > records)
    return { template: 'labels', why: 'the records have a label each: people choose it' }
  return {
    template: 'completion',
    why: 'the records have prompts and no outputs: people write the answers',
  }
}

function drawFields(facts: Facts, fields: readonly Pick<Field, 'name'>[]): string[] {
  const names = [...new Set([...fields.map(({ name }) => name), ...facts.fields.keys()])]
  const prompt = facts.fields.get('prompt')
  const isBrought = facts.fields.has('prompt')
  const brought = isBrought
    ? []
    : ['  "prompt": false   # the template brings it; these records have none']
  const shown = names.flatMap((name) => {
    const { filled, isChat } = facts.fields.get(name) ?? { filled: 0, isChat: false }
    // In a conversation the system message comes first; a field that no record fills is not shown.
    const isShown = filled > 0 && !(name === 'system' && prompt?.isChat)
    if (!isShown) return []
    const type = isChat ? 'chat' : 'text'
    const required = filled === facts.records && facts.isWhole
    return [
      `  ${quoted(name)}: { title: ${quoted(titleOf(name))}, type: ${type}, required: ${required} }`,
    ]
  })
  return [...brought, ...shown]
}

function titleOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

/** Questions that the file has answers to, asked the way they were answered. */
function drawQuestions(facts: Facts, template: TemplateName): string[] {
  const asked = [...drawAnswered(facts, template), ...drawKnown(facts.known)]
  return asked.length > 0 ? ['questions:', ...asked] : []
}

function drawAnswered(facts: Facts, template: TemplateName): string[] {
  const isKnown = (name: string) => facts.known.has(name)
  if (template === 'labels')
    return [`  label: { options: [${[...(facts.classes ?? [])].sort().map(quoted).join(', ')}] }`]
  if (template === 'comparison' && facts.withStrength > 0 && facts.mostOutputs === 2)
    return isKnown('preference')
      ? []
      : ['  preference: { strength: true }   # the file says how much better']
  const scales = scalesOf(facts)
  if (template !== 'evaluation' || scales.size === 0) return []
  return [
    ...(scales.has('quality') || isKnown('quality') ? [] : ['  quality: false']),
    ...drawRatings(facts).filter((_, at) => !isKnown([...scales.keys()][at] ?? '')),
  ]
}

/** More than five ratings on one card tire people. */
const mostRatings = 5

function drawRatings(facts: Facts): string[] {
  return [...scalesOf(facts)].map(([name, { least, most }], at) => {
    const line = `${quoted(name)}: { type: rating, of: outputs, options: ${scaleOf(least, most)}, required: ${at < mostRatings} }`
    return at < mostRatings ? `  ${line}` : `  # ${line}`
  })
}

function drawNotes(name: string, facts: Facts, guessed: string | null): string[] {
  const { unit, ranked, judged, refused, problems, records } = facts
  const notes: string[] = []
  const answered = ranked > 0 || facts.labeled > 0 || scalesOf(facts).size > 0 || facts.classed > 0
  if (answered)
    notes.push(
      `Answers in the file (${answersOf(facts).join(', ')}) are kept as metadata. To take them as answers: parley import ${name} FILE --answers-by NAME${judged > 0 ? '; a line that names its judge goes before NAME' : ''}`,
    )
  if (facts.mostOutputs > 1 && scalesOf(facts).size > 0)
    notes.push(
      'To ask for the ratings too, write below questions:',
      ...drawRatings(facts).map((line) => line.replace(/required: true/, 'required: false')),
    )
  const kept = [...facts.metadata.keys()].slice(0, 20)
  if (kept.length > 0) notes.push(`Kept as metadata: ${kept.map((key) => oneLine(key)).join(', ')}`)
  const about = [...facts.aboutOutputs].slice(0, 20)
  if (about.length > 0)
    notes.push(`Kept with each output: ${about.map((key) => oneLine(key)).join(', ')}`)
  if (guessed !== null)
    notes.push(
      `No usual key was found: ${quoted(oneLine(guessed))} is what people read. For a field called prompt: --map prompt=${oneLine(guessed)}`,
    )
  notes.push(...outputsHint(facts, guessed))
  for (const [field, { filled }] of facts.fields)
    if (field !== 'system' && filled < records && field !== 'context')
      notes.push(`${records - filled} of ${records} records have no ${oneLine(field)}`)
  if (refused > 0) notes.push(`${refused} of ${facts.lines} ${unit}s will be refused, e.g.:`)
  for (const { number, problem } of problems)
    notes.push(
      `  ${[unit, number, problem.path].filter((one) => one !== '').join(' ')} ${oneLine(problem.message, 200)}`,
    )
  if (!facts.isWhole) notes.push(`Of the file the first ${facts.lines} ${unit}s were read.`)
  return notes.map((note) => `# ${note}`)
}

function answersOf(facts: Facts): string[] {
  const { ranked, labeled, mostOutputs, classed, classes } = facts
  const ratings = scalesOf(facts)
  return [
    ...(ranked > 0 ? [mostOutputs > 2 ? 'how the outputs rank' : 'which output is better'] : []),
    ...(labeled > 0 ? ['which outputs are good'] : []),
    ...(ratings.size > 0 ? [`ratings: ${[...ratings.keys()].join(', ')}`] : []),
    ...(classed > 0 && classes ? ['the label'] : []),
  ]
}

/** Columns of long texts that no question uses may be model outputs. */
function outputsHint(facts: Facts, guessed: string | null): string[] {
  if (facts.mostOutputs > 0) return []
  const columns = [...facts.metadata]
    .filter(([key, length]) => key !== guessed && !/[,=]/.test(key) && length / facts.records >= 20)
    .map(([key]) => key)
    .slice(0, 10)
  if (columns.length === 0) return []
  return [
    `If models wrote what is in ${columns.map((key) => quoted(oneLine(key))).join(', ')}: choose the template ${columns.length > 1 ? 'comparison' : 'evaluation'} and import with --map ${quoted(`outputs=${columns.join(',')}`)}`,
  ]
}

function oneLine(text: string, most = 60): string {
  return text.replace(/\s+/g, ' ').slice(0, most)
}
