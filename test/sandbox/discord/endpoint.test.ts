/** Interactions over HTTP: signed, believed only after a PING, answered inline or by a callback. */
import { createPublicKey, verify } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { type DiscordStandIn, openDiscordStandIn } from '../../../sandbox/discord/server.ts'
import { type JsonObject, object, parseJson, text } from '../../../sandbox/json.ts'
import { call, card, said } from './bot.ts'

const open: DiscordStandIn[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

type Answering = (payload: JsonObject, discord: DiscordStandIn) => Response | Promise<Response>

async function start(
  answer: Answering,
  options: { isGullible?: boolean; ackMs?: number; probeEvery?: number } = {},
) {
  const { isGullible = false, ...more } = options
  const discord = await openDiscordStandIn({ people: [{ name: 'Ana' }], ...more })
  open.push(discord)
  const key = createPublicKey({
    key: Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(discord.publicKey, 'hex'),
    ]),
    format: 'der',
    type: 'spki',
  })
  discord.deliverTo(async (request) => {
    const body = await request.text()
    const signed = Buffer.from((request.headers.get('x-signature-timestamp') ?? '') + body)
    const signature = Buffer.from(request.headers.get('x-signature-ed25519') ?? '', 'hex')
    if (!isGullible && !verify(null, signed, key, signature)) {
      return new Response('bad signature', { status: 401 })
    }
    const payload = object(parseJson(body))
    return payload['type'] === 1 ? Response.json({ type: 1 }) : answer(payload, discord)
  })
  await call(discord, 'PUT', `/applications/${discord.applicationId}/commands`, [
    { name: 'label', description: 'Next' },
  ])
  return { discord, ana: discord.person('Ana') }
}

const inline: Answering = () => Response.json({ type: 4, data: card(said('from the endpoint')) })

describe('happy', () => {
  test('an answer in the response itself is shown', async () => {
    const { ana } = await start(inline)
    expect(await ana.command('/label')).toEqual({ ok: true })
    expect(ana.screen()).toContain('from the endpoint')
  })

  test('an empty 202 lets the answer come by a callback', async () => {
    const { ana } = await start(async (payload, discord) => {
      const path = `/interactions/${text(payload['id'])}/${text(payload['token'])}/callback`
      void call(discord, 'POST', path, { type: 4, data: { content: 'by callback', flags: 64 } })
      return new Response(null, { status: 202 })
    })
    expect(await ana.command('/label')).toEqual({ ok: true })
    expect(ana.screen()).toContain('by callback')
  })

  test('an answer may bring a file along', async () => {
    const { ana } = await start(() => {
      const form = new FormData()
      form.set('payload_json', JSON.stringify({ type: 4, data: { content: 'see', flags: 64 } }))
      form.set('files[0]', new Blob(['# long']), 'answer.md')
      return new Response(form)
    })
    await ana.command('/label')
    expect(ana.files()).toMatchObject([{ name: 'answer.md', text: '# long' }])
  })

  test('the app sets its own address', async () => {
    const { discord } = await start(inline)
    const path = '/applications/@me'
    const wrong = { interactions_endpoint_url: 'http://127.0.0.1:9/discord/interactions' }
    expect(await call(discord, 'PATCH', path, wrong)).toMatchObject({
      status: 400,
      body: { code: 50035 },
    })
    const none = await call(discord, 'PATCH', path, { interactions_endpoint_url: null })
    expect(none.body).toMatchObject({ interactions_endpoint_url: null })
  })
})

describe('refused', () => {
  test('an endpoint that believes a bad signature is not taken', async () => {
    const { discord, ana } = await start(inline, { isGullible: true })
    expect(await discord.verifyEndpoint()).toContain('bad signature was answered 200')
    await expect(ana.command('/label')).rejects.toThrow('Discord would not take this endpoint')
  })

  test('a bad signature sent on purpose is answered 401', async () => {
    const { discord, ana } = await start(inline)
    await ana.command('/label')
    discord.faults.nextDelivery({ badSignature: true })
    expect(await ana.command('/label')).toMatchObject({ ok: false })
    expect(discord.faults.seen.filter(({ kind }) => kind === 'endpoint_refused')).toEqual([])
    const last = discord.wire.findLast(({ direction }) => direction === 'delivery')
    expect(last).toMatchObject({ path: '/discord/interactions', status: 401 })
  })

  test('now and then a bad signature comes unasked, and has to be refused', async () => {
    const { discord, ana } = await start(inline, { probeEvery: 2 })
    for (let i = 0; i < 4; i++) expect(await ana.command('/label')).toEqual({ ok: true })
    const refused = discord.wire.filter(
      ({ direction, status }) => direction === 'delivery' && status === 401,
    )
    expect(refused).toHaveLength(3)
  })

  test('an answer Discord would not take is a failure the person sees', async () => {
    const { discord, ana } = await start(() => Response.json({ type: 4, data: { content: '' } }))
    const told = { ok: false, problem: 'The application did not respond' }
    expect(await ana.command('/label')).toEqual(told)
    expect(ana.notices()).toEqual([told.problem])
    expect(discord.faults.seen.map(({ kind }) => kind)).toContain('illegal_answer')
  })

  test('an endpoint that is silent for three seconds has failed', async () => {
    const { ana } = await start(() => new Promise(() => {}), { ackMs: 50 })
    expect(await ana.command('/label')).toMatchObject({ ok: false })
  })
})

describe('twice', () => {
  test('the very same request can be sent again, for the app to refuse or repeat', async () => {
    let count = 0
    const { discord, ana } = await start((payload, place) => {
      count += 1
      return inline(payload, place)
    })
    await ana.command('/label')
    const last = discord.lastRequest()
    if (!last) throw new Error('Nothing was sent.')
    expect((await discord.sendRaw(last.body, last.headers)).status).toBe(200)
    expect(count).toBe(2)
  })
})
