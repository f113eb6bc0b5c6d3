/** A port that another program has: the page of the demo and the stand-ins say so in one sentence. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCommand } from '../support/command.ts'

let other: Server
let folder: string
let port = 0
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-port-'))
  other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(async () => {
  await new Promise((resolve) => other.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

describe('refused', () => {
  test.each(['demo', 'sandbox'])('%s on a port that is taken', async (command) => {
    const { PATH = '', HOME = '' } = process.env
    const env = { PATH, HOME, PARLEY_DATA_DIR: folder }
    const { ended } = startCommand([command, '--port', String(port)], { env })
    const { code, err } = await ended
    expect(err.trim()).toBe(
      `Port ${port} is taken by another program. Name a free one with --port, or leave it out.`,
    )
    expect(code).toBe(1)
  })
})
