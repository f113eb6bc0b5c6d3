/** Dockerfile and compose.yaml name files, commands and settings there are; scripts/real/containers.sh runs them. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { buildProgram } from '../../src/cli.ts'
import { listVariables } from '../../src/config/variables.ts'
import { loadConfig } from '../../src/config.ts'
import { root } from './page.ts'

type Service = {
  command?: string[]
  build?: string
  environment?: Record<string, string>
  user?: string
}

const read = (name: string) => readFileSync(join(root, name), 'utf8')
const dockerfile = read('Dockerfile').replaceAll(/\\\n/g, ' ')
const { services }: { services: Record<string, Service> } = parse(read('compose.yaml'), {
  merge: true,
})
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined)
const known = new Set(listVariables().map(({ name }) => name))

describe('happy: containers', () => {
  test('every file the image copies is there, and is not ignored', () => {
    const ignored = read('.dockerignore')
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(
      ([, names = '']) => names.split(' '),
    )
    expect(copied).toContain('src')
    expect(copied.filter((name) => !existsSync(join(root, name)))).toEqual([])
    expect(copied.filter((name) => !ignored.includes(`\n!${name}\n`))).toEqual([])
  })

  test('the image runs as nobody with rights', () => {
    expect(dockerfile).toMatch(/^USER 1000:1000$/m)
  })

  test.each(ours)('%s starts by a command there is', async (_, { command = [] }) => {
    const started: unknown[] = []
    const program = buildProgram(async ({ usage }, { options }) => {
      started.push([usage, options['role']])
    })
    await program.parseAsync(command, { from: 'user' })
    expect(started).toEqual([['start', command.at(-1)]])
  })

  test.each(ours)(
    '%s gets settings there are, and they are complete',
    (_, { environment = {} }) => {
      expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([])
      const filled = Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [
          name,
          value.replace(/\$\{[^}]*\}/g, '0123456789abcdef'),
        ]),
      )
      const config = loadConfig({ ...filled, PARLEY_DATA_DIR: root })
      expect([config.host, config.port]).toEqual(['0.0.0.0', 3000])
    },
  )

  test('.env.example names every setting but those of exports, imports and the stand-ins', () => {
    const named = new Set(
      [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name),
    )
    const others = /^(AWS|HF|ARGILLA|SANDBOX)_|_API_URL$|^PARLEY_FETCH_ALLOW$/
    expect([...known].filter((name) => !named.has(name) && !others.test(name))).toEqual([])
  })
})
