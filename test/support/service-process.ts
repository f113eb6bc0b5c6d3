/** The service as its operator runs it, a process of its own, to be killed by its pid and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/parley.js', import.meta.url))

export type ServiceProcess = {
  /** Resolves when it listens (again). */
  up(): Promise<void>
  /** SIGKILL: nothing is finished, nothing is said. Starts the next one at once. */
  killAndStart(): Promise<void>
  stop(): Promise<void>
}

/** Runs `parley start` with exactly this environment. */
export async function startServiceProcess(env: Record<string, string>): Promise<ServiceProcess> {
  let child = run(env)
  let listening = untilListening(child)
  await listening
  const kill = async () => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    up: () => listening,
    killAndStart: async () => {
      await kill()
      child = run(env)
      listening = untilListening(child)
      await listening
    },
    stop: kill,
  }
}

function run(env: Record<string, string>): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  return spawn(process.execPath, [program, 'start'], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

function untilListening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (said.includes('Parley listens at')) resolve()
    })
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`The service ended (${code}):\n${said}`))
    })
  })
}
