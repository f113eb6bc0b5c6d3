/**
 * The kinds of arguments a command may have. Each is a zod schema that reads what came from the platform
 * as text; registered with it is how it is offered, suggested and shown in a usage line.
 */
import { z } from 'zod'
import type { GivenFile } from '../port/port.ts'
import { readHours } from '../text.ts'
import type { Both } from './command.ts'

export type Argument = {
  kind: 'text' | 'whole' | 'hours' | 'yesOrNo' | 'channel' | 'file'
  /** Its name for people who read German, where the platform translates names. */
  german: string
  /** What it is: 100 characters at most. */
  about: Both
  /** What is suggested while it is typed. */
  suggests?: 'datasets' | 'export formats' | 'export options'
  /** In its place it may not be left out, though a form or a usual choice stands in for it elsewhere. */
  isNeededInPlace?: true
  /** How it stands in a usage line of words; else `DATASET`, or `name=example`. */
  inUsage?: string
  /** Where it stands as `name=example`. */
  example?: string
  /** How it is asked for when it is missing. */
  ask?: Both
  /** What else could be written there, said when it is missing. */
  hint?: Both
  /** Where arguments are words, all that stands after the command, as it was typed. */
  isRest?: true
  /** Whether a word is this argument although its name does not stand before it. */
  isBare?: (word: string) => boolean
}

const known = z.registry<Argument>()

type About = Omit<Argument, 'kind'>

export function text(about: About) {
  return z.string().register(known, { kind: 'text', ...about })
}

export function choice<const Values extends readonly [string, ...string[]]>(
  values: Values,
  about: About,
) {
  return z.enum(values).register(known, { kind: 'text', ...about })
}

/** A number; what is none is refused by what it is for. */
export function whole(about: About) {
  return z
    .string()
    .transform(Number)
    .register(known, { kind: 'whole', ...about })
}

/** A time as hours: `24h`, `7d`, or `24`. */
export function hours(about: About) {
  return z
    .string()
    .transform((said) => readHours(said) ?? Number(said))
    .register(known, { kind: 'hours', ...about })
}

export function yesOrNo(about: About) {
  return z
    .string()
    .transform((said) => !/^(no|off|false)$/i.test(said))
    .register(known, { kind: 'yesOrNo', ...about })
}

export function channel(about: About) {
  return z
    .string()
    .min(1)
    .register(known, { kind: 'channel', ...about })
}

export function file(about: About) {
  return z.custom<GivenFile>().register(known, { kind: 'file', ...about })
}

export const dataset = text({
  german: 'datensatz',
  about: { en: 'Which dataset', de: 'Welcher Datensatz' },
  suggests: 'datasets',
  ask: { en: 'Name the dataset', de: 'Nenne den Datensatz' },
})

/** A channel where what is made is to stand. */
export const place = channel({
  german: 'kanal',
  about: { en: 'Where; here unless named', de: 'Wo; sonst hier' },
  example: '#name',
  isBare: (word) => /^(#|<#)/.test(word),
})

/** How an argument is offered, whether it must be there, and what it may be if that is a list. */
export function argumentOf(
  schema: z.ZodType,
): Argument & { isRequired: boolean; choices: readonly string[] | null } {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema
  const found = known.get(inner)
  if (!found) throw new Error('An argument of a command must be made by arguments.ts.')
  const choices = inner instanceof z.ZodEnum ? inner.options.map(String) : null
  return { ...found, isRequired: inner === schema, choices }
}
