/** The HTTP surface by which a program acts as a person, the same for every stand-in. */
import type { Env, Hono } from 'hono'
import { z } from 'zod'
import { parseJson } from './json.ts'

export type Control<Person, Args> = {
  /** Where people stand, e.g. `/people/slack`. */
  people: string
  transcript: { path: string; lines: readonly { at: string; who: string; text: string }[] }
  names(): string[]
  find(name: string): Person | null
  /** Adds somebody, or finds who is called so already. */
  add(name: string): { id: string; name: string }
  shown(person: Person): object
  args: z.ZodType<Args>
  /** What a gesture tells besides what the person sees afterwards; by default `{ok: true}`. */
  gestures: Record<string, (person: Person, given: Args) => Promise<object | undefined>>
}

/**
 * POST {people}                  {name}    adds a person
 * GET  {people}/:name                      what they see
 * POST {people}/:name/:gesture   {…}       acts as them
 * GET  {transcript}                        what people saw and did
 */
export function controlRoutes<E extends Env, Person, Args>(
  hono: Hono<E>,
  control: Control<Person, Args>,
): void {
  const { people, gestures, transcript, find, shown } = control
  const nobody = (name: string) => {
    const names = control.names().join(', ') || 'no people yet'
    return { error: `Nobody is called ${name}. Here are ${names}.` }
  }

  hono.post(people, async (c) => {
    const parsed = z
      .object({ name: z.string().min(1) })
      .safeParse(await c.req.json().catch(() => null))
    if (!parsed.success) return c.json({ error: 'Send {"name": "…"}.' }, 400)
    return c.json(control.add(parsed.data.name))
  })

  hono.get(`${people}/:name`, (c) => {
    const name = c.req.param('name')
    const person = find(name)
    return person ? c.json(shown(person)) : c.json(nobody(name), 404)
  })

  hono.post(`${people}/:name/:gesture`, async (c) => {
    const name = c.req.param('name')
    const person = find(name)
    if (!person) return c.json(nobody(name), 404)
    const gesture = gestures[c.req.param('gesture')]
    if (!gesture) {
      const known = Object.keys(gestures).join(', ')
      return c.json({ error: `There is no such gesture. There are ${known}.` }, 404)
    }
    const body = await c.req.text()
    const parsed = control.args.safeParse(body === '' ? {} : parseJson(body))
    if (!parsed.success) return c.json({ error: z.prettifyError(parsed.error) }, 400)
    try {
      const outcome = await gesture(person, parsed.data)
      return c.json({ ...(outcome ?? { ok: true }), ...shown(person) })
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause)
      return c.json({ ok: false, error, ...shown(person) }, 409)
    }
  })

  hono.get(transcript.path, (c) =>
    c.text(transcript.lines.map((line) => `${line.at} ${line.who}: ${line.text}`).join('\n')),
  )
}
