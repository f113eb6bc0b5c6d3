/**
 * Reads vitest's report for .ci/run: `ci-tests.ts REPORT` prints "PASSED FAILED"; with --failed-files
 * the files with a failure, a line each; with --failures the failed tests and the start of why.
 */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { z } from 'zod'

const report = z
  .object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    testResults: z.array(
      z.object({
        name: z.string(),
        status: z.string(),
        message: z.string().nullish(),
        assertionResults: z.array(
          z.object({
            fullName: z.string(),
            status: z.string(),
            failureMessages: z.array(z.string()).nullish(),
          }),
        ),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))

const failedFiles = report.testResults.filter(({ status }) => status === 'failed')
const name = (file: string) => relative(process.cwd(), file)

switch (process.argv[3]) {
  case '--failed-files':
    for (const file of failedFiles) console.log(name(file.name))
    break
  case '--failures':
    for (const file of failedFiles) {
      console.log(`${name(file.name)} ${(file.message ?? '').slice(0, 300)}`)
      for (const test of file.assertionResults.filter(({ status }) => status === 'failed'))
        console.log(`  ${test.fullName}\n    ${(test.failureMessages?.[0] ?? '').slice(0, 600)}`)
    }
    break
  default: {
    // A file that could not be loaded has no tests to count: it is one failure.
    const broken = failedFiles.filter(({ assertionResults }) =>
      assertionResults.every(({ status }) => status !== 'failed'),
    )
    console.log(report.numPassedTests, report.numFailedTests + broken.length)
  }
}
