/** Elements and attributes that a rendered text may hold: a short list, whatever was parsed. */
import type { Schema } from 'hast-util-sanitize'
import { formulaAttributes, formulaTags } from './formula.ts'

const alignments: [string, ...string[]] = ['className', 'align-left', 'align-right', 'align-center']

export const allowed: Schema = {
  tagNames: [
    ...['p', 'br', 'hr', 'strong', 'em', 'del', 'sup', 'blockquote', 'ul', 'ol', 'li', 'a', 'div'],
    ...['pre', 'code', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'span'],
    ...formulaTags,
  ],
  attributes: {
    a: [
      'href',
      ['rel', 'noopener', 'noreferrer', 'nofollow'],
      ['target', '_blank'],
      ['className', 'picture'],
    ],
    p: [['className', 'heading-1', 'heading-2', 'heading-3', 'heading-4']],
    ol: ['start'],
    li: [['className', 'task']],
    pre: ['dataLanguage'],
    th: [['scope', 'col'], alignments],
    td: [alignments],
    div: [['className', 'table'], ['role', 'group'], 'ariaLabel', ['tabIndex', 0]],
    span: [
      ['className', 'formula'],
      ['tabIndex', 0],
    ],
    ...Object.fromEntries(formulaTags.map((name) => [name, [...formulaAttributes, alignments]])),
  },
  protocols: { href: ['http', 'https', 'mailto'] },
  ancestors: {
    ...Object.fromEntries(['thead', 'tbody', 'tr', 'th', 'td'].map((name) => [name, ['table']])),
    ...Object.fromEntries(
      formulaTags.filter((name) => name !== 'math').map((name) => [name, ['math']]),
    ),
  },
  strip: [],
  clobber: [],
}
