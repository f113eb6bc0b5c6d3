/** docs/errors.md says what the doors answer: HTTP, the terminal and the worker. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ChatAdapter } from '../../src/chat/port/port.ts'
import type { Doors } from '../../src/cli/command.ts'
import { runCli } from '../../src/cli.ts'
import { conflict, forbidden, invalid, notFound, unavailable } from '../../src/errors.ts'
import { httpApp } from '../../src/http/app.ts'
import { openLog } from '../../src/log.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { root } from './page.ts'

const thrown: Readonly<Record<string, Error>> = {
  invalid: invalid({ name: 'It is missing.' }),
  not_found: notFound('dataset', 'x'),
  forbidden: forbidden('That is not yours.'),
  conflict: conflict('It is closed.'),
  unavailable: unavailable('the database'),
  'a bug': new Error('a test throws this'),
}

/** Rows of the table: kind, chat, HTTP, CLI, worker. */
const rows = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (kind|---)/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  )

let at: TestParley
beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

describe('happy: the table of errors', () => {
  test('it has every kind', () => {
    expect(rows.map(([kind]) => kind)).toEqual(Object.keys(thrown))
  })

  test.each(rows)('%s: HTTP answers as the table says', async (kind = '', _chat, http) => {
    const adapter = {
      routes: (app: Parameters<NonNullable<ChatAdapter['routes']>>[0]) =>
        app.get('/fails', () => {
          throw thrown[kind]
        }),
    } as unknown as ChatAdapter
    const answer = await httpApp({ ...at.parley, log: openLog({ level: 'silent' }) }, [
      adapter,
    ]).request('/fails')
    expect(answer.status).toBe(Number(http))
    const { error } = Object(await answer.json())
    expect(error.code).toBe(kind === 'a bug' ? 'internal' : kind)
  })

  test.each(rows)('%s: a command exits as the table says', async (kind = '', _chat, _http, cli) => {
    const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const doors = {
      environment: () => {
        throw thrown[kind]
      },
    } as unknown as Doors
    const code = await runCli(['config'], async () => doors).finally(() => silent.mockRestore())
    expect(`exit ${code}`).toBe(cli)
  })
})
