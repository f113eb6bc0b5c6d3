/**
 * A Postgres that goes quiet: it stands before the real one, and holds back what comes after so many
 * bytes, or breaks all connections.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export type QuietPostgres = {
  /** Stands before this database from now on; returns the address to use instead. */
  before(url: string): string
  /** Each connection gives so many bytes more and then none, until it is released. */
  hold(bytes: number): void
  release(): void
  /** Breaks every connection there is; new ones are let through. */
  cut(): void
  close(): void
}

export async function openQuietPostgres(): Promise<QuietPostgres> {
  let target = { host: '127.0.0.1', port: 0 }
  let most = Number.POSITIVE_INFINITY
  const wires = new Set<Wire>()
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host)
    const wire: Wire = { client, upstream, given: 0, kept: [] }
    wires.add(wire)
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      wire.given += chunk.length
      if (wire.given <= most) client.write(chunk)
      else wire.kept.push(chunk)
    })
    const end = () => {
      wires.delete(wire)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    before: (url) => {
      const own = new URL(url)
      target = { host: own.hostname, port: Number(own.port) }
      own.host = `127.0.0.1:${Object(server.address()).port}`
      return own.href
    },
    hold: (bytes) => {
      most = bytes
      for (const wire of wires) wire.given = 0
    },
    release: () => {
      most = Number.POSITIVE_INFINITY
      for (const { client, kept } of wires) for (const chunk of kept.splice(0)) client.write(chunk)
    },
    cut: () => {
      for (const { client, upstream } of wires) for (const one of [client, upstream]) one.destroy()
    },
    close: () => {
      server.close()
      for (const { client } of wires) client.destroy()
    },
  }
}

type Wire = { client: Socket; upstream: Socket; given: number; kept: Buffer[] }
