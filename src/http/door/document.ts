/** The OpenAPI document at /openapi.json, built when it is first asked for. */
import { createHash } from 'node:crypto'
import { scopeMeanings, scopes } from '../../keys/scopes.ts'
import type { Door } from './route.ts'
import { tagsIn } from './tags.ts'

export function documentRoute(door: Door): void {
  door.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'prl_…',
    description: [
      'A key made with `parley keys create NAME --scope …`, or PARLEY_API_KEY of the server. Scopes:',
      ...scopes.map((scope) => `- \`${scope}\`: ${scopeMeanings[scope]}`),
    ].join('\n'),
  })
  let made: { text: string; etag: string } | undefined
  door.get('/openapi.json', (c) => {
    made ??= build(door)
    const headers = { etag: made.etag, 'cache-control': 'no-cache' }
    if (tagsIn(c.req.header('if-none-match'))?.includes(made.etag))
      return c.body(null, 304, headers)
    return c.body(made.text, 200, { ...headers, 'content-type': 'application/json' })
  })
}

function build(door: Door): { text: string; etag: string } {
  const document = door.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version: '1',
      description:
        'Collects human feedback for language models where people already talk: records in, answers out. Every refusal has one shape (`Error`). A list with `next` is read page by page: give `cursor` the `next` of the page before.',
    },
    // Where it is served is where it is called.
    servers: [{ url: '/' }],
  })
  const text = JSON.stringify(document)
  return { text, etag: `"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"` }
}
