/** Commands for running Parley: demo, start, migrate, config, doctor, sandbox. */
import { describeConfig } from '../config.ts'
import { didYouMean } from '../datasets/did-you-mean.ts'
import { invalid } from '../errors.ts'
import { print, type Run, withParley } from './command.ts'
import { examine } from './doctor.ts'

const roleNames = ['all', 'web', 'worker', 'gateway'] as const

/** `parley demo` */
export const demo: Run = (doors, { options }) =>
  doors.demo({ check: options['check'] === true, port: readPort('--port', options['port']) })

/** `parley start` */
export const start: Run = async (doors, { options }) => {
  const role = options['role'] ?? 'all'
  const known = roleNames.find((one) => one === role)
  if (!known)
    throw invalid({
      '--role': `"${role}" is not a role. Roles are ${roleNames.join(', ')}.${didYouMean(String(role), roleNames)}`,
    })
  const healthPort = readPort('--health-port', options['healthPort'])
  return doors.start({ role: known, ...(healthPort === undefined ? {} : { healthPort }) })
}

/** `parley migrate` */
export const migrate: Run = (doors) =>
  withParley(doors, async () => print('The database is up to date.'))

/** `parley config` */
export const config: Run = async (doors) => {
  print(describeConfig(doors.environment()))
}

/** `parley doctor` */
export const doctor: Run = async (doors) => {
  const findings = await examine(doors)
  for (const { ok, what, detail, remedy } of findings)
    print(
      `${ok ? 'ok     ' : 'problem'}  ${what}: ${detail}${ok || !remedy ? '' : `\n         ${remedy}`}`,
    )
  return findings.every(({ ok }) => ok) ? 0 : 1
}

/** `parley sandbox` */
export const sandbox: Run = (doors, { options }) =>
  doors.sandbox({ port: readPort('--port', options['port']) })

function readPort(flag: string, text: unknown): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  throw invalid({ [flag]: `"${String(text)}" is not a port. Use a number from 0 to 65535.` })
}
