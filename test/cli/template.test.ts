/** A document that the terminal prints names the schema by which editors check it, where that is near. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../src/config.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { typeCommand } from '../support/command.ts'

const line = /^# yaml-language-server: \$schema=(\S+)\n/

async function printed(args: readonly string[], cwd: string): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  const { out, code } = await typeCommand(args, { env: { PATH, HOME }, cwd })
  expect(code).toBe(0)
  return out
}

describe('happy: a printed document', () => {
  test.each(['.', 'samples'])(
    'in %s it names the schema, and is taken as it is',
    async (folder) => {
      const cwd = join(projectRoot, folder)
      for (const args of [
        ['dataset', 'template', 'comparison'],
        ['new', 'mine', '--from', join(projectRoot, 'samples/answers.jsonl')],
      ]) {
        const text = await printed(args, cwd)
        const [, schema = ''] = line.exec(text) ?? []
        expect(existsSync(resolve(cwd, schema))).toBe(true)
        expect(parseDocument(text).fields).toHaveLength(1)
      }
    },
  )

  test('elsewhere it names no path of this machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-template-'))
    const text = await printed(['dataset', 'template'], folder)
    rmSync(folder, { recursive: true })
    expect(text).not.toContain('yaml-language-server')
    expect(parseDocument(text).name).toBe('my-comparison')
  })
})
