/** Loaded before a program (`--import`): says on stderr how many modules it loaded, and of which packages. */
import { registerHooks } from 'node:module'

const loaded: string[] = []
registerHooks({
  load: (url, context, next) => {
    if (!url.startsWith('node:')) loaded.push(url)
    return next(url, context)
  },
})
process.on('exit', () => {
  const packages = loaded.flatMap(
    (url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [],
  )
  process.stderr.write(
    `\nmodules: ${loaded.length}\npackages: ${[...new Set(packages)].sort().join(' ')}\n`,
  )
})
