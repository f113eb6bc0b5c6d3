/** When something is away: Postgres, Redis, or the process that drew the form. People read what to do. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'
import { freePort, hasRedis, redisReason, startRedis } from '../support/redis.ts'

let journey: Journey | undefined

afterEach(async () => {
  await journey?.close()
  journey = undefined
})

const pairs = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `${name} prompt ${i + 1}`,
    outputs: [`${name} left ${i + 1}`, `${name} right ${i + 1}`],
  }))

/** A wire to Postgres that can be cut and mended. */
async function openWireTo(target: string) {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let server: Server | undefined
  const listen = (at: number) =>
    new Promise<number>((ready) => {
      const made = createServer((near) => {
        const far = connect(Number(port), hostname)
        for (const socket of [near, far]) {
          sockets.add(socket)
          socket.on('error', () => {})
          socket.on('close', () => {
            sockets.delete(socket)
            near.destroy()
            far.destroy()
          })
        }
        near.pipe(far).pipe(near)
      })
      made.listen(at, '127.0.0.1', () => {
        server = made
        const address = made.address()
        ready(typeof address === 'object' && address ? address.port : 0)
      })
    })
  const at = await listen(0)
  const cut = async () => {
    const closed = new Promise<void>((done) => (server ? server.close(() => done()) : done()))
    server = undefined
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return { port: at, cut, mend: () => listen(at) }
}

describe('refused: the database is away', () => {
  test('every gesture is answered with “try again in a moment”, and works once it is back', async () => {
    const wire = await openWireTo(inject('postgresUrl'))
    const { port } = wire
    journey = await openJourney({
      databaseUrl: (url) => {
        const through = new URL(url)
        through.hostname = '127.0.0.1'
        through.port = String(port)
        return through.href
      },
    })
    const { ana, slack } = journey
    await journey.dataset('name: gone\ntemplate: comparison\ntitle: Gone', pairs('gone', 3))
    await journey.dataset('name: write\ntemplate: completion\ntitle: Write', [
      { id: 'w1', prompt: 'Write something.' },
      { id: 'w2', prompt: 'Write something more.' },
    ])
    await ana.joins('gone')
    await ana.types('/parley next write')
    await wire.cut()

    const card = ana.messages().find((text) => text.includes('gone prompt'))
    await ana.types('/parley next gone')
    expect(ana.newest()).toContain('Try again in a moment')
    await ana.presses('A is better', { in: 'gone prompt' })
    expect(ana.newest()).toContain('Try again in a moment')
    expect(ana.messages()).toContain(card)
    await ana.presses('Answer', { in: 'Write something' })
    expect(ana.newest()).toContain('Try again in a moment')

    await wire.mend()
    await ana.presses('Answer', { in: 'Write something' })
    await ana.writes('Your answer', 'a thought worth keeping')
    await wire.cut()
    journey.clock.advance(1)
    await ana.hands.submit()
    await journey.quiet()
    expect(ana.screen()).toMatch(/again/)
    await wire.mend()
    while (!ana.modal()?.text.includes('[Submit]')) await ana.closes()
    expect(JSON.stringify(ana.modal()?.view['state'])).toContain('a thought worth keeping')
    await ana.submits()
    await ana.receives('Saved: “a thought worth keeping”')
    await ana.hands.closeAll()
    await ana.presses('B is better', { in: 'gone prompt' })
    await ana.receives('Saved: B > A')
    expect(await journey.raw('gone')).toHaveLength(1)
    expect((await journey.raw('write')).map(({ values }) => values)).toEqual([
      { completion: 'a thought worth keeping' },
    ])
    expect(slack.faults.seen.filter(({ kind }) => kind !== 'dispatch_failed')).toEqual([])
    await journey.close()
    journey = undefined
    await wire.cut()
  })
})

describe('happy: Redis is away', () => {
  test(`people label as ever; an export is accepted and arrives when Redis is there${redisReason}`, async () => {
    const port = await freePort()
    journey = await openJourney({ redisUrl: `redis://127.0.0.1:${port}` })
    const { ana, cleo, slack, parley } = journey
    await journey.dataset('name: on\ntemplate: comparison\ntitle: Goes on', pairs('on', 3))
    await ana.joins('on')
    await ana.presses('A is better')
    await ana.presses('Skip')
    await ana.presses('B is better')
    await ana.receives('All done here.')
    expect(await journey.raw('on')).toHaveLength(3)
    await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
    await cleo.types('/parley-admin export on raw')
    await cleo.receives('Export of “on” as raw has started.')
    expect(cleo.files()).toEqual([])
    expect(slack.faults.seen).toEqual([])
    if (!hasRedis) return
    const redis = await startRedis(port)
    try {
      for (let left = 300; cleo.files().length < 2 && left > 0; left--)
        await new Promise((resolve) => setTimeout(resolve, 50))
      expect(cleo.files().map(({ name }) => name)).toContain('on-raw.jsonl')
    } finally {
      await journey.close()
      journey = undefined
      await redis.stop()
    }
  })
})

describe('happy: two processes on one database', () => {
  test('every gesture may reach the other process: cards, forms, Undo and the guard of 700 ms', async () => {
    journey = await openJourney()
    const { ana, ben, slack, service, clock } = journey
    const other = await journey.startService()
    const turns = [service.address, other.address]
    const turn = () => {
      turns.reverse()
      slack.deliverTo(turns[0] ?? '')
    }
    await journey.dataset('name: both\ntemplate: comparison\ntitle: Both', pairs('both', 6))
    await ana.joins('both')
    for (let i = 0; i < 5; i++) {
      turn()
      await ana.presses('A is better')
      turn()
      clock.advance(0.3)
      await ana.hands.press('B is better')
      await journey.quiet()
    }
    turn()
    await ana.presses('Undo')
    turn()
    await ana.presses('B is better')
    turn()
    await ana.presses('B is better')
    await ana.receives('All done here.')
    const raw = (await journey.raw('both')).filter(({ counted }) => counted)
    expect(raw).toHaveLength(6)

    await journey.dataset('name: forms\ntemplate: completion\ntitle: Forms', [
      { id: 'f1', prompt: 'First?' },
      { id: 'f2', prompt: 'Second?' },
    ])
    await ben.joins('forms')
    turn()
    await ben.presses('Answer')
    turn()
    await ben.writes('Your answer', 'drawn here, read there')
    await ben.submits()
    turn()
    await ben.presses('Undo')
    turn()
    await ben.submits()
    turn()
    await ben.writes('Your answer', 'and the second')
    await ben.submits()
    await ben.receives('All done here.')
    const said = (await journey.raw('forms')).filter(({ counted }) => counted)
    expect(said.map(({ values }) => values['completion']).sort()).toEqual([
      'and the second',
      'drawn here, read there',
    ])
    expect(slack.faults.seen).toEqual([])
  })

  test('the same press at both processes at once is one answer', async () => {
    journey = await openJourney()
    const { ana, slack, service, clock, quiet } = journey
    const other = await journey.startService()
    await journey.dataset('name: once\ntemplate: comparison\ntitle: Once', pairs('once', 8))
    await ana.joins('once')
    for (let i = 0; i < 4; i++) {
      clock.advance(2)
      slack.deliverTo(service.address)
      const here = ana.hands.press('A is better')
      slack.deliverTo(other.address)
      const there = ana.hands.press('A is better')
      expect(await Promise.all([here, there])).toEqual([{ ok: true }, { ok: true }])
      await quiet()
    }
    const raw = await journey.raw('once')
    expect(raw.map(({ revision, counted }) => [revision, counted])).toEqual(
      Array.from({ length: 4 }, () => [1, true]),
    )
  })
})
