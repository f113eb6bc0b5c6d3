/** What documents meant before homes: each workspace that was known is named; one alone is the home. */
import { type Kysely, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { down, up } from '../../migrations/021_homes.ts'
import { openTestDatabase } from '../support/database.ts'

async function migrated(workspaces: readonly string[], access: unknown) {
  const database = await openTestDatabase()
  const { db } = database
  try {
    const bare = db as unknown as Kysely<unknown>
    await down(bare)
    for (const [n, workspace] of workspaces.entries())
      await sql`insert into workspaces (platform, workspace, installed_at)
        values ('slack', ${workspace}, ${new Date(Date.UTC(2026, 0, n + 1))})`.execute(db)
    const document = JSON.stringify({ name: 'a', title: 'A', access })
    await sql`insert into datasets (name, document, created_at, updated_at)
      values ('a', ${document}, now(), now())`.execute(db)
    await up(bare)
    const homes = await db.selectFrom('homes').selectAll().execute()
    const kept = await db.selectFrom('datasets').select('document').executeTakeFirstOrThrow()
    return { homes, access: kept.document.access }
  } finally {
    await database.close()
  }
}

describe('happy', () => {
  test('one workspace is the home, and its documents stay as they are', async () => {
    const before = { slack: ['U1', '<#C0123ABCD|ml>'] }
    expect(await migrated(['T1'], before)).toEqual({
      homes: [{ platform: 'slack', workspace: 'T1' }],
      access: before,
    })
  })

  test('of several, the first is the home, and everyone was everyone of each', async () => {
    expect(await migrated(['T1', 'T2'], 'everyone')).toEqual({
      homes: [{ platform: 'slack', workspace: 'T1' }],
      access: { slack: ['everyone of slack:T1', 'everyone of slack:T2'] },
    })
  })

  test('of several, a person or a channel without a workspace was one of each', async () => {
    const { access } = await migrated(['T1', 'T2'], { slack: ['U1', 'T2:U2', '<#C0123ABCD|ml>'] })
    expect(access).toEqual({
      slack: ['T1:U1', 'T2:U1', 'T2:U2', 'T1:<#C0123ABCD|ml>', 'T2:<#C0123ABCD|ml>'],
    })
  })
})
