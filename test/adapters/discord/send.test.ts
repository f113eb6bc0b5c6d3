/** What Parley sends by itself: once, quietly, to who can be reached; and what each refusal means. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { discordAdapter } from '../../../adapters/discord/index.ts'
import { failureOf } from '../../../adapters/discord/send/failures.ts'
import { type DiscordStandIn, openDiscordStandIn } from '../../../sandbox/discord/server.ts'
import type { ChatAdapter, Inside, Reply } from '../../../src/chat/port/port.ts'
import { openLog } from '../../../src/log.ts'

let discord: DiscordStandIn
let adapter: ChatAdapter
let dir: string
const posting = 'POST /channels/:channel/messages'

type Settings = { botToken?: string; applicationId?: string; transport?: 'gateway' }

function open({ transport, ...settings }: Settings = {}): ChatAdapter {
  const inside: Inside = {
    handle: async () => ({ type: 'nothing' }),
    firstSight: async () => true,
    now: () => new Date(),
    log: openLog({ level: 'silent' }),
  }
  return discordAdapter(
    {
      ...(transport ? { transport } : { transport: 'http', publicKey: discord.publicKey }),
      apiUrl: discord.apiUrl,
      applicationId: discord.applicationId,
      botToken: discord.botToken,
      publicUrl: 'https://parley.example',
      ...settings,
    },
    inside,
  )
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'parley-send-'))
  discord = await openDiscordStandIn({ people: [{ name: 'Ana' }, { name: 'Ben' }] })
  adapter = open()
})
afterAll(async () => {
  await adapter.stop()
  await discord.close()
  rmSync(dir, { recursive: true, force: true })
})

const notice = (text: string): Reply => ({ type: 'notice', text })
const to = (name: string) =>
  ({ platform: 'discord', workspace: '', userId: discord.person(name).id }) as const
const into = (name: string) =>
  ({ platform: 'discord', workspace: '', channelId: discord.channel(name).id }) as const
const failed = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => failureOf(error),
  )

describe('happy', () => {
  test('a message to a person, and its update, are in their conversation', async () => {
    const sent = await adapter.send(to('Ana'), notice('Hello, Ana.'))
    expect(discord.person('Ana').messages('dm')).toEqual([expect.stringContaining('Hello, Ana.')])
    await adapter.repaint(sent, notice('Hello again.'))
    expect(discord.person('Ana').messages('dm')).toEqual([expect.stringContaining('Hello again.')])
    expect(discord.person('Ben').messages('dm')).toEqual([])
  })

  test('a message to a channel mentions nobody, whatever it says', async () => {
    await adapter.send(into('general'), notice(`@everyone <@${discord.person('Ben').id}> look`))
    expect(discord.person('Ben').messages('general').join()).toContain('look')
    expect(discord.person('Ben').pings()).toBe(0)
    const posted = discord.wire.filter(({ path }) => path.endsWith('/messages')).at(-1)
    expect(posted?.request).toMatchObject({ allowed_mentions: { parse: [] }, enforce_nonce: true })
  })

  test('a file arrives with its message, unchanged', async () => {
    const path = join(dir, 'prefs.jsonl')
    writeFileSync(path, '{"chosen":"é"}\n')
    await adapter.send(to('Ana'), { type: 'file', name: 'prefs.jsonl', path, text: 'Your file.' })
    const [file] = discord.person('Ana').files()
    expect(file).toMatchObject({ name: 'prefs.jsonl', text: '{"chosen":"é"}\n' })
  })

  test('in the recipient’s language, if known', async () => {
    await adapter.send(
      { ...to('Ben'), locale: 'de' },
      { type: 'welcome', welcome: { consentVersion: 1, datasets: [] } },
    )
    expect(discord.person('Ben').messages('dm').join()).toContain('[Los]')
  })

  test('what is awaited before the call is awaited, and nothing is sent when it fails', async () => {
    const before = discord.wire.length
    const attempt = {
      id: 'never',
      starting: async () => {
        throw new Error('not yet')
      },
    }
    await expect(adapter.send(into('general'), notice('never'), attempt)).rejects.toThrow('not yet')
    expect(discord.wire.slice(before).filter(({ path }) => path.endsWith('/messages'))).toEqual([])
  })
})

describe('twice', () => {
  test('a post whose response is lost is sent again with its nonce and appears once', async () => {
    discord.faults.next(posting, { dropAfterEffect: true })
    discord.faults.next(posting, { statusAfterEffect: 503 })
    await adapter.send(into('general'), notice('Only once.'))
    const seen = discord.person('Ana').messages('general')
    expect(seen.filter((message) => message.includes('Only once.'))).toHaveLength(1)
    const posts = discord.wire.filter(({ request }) =>
      JSON.stringify(request).includes('Only once'),
    )
    expect(posts).toHaveLength(3)
  })
})

describe('refused: what each failure means', () => {
  test('closed direct messages: this person is gone', async () => {
    discord.closeDms('Ben')
    expect(await failed(adapter.send(to('Ben'), notice('Hello?')))).toEqual({
      type: 'gone',
      reason: 'takes_no_direct_messages',
    })
  })

  test('a hidden channel, one without permission to write, a deleted one: gone', async () => {
    discord.channel('hidden')
    discord.forbid('hidden', ['VIEW_CHANNEL'])
    discord.channel('mute')
    discord.forbid('mute', ['SEND_MESSAGES'])
    const deleted = into('deleted')
    discord.deleteChannel('deleted')
    for (const [where, reason] of [
      [into('hidden'), 'missing_access'],
      [into('mute'), 'missing_permissions'],
      [deleted, 'unknown_channel'],
    ] as const)
      expect(await failed(adapter.send(where, notice('?')))).toEqual({ type: 'gone', reason })
  })

  test('a token Discord refuses ends everything', async () => {
    const other = open({ botToken: 'wrong' })
    expect(await failed(other.send(into('general'), notice('?')))).toEqual({
      type: 'dead',
      reason: 'token_refused',
    })
    expect(await other.check()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('DISCORD_BOT_TOKEN'),
    })
  })

  test('too many requests: later, at the moment Discord names', async () => {
    discord.faults.next(posting, { status: 429, retryAfter: 120 })
    expect(await failed(adapter.send(into('busy'), notice('?')))).toEqual({
      type: 'later',
      afterMs: 120_000,
    })
  })

  test.each([500, 502, 503])(
    '%i again and again: nobody knows whether it arrived',
    async (status) => {
      for (let attempt = 0; attempt < 3; attempt++) discord.faults.next(posting, { status })
      expect(await failed(adapter.send(into(`away ${status}`), notice('?')))).toEqual({
        type: 'unknown',
      })
    },
  )

  test('Discord cannot be reached at all: later', async () => {
    const away = await openDiscordStandIn()
    const other = discordAdapter(
      {
        transport: 'http',
        publicKey: away.publicKey,
        apiUrl: away.apiUrl,
        applicationId: away.applicationId,
        botToken: away.botToken,
        publicUrl: 'https://parley.example',
      },
      {
        handle: async () => ({ type: 'nothing' }),
        firstSight: async () => true,
        now: () => new Date(),
        log: openLog({ level: 'silent' }),
      },
    )
    await away.close()
    expect(await failed(other.send(into('general'), notice('?')))).toEqual({
      type: 'later',
      afterMs: null,
    })
  })

  test('a deleted message is gone: it is not updated again', async () => {
    const sent = await adapter.send(into('general'), notice('Soon gone.'))
    discord.deleteMessage('Soon gone.')
    expect(await failed(adapter.repaint(sent, notice('Never seen.')))).toEqual({
      type: 'gone',
      reason: 'unknown_message',
    })
  })
})

describe('happy: checking the connection to Discord', () => {
  test('it reports the application and the link that adds Parley to a server', async () => {
    const { ok, detail } = await open({ transport: 'gateway' }).check()
    expect(ok).toBe(true)
    expect(detail).toContain('Discord knows us as Parley, in 1 server.')
    expect(detail).toContain(`client_id=${discord.applicationId}`)
  })

  test('over HTTP it names the address to enter at Discord', async () => {
    expect(await open().check()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('https://parley.example/discord/interactions'),
    })
  })

  test('a token of another application is noticed', async () => {
    expect(await open({ applicationId: '123456789012345678' }).check()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('DISCORD_APPLICATION_ID'),
    })
  })
})
