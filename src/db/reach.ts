/**
 * The way to the database: waits for one that is coming up, notices a pooler in between, and says in
 * one sentence what to do when it cannot be reached or used.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { codeOf, conflict, type ParleyError } from '../errors.ts'
import { withoutPassword } from '../secrets.ts'

export type Reach = {
  /**
   * Whether there is a pooler in between that may change the server connection from one transaction to
   * the next (PgBouncer in transaction mode): no session state can be relied on.
   */
  isPooled: boolean
}

/**
 * Connects once to look. `name` is the variable the address comes from; `waitMs` is how long a server
 * that does not accept connections yet is waited for.
 * @throws ParleyError `conflict` with the remedy.
 */
export async function reachDatabase(
  url: string,
  { name = 'DATABASE_URL', waitMs = 0, now = Date.now }: ReachOptions = {},
): Promise<Reach> {
  const until = now() + waitMs
  for (;;) {
    try {
      return await look(url, name)
    } catch (error) {
      if (!isComingUp(error) || now() >= until) throw asRemedy(error, url, name)
      await sleep(askAgainMs)
    }
  }
}

export type ReachOptions = { name?: string; waitMs?: number; now?: () => number }

const askAgainMs = 500
/** A setting of our own that only Postgres itself keeps for the session. */
const marker = 'parley.reached'

async function look(url: string, name: string): Promise<Reach> {
  const client = await connect(url)
  if (client === null) return { isPooled: true }
  try {
    const { rows } = await client.query<{ marked: string | null; lacks: boolean; base: string }>(
      `select current_setting('${marker}', true) as marked, current_database() as base,
         to_regnamespace('bullmq') is null
           and not has_database_privilege(current_database(), 'create') as lacks`,
    )
    const [row] = rows
    if (row?.lacks) throw mayNotCreate(client.user ?? 'parley', row.base, name)
    return { isPooled: row?.marked !== 'directly' }
  } finally {
    await client.end()
  }
}

/** Null where the pooler itself refuses what a session would keep. */
async function connect(url: string): Promise<pg.Client | null> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'parley-look',
    options: `-c ${marker}=directly`,
    connectionTimeoutMillis: 5_000,
  })
  // A server that goes away meanwhile rejects the query; the event besides would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => {})
    if (/unsupported startup parameter/.test(messageOf(error))) return null
    throw error
  }
}

function mayNotCreate(user: string, base: string, name: string): ParleyError {
  return conflict(
    `The user "${user}" of ${name} may not make schemas in the database "${base}". As its owner run: grant create on database "${base}" to "${user}"`,
  )
}

function isComingUp(error: unknown): boolean {
  return ['ECONNREFUSED', '57P03', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'].includes(codeOf(error))
}

/** What went wrong and what to do, by the codes of Postgres, Node and OpenSSL: over sixty lines, one case each. */
function asRemedy(error: unknown, url: string, name: string): unknown {
  const text = messageOf(error)
  const { hostname, port, username, pathname } = new URL(url)
  const where = `${decodeURIComponent(hostname) || 'localhost'}:${port || 5432}`
  const user = decodeURIComponent(username) || 'postgres'
  const base = decodeURIComponent(pathname.slice(1)) || user
  const refuse = (sentence: string) => conflict(sentence, error)
  if (/no encryption|SSL off/i.test(text))
    return refuse(
      `Postgres at ${where} takes encrypted connections only. Add ?sslmode=require to ${name}.`,
    )
  switch (codeOf(error)) {
    case '28P01':
      return refuse(
        `Postgres at ${where} refuses the password of "${user}". Put the right one into ${name}; characters such as @ / : # ? are written as %40 %2F %3A %23 %3F.`,
      )
    case '28000':
      return refuse(
        `Postgres at ${where} does not let "${user}" in (${text}). Check the user in ${name}, and pg_hba.conf on the server.`,
      )
    case '3D000':
      return refuse(
        `There is no database "${base}" at ${where}. Make it (createdb "${base}"), or name another in ${name}.`,
      )
    case '53300':
      return refuse(
        `Postgres at ${where} has no connection left. Raise max_connections, or end other programs; one Parley process holds up to 33.`,
      )
    case '57P03':
      return refuse(`Postgres at ${where} is still starting. Try again in a moment.`)
    case 'ECONNREFUSED':
      return refuse(
        `Nothing listens at ${where}. Start the server that ${name} names, or unset ${name} to use the embedded one.`,
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return refuse(`There is no host "${hostname}". Check ${name}.`)
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return refuse(
        `The certificate of Postgres at ${where} is signed by nobody this machine trusts. Add its authority to ${name} with ?sslrootcert=FILE (or to NODE_EXTRA_CA_CERTS); ?sslmode=no-verify accepts any certificate.`,
      )
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return refuse(
        `The certificate of Postgres is not for the name "${hostname}". Use the name it was made for in ${name}.`,
      )
    case 'CERT_HAS_EXPIRED':
      return refuse(`The certificate of Postgres at ${where} has expired. Renew it.`)
  }
  if (/does not support SSL/.test(text))
    return refuse(
      `Postgres at ${where} does not encrypt connections. Take sslmode out of ${name}, or switch ssl on there.`,
    )
  if (/timeout/i.test(text))
    return refuse(
      `Postgres at ${where} does not answer. Check the address in ${name}, and any firewall in between.`,
    )
  return error instanceof Error ? Object.assign(error, { message: withoutPassword(text) }) : error
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
