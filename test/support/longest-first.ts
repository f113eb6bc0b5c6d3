/**
 * Starts the files first that take longest because they wait, for killed workers above all: others compute
 * meanwhile, and none of them is left over at the end. The rest goes as Vitest has it: by how long a file
 * took here before, on a first run by its size.
 */
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The longest first. */
const longest = [
  'test/journeys/crash.test.ts',
  'test/journeys/taken-over.test.ts',
  'test/journeys/killed.test.ts',
  'test/cli/generate.test.ts',
  'test/journeys/terminal.test.ts',
  'test/cli/stop.test.ts',
  'test/db/embedded.test.ts',
  'test/exports/round-trip.test.ts',
  'test/assignments/race.test.ts',
  'test/journeys/away.test.ts',
  'test/cli/export.test.ts',
  'test/quality/suggestions.test.ts',
  'test/generation/twice.test.ts',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files)
    const place = new Map(usual.map((file, at) => [file, at + longest.length]))
    for (const file of usual) {
      const known = longest.indexOf(relative(this.ctx.config.root, file.moduleId))
      if (known >= 0) place.set(file, known)
    }
    // A process that keeps what it loaded ends before a file that has one of its own: those begin.
    const isAlone = ({ project }: TestSpecification) => (project.config.isolate ? 0 : 1)
    const order = (file: TestSpecification) => place.get(file) ?? 0
    return usual.sort((a, b) => isAlone(a) - isAlone(b) || order(a) - order(b))
  }
}
