/** What a post of the editor holds, and the document it makes: what was typed in the form and in the YAML. */
import type { Context } from 'hono'
import { questionTypeNames } from '../../datasets/form/control.ts'
import type { PartKind } from '../../datasets/form/read-form.ts'
import { actOnForm, type FormAct, mergeForm } from '../../datasets/form/write-form.ts'

export type Posted = {
  /** The YAML with everything that was changed. */
  text: string
  /** Which side was typed in last, where a script says so. */
  side: 'form' | 'yaml' | 'act'
  /** The YAML as it was posted. */
  typed: string
  wanted: 'save' | 'publish' | 'preview'
  etag: string
}

/** `isPublished`: what is added then is optional, because records and answers without it exist. */
export async function readPosted(
  c: Context,
  { isPublished }: { isPublished: boolean },
): Promise<Posted> {
  const body = await c.req.parseBody()
  const entries: Record<string, string> = {}
  for (const [key, value] of Object.entries(body))
    if (typeof value === 'string') entries[key] = value
  const typed = lines(entries['yaml'])
  const was = lines(entries['was'] ?? entries['yaml'])
  const merged = mergeForm({ was, text: typed, entries })
  const wanted = entries['do'] ?? 'preview'
  const act = readAct(wanted, entries['new_type'] ?? '', isPublished)
  const side = act ? 'act' : entries['side'] === 'yaml' ? 'yaml' : 'form'
  return {
    ...{ text: act ? actOnForm(merged, act) : merged, typed, side },
    wanted: wanted === 'save' || wanted === 'publish' ? wanted : 'preview',
    etag: entries['etag'] ?? '',
  }
}

function readAct(wanted: string, type: string, isOptional: boolean): FormAct | null {
  const [, word, kind, number] =
    /^(add|remove|up|down)-(fields|questions)(?:-(\d{1,4}))?$/.exec(wanted) ?? []
  if (kind !== 'fields' && kind !== 'questions') return null
  const to: PartKind = kind
  if (word === 'add') {
    const question = questionTypeNames.find((one) => one === type)
    return { type: 'add', to, isOptional, ...(question ? { question } : {}) }
  }
  const place = Number(number ?? -1)
  if (word === 'remove') return { type: 'remove', from: to, place }
  return { type: 'move', in: to, place, by: word === 'up' ? -1 : 1 }
}

/** Browsers send line breaks as CRLF. */
function lines(text: unknown): string {
  return typeof text === 'string' ? text.replaceAll('\r\n', '\n') : ''
}
