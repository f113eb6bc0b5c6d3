/** The OpenAPI document is right to an independent reader, and complete. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpApp } from '../../../src/http/app.ts'
import { startParley, type TestParley } from '../../support/parley.ts'

let at: TestParley
type Operation = {
  operationId?: string
  summary?: string
  security?: Record<string, string[]>[]
  responses: Record<string, { content?: Record<string, { schema: { $ref?: string } }> }>
}
let document: { openapi: string; paths: Record<string, Record<string, Operation>> }

beforeAll(async () => {
  at = await startParley()
  document = (await (
    await httpApp(at.parley, []).request('/openapi.json')
  ).json()) as typeof document
})
afterAll(() => at.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

describe('happy', () => {
  test('it is OpenAPI 3.1', async () => {
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true })
    expect(document.openapi).toBe('3.1.0')
  })

  test('every route under /v1 is in it, with its key, its errors and a name of its own', () => {
    const routes = httpApp(at.parley, [])
      .routes.filter(({ path, method }) => path.startsWith('/v1/') && method !== 'ALL')
      .map(({ path, method }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    const documented = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`)
    expect(documented.sort()).toEqual([...new Set(routes)].sort())
    const names = operations().map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const { path, operation } of operations()) {
      expect(operation.security, path).toEqual([{ key: expect.any(Array) }])
      expect(Object.keys(operation.responses)).toEqual(
        expect.arrayContaining(['401', '403', '429']),
      )
      for (const [status, { content }] of Object.entries(operation.responses))
        if (Number(status) >= 400)
          // OTLP has a shape of its own for refusals.
          expect(content?.['application/json']?.schema.$ref).toBe(
            `#/components/schemas/${path.startsWith('/v1/otlp/') ? 'OtlpStatus' : 'Error'}`,
          )
    }
  })

  test('the page that shows it asks nobody else', async () => {
    const app = httpApp(at.parley, [])
    const page = await app.request('/docs')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/)
    const html = await page.text()
    const asked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '')
    for (const address of asked.filter((one) => one.startsWith('/')))
      expect((await app.request(address)).status, address).toBe(200)
    expect(asked.filter((one) => !/^(\/docs\/|data:)/.test(one))).toEqual([])
  })
})
