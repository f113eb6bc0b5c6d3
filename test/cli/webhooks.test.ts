/** `parley webhooks` as an admin types it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataset } from '../assignments/ground.ts'
import { environmentOf, runCommand } from '../support/command.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { openReceiver, type Receiver } from '../webhooks/receiver.ts'

let at: TestParley
let receiver: Receiver
let folder: string
beforeAll(async () => {
  at = await startParley()
  receiver = await openReceiver()
  await makeDataset(at.parley, { name: 'safety' })
  folder = mkdtempSync(join(tmpdir(), 'parley-webhooks-'))
  chmodSync(folder, 0o755)
})
afterAll(async () => {
  await receiver.close()
  await at.close()
  rmSync(folder, { recursive: true, force: true })
})

const run = async (...args: string[]) => {
  const house = { folder, databaseUrl: at.database.url, secret: at.parley.secret }
  const env = environmentOf(house, { PARLEY_FETCH_ALLOW: receiver.host })
  const { code, out, err } = await runCommand(['webhooks', ...args], { env, cwd: folder })
  return { code, out: out.trim(), err: err.trim() }
}

describe('happy', () => {
  test('from its creation to its end', { timeout: 120_000 }, async () => {
    const made = await run(
      ...['create', receiver.url, '--events', 'record.completed', '--dataset', 'safety'],
    )
    expect(made.code).toBe(0)
    const [id = '', secret = ''] = made.out.split('\t')
    expect(secret).toMatch(/^whsec_/)
    expect(made.err).toContain('Keep the secret; it is not shown again.')
    receiver.know(secret)
    expect(await run('test', id)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^It answered 204 in \d+ ms\.$/),
    })
    receiver.answerWith(500)
    expect(await run('test', id)).toMatchObject({ code: 1, out: 'It answers 500.' })
    expect(receiver.unverified).toEqual([])
    expect((await run('rotate', id)).out).toMatch(/^whsec_/)
    const listed = await run('list')
    expect(listed.out).toBe(`${id}\t${receiver.url}\tsafety\trecord.completed\tenabled`)
    expect((await run('disable', id)).out).toBe(`Webhook ${id} is disabled.`)
    expect((await run('enable', id)).out).toBe(`Webhook ${id} is enabled.`)
    expect(await run('deliveries', id)).toMatchObject({ code: 0, out: '' })
    expect((await run('replay', id, '--since', '2026-01-01')).out).toBe('0 events queued.')
    expect((await run('delete', id)).out).toBe(`Webhook ${id} is deleted.`)
    expect((await run('list')).out).toBe('')
  })
})

describe('refused', () => {
  test('a private address, an unknown event and a webhook that is not there', {
    timeout: 60_000,
  }, async () => {
    expect(await run('create', 'http://169.254.169.254/')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('It lies in a private network.'),
    })
    expect(await run('create', receiver.url, '--events', 'record.complete')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--events: "record.complete" is not an event.'),
    })
    expect(await run('test', '99')).toMatchObject({
      code: 1,
      err: 'There is no webhook "99". npx parley webhooks list shows their ids.',
    })
  })
})
