/** What PARLEY_MODELS may say, and that no key of it is ever shown. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeConfig, loadConfig } from '../../src/config.ts'
import { findModel } from '../../src/model.ts'

const key = 'sk-canary-0a1b2c3d4e5f'
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-models-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(text: string, name = 'models.yaml'): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const yaml = `
small:
  model: gpt-4o-mini
  key: SMALL_KEY
  prices: { input: 0.15, output: 0.6 }
local:
  base_url: http://10.0.0.7:8000/v1/
  in_flight: 32
  timeout_seconds: 30
  extra: { top_k: 40 }
`

describe('happy', () => {
  test('a file, or the same text in the variable, names models; keys come from their variables', () => {
    for (const given of [file(yaml), yaml]) {
      const { models, secrets } = loadConfig({ PARLEY_MODELS: given, SMALL_KEY: key })
      expect([...models.named.keys()]).toEqual(['small', 'local'])
      expect(findModel(models, 'small')).toMatchObject({
        ...{ baseUrl: 'https://api.openai.com/v1', model: 'gpt-4o-mini', inFlight: 8 },
        ...{ key: { variable: 'SMALL_KEY', value: key }, lengthKey: 'max_completion_tokens' },
      })
      // A server of one's own is reached where it is, and asks for no key unless one is named.
      expect(findModel(models, 'local')).toMatchObject({
        ...{ baseUrl: 'http://10.0.0.7:8000/v1', model: 'local', key: null, inFlight: 32 },
        ...{ timeoutMs: 30_000, lengthKey: 'max_tokens', extra: { top_k: 40 }, prices: null },
      })
      expect(findModel(models, 'other')).toBeNull()
      expect(secrets).toContain(key)
    }
  })

  test('OPENAI_API_KEY alone makes every name a model of that server', () => {
    const { models, secrets } = loadConfig({ OPENAI_API_KEY: key })
    expect(models.named.size).toBe(0)
    expect(findModel(models, 'gpt-4o')).toMatchObject({
      ...{ model: 'gpt-4o', key: { variable: 'OPENAI_API_KEY', value: key } },
    })
    expect(secrets).toContain(key)
    const local = loadConfig({ OPENAI_BASE_URL: 'http://localhost:11434/v1' }).models
    expect(findModel(local, 'llama3.2')).toMatchObject({
      ...{ baseUrl: 'http://localhost:11434/v1', key: null },
    })
    expect(findModel(loadConfig({}).models, 'gpt-4o')).toBeNull()
  })

  test('a model without its key is there; who asks it learns which variable is missing', () => {
    const { models } = loadConfig({ PARLEY_MODELS: yaml })
    expect(findModel(models, 'small')?.key).toEqual({ variable: 'SMALL_KEY', value: null })
  })
})

describe('refused', () => {
  const refusals: [string, string, RegExp][] = [
    [
      'a file that is not there',
      '/nowhere/models.yaml',
      /There is no file "\/nowhere\/models\.yaml"/,
    ],
    [
      'a pasted key',
      `small:\n  key: ${key}\n`,
      /small\.key: write the NAME of the environment variable/,
    ],
    ['a key with a dash', 'small:\n  key: my-key\n', /write the NAME/],
    [
      'an unknown key',
      'small:\n  url: http://x\n',
      /"url" is not a known key\. Use base_url, model, key/,
    ],
    [
      'an address that is none',
      'small:\n  base_url: ftp://x\n',
      /write an http:\/\/ or https:\/\//,
    ],
    [
      'a password in it',
      'small:\n  base_url: https://me:pass@x/v1\n',
      /without a name or password/,
    ],
    ['a name with a space', 'my model:\n  model: x\n', /cannot be the name of a model/],
    ['prices of words', 'small:\n  prices: { input: free, output: 1 }\n', /small\.prices\.input/],
    ['a parameter of ours', 'small:\n  extra: { temperature: 1 }\n', /is set by Parley itself/],
    ['torn YAML', 'small: {\n  key: "SMALL', /is not YAML or JSON: \w+ at line \d+/],
    ['a list', '- small\n- large\n', /PARLEY_MODELS: /],
  ]
  test.each(refusals)('%s is refused in one sentence', (_, given, says) => {
    const load = () => loadConfig({ PARLEY_MODELS: given })
    expect(load).toThrow(says)
    expect(load).not.toThrow(/canary|me:pass/)
  })

  test('parley config shows the path of the file, and nothing of what is written in the variable', () => {
    const path = file(yaml)
    expect(describeConfig({ PARLEY_MODELS: path, OPENAI_API_KEY: key })).toContain(path)
    const shown = describeConfig({ PARLEY_MODELS: `{"a":{"key":"${key}"}}`, OPENAI_API_KEY: key })
    expect(shown).not.toContain('canary')
  })
})
