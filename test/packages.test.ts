/** What `npm ci` brings: every package is pinned by its hash, and none but the named ones run a script. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

type Locked = { integrity?: string; hasInstallScript?: boolean; version?: string }

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'))
const { packages }: { packages: Record<string, Locked> } = read('package-lock.json')
const { allowScripts, dependencies, devDependencies, optionalDependencies } = read('package.json')
const installed = Object.entries(packages).filter(([path]) => path !== '')
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '')

describe('happy: the packages', () => {
  test('each is pinned by its hash', () => {
    expect(installed.filter(([, { integrity }]) => !integrity).map(([path]) => path)).toEqual([])
  })

  test('those we name are named with one exact version', () => {
    const named = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    expect(named.filter(([, version]) => !/^\d+\.\d+\.\d+[\w.-]*$/.test(String(version)))).toEqual(
      [],
    )
  })

  test('each that we name says what it is for in docs/decisions', () => {
    const page = readFileSync(
      new URL('../docs/decisions/0011-dependencies.md', import.meta.url),
      'utf8',
    )
    const named = Object.keys({ ...dependencies, ...devDependencies })
    expect(
      named.filter((name) => !name.startsWith('@types/') && !page.includes(`\`${name}\``)),
    ).toEqual([])
  })

  test('a script runs at installation only where package.json says so, yes or no', () => {
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript)
    const names = new Set(scripted.map(([path]) => nameOf(path)))
    expect([...names].filter((name) => allowScripts[name] === undefined)).toEqual([])
  })
})
