/** Commands for running Parley: demo, start, migrate, config, doctor, sandbox. */
import { describeConfig } from '../config.ts'
import { didYouMean } from '../datasets/did-you-mean.ts'
import { invalid } from '../errors.ts'
import { type CliCommand, print, withParley } from './command.ts'
import { examine } from './doctor.ts'

const roleNames = ['all', 'web', 'worker', 'gateway'] as const

export const operateCommands: readonly CliCommand[] = [
  {
    usage: 'demo',
    about: 'try Parley: sample datasets and a stand-in Slack, nothing to configure',
    options: [
      ['--check', 'let people made of code do the whole job, prove every step, and exit'],
      ['--port <number>', 'where the page listens that shows both; default: any free port'],
    ],
    run: (doors, { options }) =>
      doors.demo({ check: options['check'] === true, port: readPort(options['port']) }),
  },
  {
    usage: 'start',
    about: 'serve the platforms whose secrets are set',
    options: [['--role <role>', 'all, web, worker or gateway (default: all)']],
    async run(doors, { options }) {
      const role = options['role'] ?? 'all'
      const known = roleNames.find((one) => one === role)
      if (!known)
        throw invalid({
          '--role': `"${role}" is not a role. Roles are ${roleNames.join(', ')}.${didYouMean(String(role), roleNames)}`,
        })
      return doors.start({ role: known })
    },
  },
  {
    usage: 'migrate',
    about: 'bring the database to the newest schema (start does it as well)',
    run: (doors) => withParley(doors, async () => print('The database is up to date.')),
  },
  {
    usage: 'config',
    about: 'print every setting, what it means and what it is now; secrets are not shown',
    async run(doors) {
      print(describeConfig(doors.environment()))
    },
  },
  {
    usage: 'doctor',
    about: 'check the configuration, database, queue, tokens and clock, and say what to do',
    async run(doors) {
      const findings = await examine(doors)
      for (const { ok, what, detail, remedy } of findings)
        print(
          `${ok ? 'ok     ' : 'problem'}  ${what}: ${detail}${ok || !remedy ? '' : `\n         ${remedy}`}`,
        )
      return findings.every(({ ok }) => ok) ? 0 : 1
    },
  },
  {
    usage: 'sandbox',
    about: 'run the stand-ins alone; they deliver to the service at HOST and PORT',
    options: [
      ['--port <number>', 'where it listens'],
      ['--page', 'with the page to use it by hand, which is always there'],
    ],
    run: (doors, { options }) => doors.sandbox({ port: readPort(options['port']) }),
  },
]

function readPort(text: unknown): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  throw invalid({ '--port': `"${String(text)}" is not a port. Use a number from 0 to 65535.` })
}
