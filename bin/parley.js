#!/usr/bin/env node
/**
 * Starts Parley on a Node that runs TypeScript: this one, or the project's own, which `npm ci` brings
 * for hosts with an older one. Plain JavaScript, because an old Node reads it.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const main = new URL('../src/main.ts', import.meta.url)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

/**
 * What is read and written row by row is soon forgotten: with 8 MB for what is young, and `gc` for
 * whoever moves much (src/db/copy.ts), memory stays the same however many rows there are, and nothing
 * is slower. Not in the first line of this file: the `env` of small systems takes no options there.
 */
const memory = ['--max-semi-space-size=8', '--expose-gc']

if (major > 22 || (major === 22 && minor >= 20)) {
  // The same process begins anew: its pid and its terminal stay. Where it cannot, it goes on as it is.
  if (process.platform !== 'win32' && !isTold())
    process.execve?.(process.execPath, [
      ...[process.execPath, ...memory, ...process.execArgv],
      ...[fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    ])
  nodeModule.enableCompileCache?.()
  await import(main.href)
} else {
  startOn(ownNode())
}

/** Whether somebody said already how much memory is for what is young. */
function isTold() {
  return /--max[-_]semi[-_]space[-_]size/.test(`${process.execArgv} ${process.env.NODE_OPTIONS}`)
}

function ownNode() {
  const places = ['.bin/node', `node-${process.platform}-${process.arch}/bin/node`]
  const found = places
    .map((place) => fileURLToPath(new URL(`../node_modules/${place}`, import.meta.url)))
    .find((path) => existsSync(path))
  if (found) return found
  console.error(
    `Parley needs Node 22.20 or newer, and this is ${process.versions.node}. Run \`npm ci\` in the project, which brings its own Node, or install a newer one.`,
  )
  process.exit(1)
}

/** The other Node takes our place: same arguments, same terminal, our signals, its exit code. */
function startOn(node) {
  // This file once more, on a Node that runs TypeScript, so that what it compiles is kept there, too.
  const args = [...memory, fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  const child = spawn(node, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches both of us; a second one would mean "at once".
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  child.on('error', (error) => {
    console.error(`${node} does not start: ${error.message}. Run \`npm ci\` again.`)
    process.exit(70)
  })
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0))
  })
}
