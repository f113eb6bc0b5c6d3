/**
 * What each template brings: a title, fields, questions and how many answers complete a record.
 * A document overrides these key by key, or adds to them.
 */
import type { TemplateName } from './names.ts'

export type Template = {
  title: string
  minSubmitted: number
  fields: Parts
  questions: Parts
  /** Questions that are asked only where a document names them; the name alone is enough. */
  offered?: Parts
}

/** Definitions by name, as a document would write them. */
export type Parts = { readonly [name: string]: { readonly [key: string]: unknown } }

const prompt: Parts = { prompt: { title: 'Prompt', type: 'text' } }
const comment = { type: 'text', title: 'Comment', required: false }

export const templates: { readonly [T in TemplateName]: Template } = {
  completion: {
    title: 'Write the best answer',
    minSubmitted: 1,
    fields: prompt,
    questions: { completion: { type: 'text', title: 'Your answer' }, comment },
  },
  comparison: {
    title: 'Which answer is better?',
    minSubmitted: 3,
    fields: prompt,
    questions: {
      preference: { type: 'ranking', title: 'Rank the answers, best first', mode: 'full' },
    },
  },
  evaluation: {
    title: 'How good is this answer?',
    minSubmitted: 2,
    fields: prompt,
    questions: {
      quality: {
        type: 'rating',
        title: 'How good is it?',
        of: 'outputs',
        options: [1, 2, 3, 4, 5],
        labels: { 1: 'useless', 5: 'excellent' },
      },
      comment,
    },
  },
  thumbs: {
    title: 'Is this answer good?',
    minSubmitted: 1,
    fields: prompt,
    questions: {
      thumbs: {
        type: 'label',
        title: 'Is it good?',
        of: 'outputs',
        options: [
          { value: 'up', text: 'Good' },
          { value: 'down', text: 'Bad' },
        ],
        desirable: ['up'],
      },
    },
  },
  labels: {
    title: 'Which label fits?',
    minSubmitted: 3,
    fields: prompt,
    // No options: only the admin knows them; parsing says so when they are missing.
    questions: { label: { type: 'label', title: 'Which label fits?' } },
  },
  'prompt-writing': {
    title: 'Write a prompt',
    minSubmitted: 1,
    fields: { topic: { title: 'Topic', type: 'text', required: false } },
    questions: { prompt: { type: 'text', title: 'Your prompt' } },
    offered: {
      completion: { type: 'text', title: 'The answer you would like to get', required: false },
      comment,
    },
  },
  'prompt-review': {
    title: 'Is this a good prompt?',
    minSubmitted: 2,
    fields: prompt,
    questions: {
      clarity: {
        type: 'rating',
        title: 'How clear is it?',
        options: [1, 2, 3, 4, 5],
        labels: { 1: 'unclear', 5: 'clear' },
      },
      relevance: {
        type: 'rating',
        title: 'How relevant is it?',
        options: [1, 2, 3, 4, 5],
        labels: { 1: 'off topic', 5: 'to the point' },
      },
      safe: {
        type: 'label',
        title: 'Is it safe to ask?',
        options: [
          { value: 'yes', text: 'Safe' },
          { value: 'no', text: 'Unsafe' },
        ],
      },
      rewrite: { type: 'text', title: 'A better wording', required: false, prefill: 'prompt' },
      comment,
    },
  },
  ask: {
    title: 'A program asks for your opinion',
    minSubmitted: 3,
    fields: {
      question: { title: 'Question', type: 'text' },
      context: { title: 'Context', type: 'text', required: false },
    },
    questions: {
      choice: { type: 'ranking', title: 'Which is best?', mode: 'best_only' },
    },
  },
  arena: {
    title: 'Which answer is better?',
    minSubmitted: 1,
    fields: { prompt: { title: 'Prompt', type: 'chat' } },
    questions: {
      preference: { type: 'ranking', title: 'Which answer is better?', mode: 'full' },
    },
  },
}
