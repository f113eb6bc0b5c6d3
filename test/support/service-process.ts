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
  /** SIGSTOP and SIGCONT: it does nothing meanwhile and knows nothing of it. */
  sleep(): void
  wake(): void
  /** What those said that ended by themselves though they had been up. */
  failures: readonly string[]
  stop(): Promise<void>
}

/** Runs `parley start`, all of it or one role, with exactly this environment. */
export async function startServiceProcess(
  env: Record<string, string>,
  role = 'all',
): Promise<ServiceProcess> {
  const failures: string[] = []
  let child = run(env, role)
  let listening = untilListening(child, failures)
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
      listening = untilListening(child, failures)
      await listening
    },
    isRunning,
    sleep: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    failures,
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

/** Resolves as well when it is killed before: whoever killed it knows. */
function untilListening(child: ChildProcess, failures: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    let isUp = false
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (!/Parley (listens at|takes jobs)/.test(said)) return
      isUp = true
      resolve()
    })
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') return resolve()
      const end = `The service ended (${signal ?? code}):\n${said}`
      if (isUp) failures.push(end)
      else reject(new Error(end))
    })
  })
}
