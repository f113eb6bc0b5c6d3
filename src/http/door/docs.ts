/** The page at /docs that shows the HTTP API: Swagger UI from our own files, which asks nobody else for anything. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Door } from './route.ts'

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley: HTTP API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/show.js"></script>
</body>
</html>
`

const script = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true, tryItOutEnabled: true, persistAuthorization: false, validatorUrl: null })
`

/** Swagger UI sets styles on its elements and draws its icons as data; all else comes from here. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const guarded = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

export function docsRoutes(door: Door): void {
  const send = (text: string | Uint8Array<ArrayBuffer>, type: string, cache: string) =>
    new Response(text, {
      headers: { ...guarded, 'content-type': `${type}; charset=utf-8`, 'cache-control': cache },
    })
  door.get('/docs', () => send(page, 'text/html', 'no-cache'))
  door.get('/docs/show.js', () => send(script, 'text/javascript', 'no-cache'))
  door.get('/docs/swagger-ui.css', async () =>
    send(
      await fileAt(import.meta.resolve('swagger-ui-dist/swagger-ui.css')),
      'text/css',
      'max-age=86400',
    ),
  )
  door.get('/docs/swagger-ui-bundle.js', async () =>
    send(
      await fileAt(import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js')),
      'text/javascript',
      'max-age=86400',
    ),
  )
}

async function fileAt(address: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(fileURLToPath(address)))
}
