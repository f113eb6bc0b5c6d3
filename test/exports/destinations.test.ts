/** An export goes into a bucket or onto the Hub: what goes over the wire, and what a refusal says. */
import nock from 'nock'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { exportElsewhere } from '../../src/exports/destinations/send.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { addAnswer, addRecord, cleo, makeDataset, makeLabelers, ranked } from './ground.ts'

let at: TestParley
let name: string

beforeAll(async () => {
  nock.disableNetConnect()
  nock.enableNetConnect('127.0.0.1')
  at = await startParley()
  const [ana = ''] = await makeLabelers(at.parley, 1)
  const dataset = await makeDataset(at.parley, {})
  const record = await addRecord(at.parley, dataset)
  await addAnswer(at.parley, dataset, record, { labeler: ana, values: ranked('a', 'b', 'c') })
  name = dataset.name
})
afterEach(() => nock.cleanAll())
afterAll(async () => {
  nock.enableNetConnect()
  await at.close()
})

const secret = 'the secret of the bucket'
const token = 'hf_the_token_of_the_hub'
const destinations = {
  s3: {
    region: 'eu-central-1',
    endpoint: 'https://store.example',
    accessKeyId: 'AKIAEXAMPLE',
    secretAccessKey: secret,
    sessionToken: null,
  },
  hub: { token, endpoint: 'https://hub.example' },
}
const send = (to: string, of = destinations) =>
  exportElsewhere(at.parley, cleo, { dataset: name, as: 'preference', to }, of)

describe('happy', () => {
  test('a bucket gets the file and then its manifest, signed and with their sums', async () => {
    const put: string[] = []
    nock('https://store.example', {
      reqheaders: {
        authorization: /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-central-1\/s3\//,
        'content-md5': /^[A-Za-z0-9+/]{22}==$/,
      },
    })
      .put(/^\/training\/prefs\/.*/)
      .times(2)
      .reply((request: Request) => {
        put.push(new URL(request.url).pathname)
        return [200, '', { etag: '"1"' }]
      })
    const done = await send('s3://training/prefs/')
    expect(put).toEqual([
      `/training/prefs/${name}-preference.jsonl`,
      `/training/prefs/.${name}-preference.jsonl.manifest.json`,
    ])
    expect(done).toMatchObject({ path: 's3://training/prefs/', counts: { emitted: 1 } })
  })

  test('the Hub gets data, manifest and a card that says how to load it, in one commit', async () => {
    const hub = nock('https://hub.example', { reqheaders: { authorization: `Bearer ${token}` } })
    let validated = ''
    hub.post('/api/validate-yaml').reply(async (request: Request) => {
      const { content, repoType } = JSON.parse(await request.text())
      validated = repoType === 'dataset' ? content : ''
      return [200, { errors: [], warnings: [] }]
    })
    hub
      .post('/api/repos/create', {
        type: 'dataset',
        name: 'prefs',
        organization: 'acme',
        visibility: 'private',
      })
      .reply(409, { error: 'It is there already.' })
    hub.post('/api/datasets/acme/prefs/preupload/main').reply(503)
    hub.post('/api/datasets/acme/prefs/preupload/main').reply(async (request: Request) => {
      const { files }: { files: { path: string }[] } = JSON.parse(await request.text())
      return [200, { files: files.map(({ path }) => ({ path, uploadMode: 'regular' })) }]
    })
    let lines: { key: string; value: { path?: string; content?: string } }[] = []
    hub.post('/api/datasets/acme/prefs/commit/main').reply(async (request: Request) => {
      lines = (await request.text())
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
      return [200, { commitUrl: 'https://hub.example/c', commitOid: 'c', hookOutput: '' }]
    })
    await send('hf://datasets/acme/prefs')
    const files = lines.filter(({ key }) => key === 'file').map(({ value }) => value)
    expect(files.map(({ path }) => path)).toEqual([
      `${name}-preference.jsonl`,
      `.${name}-preference.jsonl.manifest.json`,
      'README.md',
    ])
    const card = Buffer.from(files.at(-1)?.content ?? '', 'base64').toString('utf8')
    expect(card).toContain('load_dataset("acme/prefs")')
    expect(validated).toBe(card)
    expect(card).toContain(`path: "${name}-preference.jsonl"`)
    expect(card).toContain('| question | type | answers | agreement |')
  })
})

describe('refused: in words that help, without a secret in them', () => {
  test.each([
    ['s3://training/x', /refused us \(AccessDenied\).*AWS_/],
    [
      'hf://datasets/acme/prefs',
      /may not write to acme\/prefs.*It says: Not in this organization$/,
    ],
  ])('%s by whoever may not write', async (to, said) => {
    nock('https://store.example')
      .put(/.*/)
      .reply(403, '<Error><Code>AccessDenied</Code><Message>no</Message></Error>')
    nock('https://hub.example')
      .post('/api/validate-yaml')
      .reply(200, {})
      .post('/api/repos/create')
      .reply(403, { error: 'Not in this organization' })
    const error: unknown = await send(to).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'forbidden', message: expect.stringMatching(said) })
    const whole = error instanceof Error ? `${error.stack} ${error.cause}` : ''
    for (const one of [secret, token]) expect(whole).not.toContain(one)
  })

  test('a card that the Hub refuses is reported before anything is created there', async () => {
    const errors = [{ message: '"license" must be one of [apache-2.0, mit]' }]
    nock('https://hub.example').post('/api/validate-yaml').reply(400, { errors, warnings: [] })
    await expect(send('hf://datasets/acme/prefs')).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('"license" must be one of [apache-2.0, mit]'),
    })
  })

  test.each(['ftp://somewhere', 's3://', 'hf://models/acme/prefs', 'hf://datasets/prefs'])(
    '%s leads nowhere',
    async (to) => {
      await expect(send(to)).rejects.toMatchObject({ code: 'invalid' })
    },
  )

  test('without keys it says which variables to set', async () => {
    const none = {
      s3: { ...destinations.s3, secretAccessKey: null },
      hub: { ...destinations.hub, token: null },
    }
    const at = [
      ['s3://training', /AWS_SECRET_ACCESS_KEY/],
      ['hf://datasets/a/b', /HF_TOKEN/],
    ] as const
    for (const [to, said] of at) await expect(exportWith(to, none)).rejects.toThrow(said)
  })
})

function exportWith(to: string, of: Parameters<typeof exportElsewhere>[3]) {
  return exportElsewhere(at.parley, cleo, { dataset: name, as: 'preference', to }, of)
}
