/**
 * How the tests run: five processes, for many files wait for others most of their time (killed workers, the
 * terminal); one embedded Postgres for all of them (test/support/global.ts).
 * A process runs one file after the other and keeps what it has loaded, for loading Parley anew costs
 * more than most files; those that change what all share have each a process of their own.
 */
import { configDefaults, defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

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
  // Packages as they run in production: Vitest would load the ones for development, which check themselves.
  ssr: { resolve: { conditions: ['node', 'production'] } },
  test: {
    globalSetup: ['test/support/global.ts'],
    pool: 'forks',
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...alone],
          isolate: false,
        },
      },
    ],
  },
})
