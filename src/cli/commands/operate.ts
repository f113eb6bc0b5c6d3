/** Commands for running Parley: demo, start, migrate, config, doctor, sandbox. */
import type { CliCommand } from '../command.ts'

export const operateCommands: readonly CliCommand[] = [
  {
    usage: 'demo',
    about: 'try Parley: sample datasets and a stand-in Slack, nothing to configure',
    options: [
      ['--check', 'let scripted labelers do the whole job, verify every step, and exit'],
      ['--port <number>', 'port of the page that shows both; default: any free port'],
    ],
    load: async () => (await import('../operate.ts')).demo,
  },
  {
    usage: 'start',
    about: 'serve the platforms whose secrets are set',
    options: [
      ['--role <role>', 'all, web, worker or gateway (default: all)'],
      [
        '--health-port <number>',
        'answer /healthz, /readyz and /metrics there too, on HOST (default: PARLEY_HEALTH_PORT)',
      ],
    ],
    load: async () => (await import('../operate.ts')).start,
  },
  {
    usage: 'migrate',
    about: 'migrate the database to the newest schema (start does too)',
    load: async () => (await import('../operate.ts')).migrate,
  },
  {
    usage: 'config',
    about: 'print every setting, its meaning and its value; secrets are not shown',
    load: async () => (await import('../operate.ts')).config,
  },
  {
    usage: 'doctor',
    about: 'check the configuration, database, queue, tokens and clock, and say what to do',
    load: async () => (await import('../operate.ts')).doctor,
  },
  {
    usage: 'sandbox',
    about: 'run the stand-ins alone; they deliver to the service at HOST and PORT',
    options: [
      ['--port <number>', 'where it listens'],
      ['--page', 'no effect: the page is always served'],
    ],
    load: async () => (await import('../operate.ts')).sandbox,
  },
]
