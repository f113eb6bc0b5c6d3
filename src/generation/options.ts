/**
 * A generation's options: which models, how many samples, which parameters, and when to stop. A command's
 * options override the dataset's. Keys are not part of them.
 */
import { z } from 'zod'
import { didYouMean } from '../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../datasets/document.ts'
import type { Generate } from '../datasets/models.ts'
import { invalid } from '../errors.ts'
import { findModel, type Model, type Models } from '../model.ts'

export const GenerationOptions = z.strictObject({
  models: z.array(z.string()).min(1),
  samples: z.int().default(1),
  temperature: z.number().optional(),
  topP: z.number().optional(),
  seed: z.int().optional(),
  maxTokens: z.int().optional(),
  system: z.string().optional(),
  /** Add truncated outputs too. */
  keepCut: z.boolean().default(false),
  /** Records that need outputs, or every record without an answer. */
  records: z.enum(['all', 'waiting']).default('all'),
  inFlight: z.int().optional(),
  /** Over all generations of the dataset together. */
  tokens: z.int().optional(),
  money: z.number().optional(),
})
export type GenerationOptions = z.infer<typeof GenerationOptions>

/** Options as typed in a terminal or in chat: texts by name. */
export type GenerationFlags = Readonly<Record<string, string | boolean | string[] | undefined>>

/** How each option is read, and the remedy if it cannot be. */
const readers: {
  readonly [name: string]: { of: z.ZodType<number>; remedy: string }
} = {
  samples: {
    of: z.coerce.number().int().min(1).max(20),
    remedy: 'Write a whole number from 1 to 20.',
  },
  temperature: { of: z.coerce.number().min(0).max(2), remedy: 'Write a number from 0 to 2.' },
  topP: { of: z.coerce.number().gt(0).max(1), remedy: 'Write a number above 0, at most 1.' },
  seed: {
    of: z.coerce.number().int().min(0).max(2_147_483_647),
    remedy: 'Write a whole number from 0.',
  },
  maxTokens: {
    of: z.coerce.number().int().min(1).max(1_000_000),
    remedy: 'Write a whole number of tokens, such as 1000.',
  },
  inFlight: {
    of: z.coerce.number().int().min(1).max(256),
    remedy: 'Write a whole number from 1 to 256.',
  },
  tokens: {
    of: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    remedy: 'Write a whole number of tokens, such as 1000000.',
  },
  money: { of: z.coerce.number().gt(0).max(1e9), remedy: 'Write an amount above 0, such as 5.' },
}

/** The options that take a number, by the names `readOptions` uses. */
export const numberFlags = Object.keys(readers)

/**
 * Reads options as typed; the dataset supplies the rest.
 * @throws ParleyError `invalid` with a sentence for each option that is wrong.
 */
export function readOptions(
  document: DatasetDocument,
  flags: GenerationFlags,
  models: Models | undefined,
): GenerationOptions {
  const own = fromDocument(document.generate)
  const problems: Record<string, string> = {}
  const typed: { [name: string]: unknown } = {}
  for (const [name, given] of Object.entries(flags)) {
    if (given === undefined || name === 'with') continue
    if (name === 'keepCut') typed[name] = given === true || given === 'true' || given === 'yes'
    else if (name === 'system' || name === 'records') typed[name] = given
    else {
      const reader = readers[name]
      if (!reader) {
        problems[name] = `A generation has no such option.${didYouMean(name, numberFlags)}`
        continue
      }
      const read = reader.of.safeParse(given === '' ? undefined : given)
      if (read.success) typed[name] = read.data
      else problems[name] = `${JSON.stringify(given)} does not fit here. ${reader.remedy}`
    }
  }
  const typedNames = namesIn(flags['with'])
  const names = [...new Set(typedNames.length > 0 ? typedNames : (own.models ?? []))]
  if (names.length === 0) problems['with'] = `Name the models.${offer(models)}`
  for (const name of names) if (!find(models, name)) problems['with'] ??= unknown(models, name)
  if (Object.keys(problems).length > 0) throw invalid(problems)
  const read = GenerationOptions.parse({ ...own, ...typed, models: names })
  checkTogether(read, findModels(models, read.models))
  return read
}

/** The configured models of these names. @throws `invalid` for an unknown one. */
export function findModels(models: Models | undefined, names: readonly string[]): Model[] {
  return names.map((name) => {
    const found = find(models, name)
    if (found) return found
    throw invalid({ with: unknown(models, name) })
  })
}

/** Why no request can be sent to a model, or null. */
export function keyProblem({ name, key }: Model): string | null {
  return key !== null && key.value === null
    ? `The variable ${key.variable} with the key of "${name}" is not set. Set it where Parley runs, and start again.`
    : null
}

/** Reads `a,b` and lists of these; each name once. */
function namesIn(given: GenerationFlags[string]): string[] {
  return [given ?? []]
    .flat()
    .flatMap((one) => String(one).split(/[\s,]+/))
    .filter(Boolean)
}

/** The value given for each option, or undefined. */
type Said = { [Name in keyof GenerationOptions]?: GenerationOptions[Name] | undefined }

function fromDocument(generate: Generate | undefined): Said {
  const { with: models, limits, top_p, max_tokens, keep_cut, ...same } = generate ?? {}
  return {
    ...same,
    ...{ models, topP: top_p, maxTokens: max_tokens, keepCut: keep_cut },
    ...{ inFlight: limits?.in_flight, tokens: limits?.tokens, money: limits?.money },
  }
}

function checkTogether(options: GenerationOptions, models: readonly Model[]): void {
  if (options.samples > 1 && options.temperature === 0)
    throw invalid({
      temperature:
        'At temperature 0 a model writes the same output every time. Raise it, or leave out --samples.',
    })
  const free = models.find(({ prices }) => prices === null)
  if (options.money !== undefined && free)
    throw invalid({
      money: `What "${free.name}" costs is not known. Give it "prices" in PARLEY_MODELS, or limit the tokens.`,
    })
  const missing = models.map(keyProblem).find((one) => one !== null)
  if (missing) throw invalid({ with: missing })
}

function find(models: Models | undefined, name: string): Model | null {
  return models ? findModel(models, name) : null
}

function unknown(models: Models | undefined, name: string): string {
  return `There is no model "${name}".${didYouMean(name, namesOf(models))}${offer(models)}`
}

function offer(models: Models | undefined): string {
  const names = namesOf(models)
  return names.length > 0
    ? ` There are ${names.join(', ')}.`
    : ' Set PARLEY_MODELS to a file that lists them; docs/generate.md shows one.'
}

function namesOf(models: Models | undefined): string[] {
  return [...(models?.named.keys() ?? [])]
}
