/** Tells admins of an endpoint that Parley has disabled, once. */
import { sql } from 'kysely'
import { inTransaction, type Parley } from '../parley.ts'
import { tellAdmins } from './tell-admins.ts'

type Row = { id: string; url: string; reason: string | null; datasets: string[] | null; at: Date }

/** The admins of its datasets; of one that hears of every dataset those of the home. */
export async function tellDisabled(parley: Parley): Promise<void> {
  await inTransaction(parley, async (inside) => {
    const { rows } = await sql<Row>`
      update endpoints set told_at = ${inside.now()} where id in (
        select id from endpoints where state = 'disabled' and told_at is null
        for update skip locked)
      returning id, url, reason, dataset_ids as datasets, disabled_at as at`.execute(inside.db)
    for (const { id, url, reason, datasets, at } of rows) {
      const abouts = datasets?.map((datasetId) => ({ datasetId })) ?? ['home' as const]
      for (const about of abouts)
        await tellAdmins(inside, {
          key: `webhook-disabled:${id}:${at.toISOString()}`,
          about,
          // The address may hold a key; its host says enough.
          text: ({ webhookGone, webhookFailing }) =>
            (reason === 'gone' ? webhookGone : webhookFailing)(id, new URL(url).host),
        })
    }
  })
}
