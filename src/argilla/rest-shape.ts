/** The responses of Argilla's REST API, as far as they are read; the same for servers 1.16 to 2.8. */
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

/** Argilla includes every user's API key; it is not stored. */
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

/** Records are checked one by one: a bad one does not refuse the others. */
export const RestPage = z.looseObject({
  items: z.array(z.unknown()),
  total: z.int().nonnegative().nullish(),
})

export const RestMe = z.looseObject({ role: z.string(), username: z.string() })
export const RestId = z.looseObject({ id })
/** Any response to a request whose response is not read. */
export const RestAnything = z.unknown()
