/** A terminal in the tests' own process: runs command lines and keeps what they print. */
import { serve } from '@hono/node-server'
import { vi } from 'vitest'
import type { Doors } from '../../src/cli/command.ts'
import { openServer } from '../../src/cli/verbs/server.ts'
import { verbsHere, verbsThere } from '../../src/cli/verbs/verbs.ts'
import { runCli } from '../../src/cli.ts'
import { loadConfig } from '../../src/config.ts'
import { conflict } from '../../src/errors.ts'
import { httpApp } from '../../src/http/app.ts'
import type { TestParley } from '../support/parley.ts'

export type Said = { code: number; out: string; err: string }

/** Doors onto a Parley that is open already. */
export function doorsOf(here: TestParley): Doors {
  const config = () =>
    loadConfig({ DATABASE_URL: here.database.url, PARLEY_SECRET: here.parley.secret })
  return {
    config,
    server: () => null,
    open: async () => ({
      parley: here.parley,
      queueHealth: async () => ({ ok: true, detail: '' }),
      close: async () => undefined,
    }),
    verbs: async () => ({ verbs: verbsHere(here.parley), close: async () => undefined }),
  } as Partial<Doors> as Doors
}

/** Doors of a machine that has nothing but an address and a key. */
export function doorsTo(server: { url: string; key: string }): Doors {
  return {
    server: () => server,
    open: async () => {
      throw conflict('This command works on the database itself.')
    },
    verbs: async () => ({ verbs: verbsThere(openServer(server)), close: async () => undefined }),
  } as Partial<Doors> as Doors
}

export async function typed(doors: Doors, ...args: string[]): Promise<Said> {
  const said = { out: '', err: '' }
  const spies = (['out', 'err'] as const).map((name) =>
    vi.spyOn(process[`std${name}`], 'write').mockImplementation(((
      text: unknown,
      done?: (error?: Error) => void,
    ) => {
      said[name] += String(text)
      if (typeof done === 'function') done()
      return true
    }) as typeof process.stdout.write),
  )
  try {
    return { code: await runCli(args, async () => doors), ...said }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

/** Serves the HTTP API of a Parley on a free port. */
export async function listen(here: TestParley): Promise<{ url: string; close(): Promise<void> }> {
  return new Promise((resolve) => {
    const server = serve(
      { fetch: httpApp(here.parley, []).fetch, port: 0, hostname: '127.0.0.1' },
      (info) =>
        resolve({
          url: `http://127.0.0.1:${info.port}`,
          close: () => new Promise((closed) => server.close(() => closed())),
        }),
    )
  })
}
