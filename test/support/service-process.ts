/** The service as its operator runs it, a process of its own, to be killed by its pid and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/parley.js', import.meta.url))

export type ServiceProcess = {
  /** Resolves when it listens or takes jobs (again). */
  up(): Promise<void>
  /** SIGKILL: nothing is finished, nothing is said. Starts the next one at once. */
  killAndStart(): Promise<void>
  isRunning(): boolean
  stop(): Promise<void>
}

/** Runs `parley start`, all of it or one role, with exactly this environment. */
export async function startServiceProcess(
  env: Record<string, string>,
  role = 'all',
): Promise<ServiceProcess> {
  let child = run(env, role)
  let listening = untilListening(child)
  await listening
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const kill = async () => {
    if (!isRunning()) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    up: () => listening,
    killAndStart: async () => {
      await kill()
      child = run(env, role)
      listening = untilListening(child)
      await listening
    },
    isRunning,
    stop: kill,
  }
}

function run(env: Record<string, string>, role: string): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  return spawn(process.execPath, [program, 'start', '--role', role], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

function untilListening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (/Parley (listens at|takes jobs)/.test(said)) resolve()
    })
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`The service ended (${code}):\n${said}`))
    })
  })
}
