/** Prints a commented document for each template, to be saved and edited. */
import { ParleyError } from '../../errors.ts'
import { didYouMean } from '../did-you-mean.ts'
import { type TemplateName, templateNames } from './names.ts'
import { templates } from './templates.ts'

/** @throws ParleyError `not_found` for a template there is not. */
export function templateDocument(name = 'comparison'): string {
  const known = templateNames.find((one) => one === name)
  if (known) return `${heading(known)}${questions[known]}${footing(known)}`
  throw new ParleyError(
    'not_found',
    `There is no template "${name}".${didYouMean(name, templateNames)} Templates are ${templateNames.join(', ')}.`,
  )
}

function heading(name: TemplateName): string {
  return `# A dataset document. Create it with: parley dataset create FILE
name: my-${name}
template: ${name}
title: ${titles[name]}
${settingsHints}access: everyone              # or people: { slack: [U0123ABCD] }
`
}

/** Settings that most documents want sooner or later, commented out. */
export const settingsHints = `# guidelines: guide.md        # a file beside this one, or the text itself
# license: CC-BY-4.0
# forget: delete              # default keep: answers of people who leave stay, under a pseudonym
`

/** The template's questions as comments, to be changed, and the keys that a question of each type may have. */
export function questionHints(name: TemplateName): string {
  const hinted = questions[name].replaceAll(/^(?!#)/gm, '# ').replaceAll(/^# $/gm, '')
  return `${hinted}# A question may have: ${questionKeyHints[name]}
`
}

const everyKey = 'title, description, required, when'
const questionKeyHints: { [T in TemplateName]: string } = {
  completion: `${everyKey}; a text: min_chars, max_chars`,
  comparison: `${everyKey}; a ranking: mode, ties, strength, unacceptable, edits`,
  evaluation: `${everyKey}; a rating: of (record or outputs), options, labels, edits`,
  thumbs: `${everyKey}; a label: of (record or outputs), options, desirable`,
  labels: `${everyKey}; a label: options, desirable; a multi_label: options, none_option`,
  'prompt-writing': `${everyKey}; a text: min_chars, max_chars`,
  'prompt-review': `${everyKey}; a rating: options, labels; a text: prefill, min_chars, max_chars`,
  arena: `${everyKey}; a ranking: ties, strength, unacceptable`,
  ask: `${everyKey}; a ranking: mode, ties, unacceptable`,
}

const titles: { [T in TemplateName]: string } = {
  completion: 'Write the best answer',
  comparison: 'Which answer is better?',
  evaluation: 'How good is this answer?',
  thumbs: 'Is this answer good?',
  labels: 'Which label fits?',
  'prompt-writing': 'Write a prompt',
  'prompt-review': 'Is this a good prompt?',
  arena: 'Which answer is better?',
  ask: 'A program asks for your opinion',
}

const questions: { [T in TemplateName]: string } = {
  completion: `# fields:                     # what a labeler reads; "prompt" comes with the template
#   context: { required: false }
questions:
  completion: { min_chars: 1, max_chars: 8000 }
  comment: { title: Anything to add?, required: false }
  # clarity: { type: rating, options: 1-5, required: false }
`,
  comparison: `questions:
  preference:
    mode: full                # or: tiers, best_worst, best_only
    ties: true                # equal ranks are allowed
    strength: false           # pairs only: also ask "slightly" or "much" better
    # edits: true             # afterwards offer to improve an output: a completion, and a pair
  why: { type: text, title: What is wrong with all of them?, required: false, when: preference.all_unacceptable }
# max_shown: 4                # more outputs than this are dealt in balanced blocks
`,
  evaluation: `questions:
  quality: { of: outputs, options: 1-5, labels: { 1: useless, 5: excellent } }
  comment: { required: false }
`,
  thumbs: `questions:
  thumbs:
    options:
      - { value: up, text: Good }
      - { value: down, text: Bad }
    desirable: [up]           # the options a KTO export counts as desirable
`,
  labels: `questions:
  label:
    options: [safe, unsafe]   # your labels
    # type: multi_label       # to allow several; none_option: true allows none
`,
  'prompt-writing': `target: 100                   # how many prompts you want; publishing makes the records
per_labeler: 20               # how many of one person count
# topics: [cooking, travel]   # what they are to be about, in turn
questions:
  prompt: { min_chars: 10, max_chars: 4000 }
  # completion:               # also ask for the answer; required: true to insist
  # language: { type: label, options: [en, de], required: false }
`,
  'prompt-review': `questions:
  clarity: { options: 1-5, labels: { 1: unclear, 5: clear } }
  relevance: { options: 1-5, labels: { 1: off topic, 5: to the point } }
  safe: { options: [{ value: yes, text: Safe }, { value: no, text: Unsafe }] }
  rewrite: { required: false }   # starts with the prompt; left as it is, it is no answer
  comment: { required: false }
`,
  arena: `arena:
  models: [small, large]      # two or more, by their names in PARLEY_MODELS
  per_person: 20              # questions one person may ask in a day
  per_day: 500                # questions of everybody in a day
  # max_tokens: 800           # longest answer
  # limits: { money: 20 }     # where it stops; tokens: 5000000 where no prices are known
posts: { closes_hours: 24, min_votes: 3 }   # how long people vote; with fewer votes no shares are shown
`,
  ask: `ask:
  to: [everyone]              # who is invited: everyone with access, people, @groups, #channels
  most_people: 10             # how many people one question may want
  per_day: 100                # questions in a day
  hours: 24                   # until the deadline, where a question names none
questions:
  choice: { mode: best_only } # among the options that come with each question; mode: full ranks them
`,
}

function footing(name: TemplateName): string {
  // Blank records are written into once, and a skip never takes one out.
  if (name === 'prompt-writing' || name === 'arena') return ''
  const answers = templates[name].minSubmitted
  if (name === 'ask')
    return `distribution: { min_submitted: ${answers} }   # people who answer, where a question says nothing else
`
  return `distribution:
  min_submitted: ${answers}            # answers that complete a record
  max_discards: 3             # skips for the record's own fault that reject it
order: shuffled               # or fixed: the file's order
# checks:                     # dealt among the others, counted for nothing: how steady, how accurate
#   repeats: { share: 0.05, after: 20 }   # of somebody's cards, ones they answered before
#   gold: { share: 0.05 }     # records with known answers, to everybody
`
}
