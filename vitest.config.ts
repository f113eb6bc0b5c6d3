/**
 * How the tests run: three processes, for some wait for others most of the time (killed workers, the
 * terminal); one embedded Postgres for all of them (test/support/global.ts).
 * A process runs one file after the other and keeps what it has loaded, for loading Parley anew costs
 * more than most files; those that change what all share have each a process of their own.
 */
import { configDefaults, defineConfig } from 'vitest/config'

/**
 * Files that register a platform, that put something in the place of Node's own http, or that let discord.js
 * upload by itself: it hands its form to whichever undici the process loaded first.
 */
const alone = [
  'test/adapters/slack/send.test.ts',
  'test/exports/destinations.test.ts',
  'test/exports/upload.test.ts',
  'test/journeys/contract.test.ts',
  'test/journeys/third-platform.test.ts',
  'test/sandbox/discord/library.test.ts',
]

export default defineConfig({
  test: {
    globalSetup: ['test/support/global.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...alone],
          isolate: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
