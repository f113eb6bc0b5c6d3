/** What Argilla's REST API answers, as far as it is read; servers 1.16 to 2.8 say the same. */
import { z } from 'zod'

const id = z.string().min(1).max(200)

export const RestDatasets = z.looseObject({
  items: z.array(
    z.looseObject({
      id,
      name: z.string(),
      workspace_id: id,
      guidelines: z.string().nullish(),
      distribution: z.looseObject({ min_submitted: z.int().nullish() }).nullish(),
      /** `draft` until it is published. */
      status: z.string().nullish(),
      metadata: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
})
export type RestDataset = z.infer<typeof RestDatasets>['items'][number]

export const RestWorkspaces = z.looseObject({
  items: z.array(z.looseObject({ id, name: z.string() })),
})

/** Argilla sends every user's own API key along; it is not kept. */
export const RestUsers = z.object({
  items: z.array(
    z.object({
      ...{ id, username: z.string() },
      ...{ first_name: z.string().nullish(), last_name: z.string().nullish() },
    }),
  ),
})
export type RestUser = z.infer<typeof RestUsers>['items'][number]

/** Fields, questions, metadata properties and vectors are each a list of their own. */
export const RestParts = z.looseObject({ items: z.array(z.looseObject({ name: z.string() })) })
export const RestQuestions = z.looseObject({
  items: z.array(z.looseObject({ id, name: z.string() })),
})

/** Records are looked at one by one: a bad one is no reason to leave the others. */
export const RestPage = z.looseObject({
  items: z.array(z.unknown()),
  total: z.int().nonnegative().nullish(),
})

export const RestMe = z.looseObject({ role: z.string(), username: z.string() })
export const RestId = z.looseObject({ id })
/** Whatever is answered to what is only told. */
export const RestAnything = z.unknown()
