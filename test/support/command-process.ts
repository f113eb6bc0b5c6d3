/**
 * A terminal that stays open: runs each command line it is sent in the environment and folder that come with
 * it. What it prints ends with the mark that came along, what it prints to stdout with the exit code as well.
 */
import { runCli } from '../../src/cli.ts'
import { openDoors } from '../../src/doors.ts'

export type CommandLine = {
  args: readonly string[]
  env: Record<string, string>
  cwd: string
  mark: string
}

process.on('message', async ({ args, env, cwd, mark }: CommandLine) => {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
  process.chdir(cwd)
  const code = await runCli(args, async (where) => openDoors(where))
  process.stderr.write(mark)
  process.stdout.write(`${mark}${code}${mark}`)
})
process.once('disconnect', () => process.exit())
