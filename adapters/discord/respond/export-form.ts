/** Starts an export from its form, or lists what is wrong, with a button back to the form. */
import { drawExportProblems, readExportForm } from '../draw/admin/admin-forms.ts'
import type { Parsed } from '../receive/parsed.ts'
import { type AnswerContext, type Answers, beside, only, type Place } from './answers.ts'
import { show } from './show.ts'

export async function startExport(
  { by, dataset, format, values }: Extract<Parsed, { type: 'export' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const chosen = readExportForm(values, format)
  const reply = await context.handle({ by, type: 'admin-export', dataset, ...chosen, inForm: true })
  if (reply.type === 'problems')
    return only(beside(drawExportProblems(reply.problems, { dataset, ...chosen }, at.said), at))
  return show(reply, context, { ...at, updates: false })
}
