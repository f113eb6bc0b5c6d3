/** What a person in Slack sees of each reply: the real Bolt, the stand-in Slack, a scripted inside. */
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { objects } from '../../../sandbox/json.ts'
import type { Interaction, Receipt, Reply, TaskCard } from '../../../src/chat/port/port.ts'
import { words } from '../../../src/chat/words/words.ts'
import { conflict, unavailable } from '../../../src/errors.ts'
import { cardOf, preference } from './cards.ts'
import { callsOf, openStandIn, type Script } from './stage.ts'

const said = words(undefined)
let open: Awaited<ReturnType<typeof openStandIn>> | undefined

async function stage(script: Script, more: Parameters<typeof openStandIn>[1] = {}) {
  open = await openStandIn(script, more)
  return open
}

afterEach(async () => {
  const faults = open?.slack.faults.seen.filter(({ kind }) => kind === 'illegal_ack')
  await open?.close()
  open = undefined
  expect(faults ?? []).toEqual([])
})

const pair = (id: string, prompt: string, more: Partial<TaskCard> = {}) =>
  cardOf([preference], {
    texts: ['first text', 'second text'],
    assignmentId: id,
    passages: [{ name: 'prompt', title: 'Prompt', content: prompt }],
    ...more,
  })
const written = (id: string, prompt: string, more: Partial<TaskCard> = {}) =>
  cardOf([{ type: 'text', name: 'answer', title: 'Your answer' }], {
    assignmentId: id,
    passages: [{ name: 'prompt', title: 'Prompt', content: prompt }],
    ...more,
  })
const receipt = (id: string, summary: string): Receipt => ({
  assignmentId: id,
  dataset: { name: 'prefs', title: 'Prefs' },
  summary,
  canUndo: true,
  canEdit: true,
})
const task = (card: TaskCard): Reply => ({ type: 'task', card })

describe('happy: commands', () => {
  test('a card comes as a direct message; elsewhere a line only she sees points there', async () => {
    const { slack, ana, heard } = await stage(() => task(pair('1', 'Why blue?')))
    slack.channel('general', { members: ['Ana'] })
    await ana.command('/parley next prefs', { channel: 'general' })
    await ana.receives('Why blue?')
    await ana.receives(said.taskWaits)
    expect(heard[0]).toMatchObject({ type: 'next', dataset: 'prefs', by: { userId: ana.id } })
    expect(callsOf(slack, 'chat.postMessage')).toHaveLength(1)
  })

  test('in the conversation with Parley nothing points anywhere', async () => {
    const { ana } = await stage(() => task(pair('1', 'Why blue?')))
    await ana.command('/parley')
    await ana.receives('Why blue?')
    expect(ana.screen()).not.toContain(said.taskWaits)
  })

  test('an export with options is understood, typed with smart quotes', async () => {
    const { ana, heard } = await stage(() => ({ type: 'notice', text: 'Started.' }))
    await ana.command('/parley-admin export prefs preference pairs=all keep=“mean(x) >= 4”')
    await ana.receives('Started.')
    expect(heard[0]).toMatchObject({
      type: 'admin-export',
      dataset: 'prefs',
      format: 'preference',
      options: { pairs: 'all', keep: 'mean(x) >= 4' },
    })
  })

  test('a typing mistake is answered with what was meant', async () => {
    const { ana } = await stage(() => ({ type: 'notice', text: 'HELP' }))
    await ana.command('/parley hstory')
    await ana.receives('Did you mean “history”?')
    await ana.receives('HELP')
  })

  test('choices and Start: the ephemeral answer stays, the task goes to the direct message', async () => {
    const { ana, slack } = await stage((i) =>
      i.type === 'datasets'
        ? { type: 'choices', choices: [{ name: 'prefs', title: 'Prefs', left: 4, minutes: 1 }] }
        : task(pair('1', 'Why blue?')),
    )
    slack.channel('general', { members: ['Ana'] })
    await ana.command('/parley datasets', { channel: 'general' })
    await ana.receives('4 left')
    await ana.press('Start')
    await ana.receives('Why blue?')
    await ana.receives(said.taskWaits)
  })

  test('a newcomer’s Start remembers the dataset she asked for', async () => {
    const { ana, heard } = await stage((i) =>
      i.type === 'next'
        ? { type: 'welcome', welcome: { consentVersion: 3, datasets: [] } }
        : task(pair('1', 'Why blue?')),
    )
    await ana.command('/parley next prefs')
    await ana.receives(said.consentStored('slack'))
    await ana.press('Start')
    await ana.receives('Why blue?')
    expect(heard[1]).toMatchObject({ type: 'consent', version: 3, dataset: 'prefs' })
    expect(ana.messages().join('\n')).not.toContain(said.consentStored('slack'))
  })
})

describe('happy: first cards and older cards', () => {
  const welcome: Reply = { type: 'welcome', welcome: { consentVersion: 3, datasets: [] } }

  test('choices take the place of the card that asked to start', async () => {
    const { ana, adapter } = await stage((i) =>
      i.type === 'next'
        ? welcome
        : { type: 'choices', choices: [{ name: 'prefs', title: 'Prefs', left: 4, minutes: 1 }] },
    )
    await ana.command('/parley')
    await adapter.settled?.()
    await ana.press('Start')
    await adapter.settled?.()
    await ana.receives('4 left')
    expect(ana.messages().join('\n')).not.toContain(said.consentStored('slack'))
  })

  test('where a form opens, the task stands in its place behind the form', async () => {
    const { ana, adapter } = await stage((i) =>
      i.type === 'next' ? welcome : { type: 'form', card: written('1', 'Why blue?') },
    )
    await ana.command('/parley')
    await adapter.settled?.()
    await ana.press('Start')
    await adapter.settled?.()
    expect(ana.modal()?.text).toContain('Why blue?')
    expect(ana.messages().join('\n')).not.toContain(said.consentStored('slack'))
    expect(ana.messages().at(-1)).toContain('Why blue?')
  })

  test('a button that this version never drew is answered as an older message’s', async () => {
    const { ana, slack } = await stage(() => task(pair('1', 'Why blue?')))
    const text = { type: 'plain_text', text: 'Rate it' }
    const old = { type: 'button', text, action_id: 'rate-1', value: 'rate-1' }
    await fetch(new URL('chat.postMessage', slack.apiUrl), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${slack.botToken}`,
        'content-type': 'application/json; charset=utf-8',
      },
      body: JSON.stringify({
        channel: ana.id,
        text: 'Old',
        blocks: [{ type: 'actions', elements: [old] }],
      }),
    })
    expect(await ana.press('Rate it')).toEqual({ ok: true })
    await ana.receives(said.oldButton)
  })
})

describe('happy: one press', () => {
  const script: Script = (i) => {
    if (i.type === 'press')
      return { ...task(pair('2', 'Second?')), notice: 'Saved: A > B', undo: receipt('1', 'Saved') }
    if (i.type === 'undo') return { ...task(pair('1', 'First?')), notice: 'Taken back.' }
    if (i.type === 'discard')
      return {
        type: 'receipt',
        saved: receipt(i.assignmentId, 'Skipped'),
        notice: 'All done here.',
      }
    return task(pair('1', 'First?'))
  }

  test('the same message becomes the next card, with Undo, and costs no rate-limited call', async () => {
    const { ana, slack, heard } = await stage(script)
    await ana.command('/parley')
    await ana.receives('First?')
    await ana.press('A is better')
    await ana.receives('Second?')
    await ana.receives('Saved: A > B')
    expect(heard.at(-1)).toMatchObject({ assignmentId: '1', schemaVersion: 2, press: 0 })
    await ana.press('Undo')
    await ana.receives('Taken back.')
    expect(ana.messages()).toHaveLength(1)
    expect(callsOf(slack, 'chat.update')).toEqual([])
    expect(callsOf(slack, 'chat.postMessage')).toHaveLength(1)
  })

  test('a skip is one press, or one choice with its reason', async () => {
    const { ana, heard } = await stage(script)
    await ana.command('/parley')
    await ana.receives('First?')
    await ana.choose('Skip, because…', 'It is unsafe')
    await ana.receives('All done here.')
    expect(heard.at(-1)).toMatchObject({ type: 'discard', assignmentId: '1', reason: 'unsafe' })
  })

  test('a press that changes nothing leaves the screen as it is', async () => {
    const { ana, scripted, slack } = await stage(script)
    await ana.command('/parley')
    await ana.receives('First?')
    scripted.reply = () => ({ type: 'nothing' })
    const before = slack.wire.length
    await ana.press('A is better')
    expect(ana.screen()).toContain('First?')
    expect(slack.wire.slice(before).every((line) => line.direction === 'delivery')).toBe(true)
  })

  test('after half an hour the response_url is dead and the card is updated all the same', async () => {
    let now = Date.now()
    const { ana, slack, scripted } = await stage(script, { now: () => now })
    await ana.command('/parley')
    await ana.receives('First?')
    scripted.reply = (i) => {
      now += 31 * 60_000
      return script(i)
    }
    await ana.press('A is better')
    await ana.receives('Second?')
    expect(callsOf(slack, 'chat.update')).toHaveLength(1)
  })

  test('a card that can no longer be changed is posted again', async () => {
    let now = Date.now()
    const { ana, slack, scripted } = await stage(script, { now: () => now })
    await ana.command('/parley')
    await ana.receives('First?')
    scripted.reply = (i) => {
      now += 31 * 60_000
      return script(i)
    }
    slack.faults.next('chat.update', { error: 'message_not_found' })
    await ana.press('A is better')
    await ana.receives('Second?')
    expect(callsOf(slack, 'chat.postMessage')).toHaveLength(2)
  })
})

describe('happy: the form', () => {
  const prompts: Record<string, string> = { '1': 'First?', '2': 'Second?' }
  const script: Script = (i) => {
    const id = 'assignmentId' in i ? i.assignmentId : '1'
    if (i.type === 'open' || i.type === 'edit')
      return { type: 'form', card: written(id, prompts[id] ?? '') }
    if (i.type === 'submit' && id === '1')
      return {
        type: 'form',
        card: written('2', 'Second?'),
        notice: 'Saved: “one”',
        undo: receipt('1', 'Saved: “one”'),
      }
    if (i.type === 'submit')
      return { type: 'receipt', saved: receipt(id, 'Saved: “two”'), notice: 'All done here.' }
    if (i.type === 'undo')
      return {
        ...task(written(id, prompts[id] ?? '', { values: { answer: 'one' } })),
        notice: 'Taken back.',
      }
    return task(written('1', 'First?'))
  }

  async function openForm(more: Parameters<typeof openStandIn>[1] = {}) {
    const stand = await stage(script, more)
    await stand.ana.command('/parley')
    await stand.ana.receives('First?')
    await stand.ana.press('Answer')
    await stand.ana.receives('[Submit]')
    return stand
  }

  test('becomes the next task, and the card in the DM the receipt of the first', async () => {
    const { ana, heard, slack } = await openForm()
    await ana.fill('Your answer', 'one & <two>\n```ts\n1 < 2\n```')
    await ana.submit()
    expect(heard.at(-1)).toMatchObject({
      type: 'submit',
      assignmentId: '1',
      schemaVersion: 2,
      values: { answer: 'one & <two>\n```ts\n1 < 2\n```' },
    })
    expect(ana.modal()?.text).toContain('Second?')
    expect(ana.modal()?.text).toContain('Saved: “one”')
    await ana.fill('Your answer', 'two')
    await ana.submit()
    expect(ana.modal()?.text).toContain('All done here.')
    await ana.close()
    await ana.receives('Saved: “one”')
    expect(callsOf(slack, 'views.update')).toEqual([])
    expect(callsOf(slack, 'chat.update')).toEqual([])
  })

  test('what was typed for one task is not in the next', async () => {
    const { ana } = await openForm()
    await ana.fill('Your answer', 'one')
    await ana.submit()
    expect(JSON.stringify(ana.modal()?.view['state'])).not.toContain('one')
  })

  test('Undo in the window brings the answer back into it', async () => {
    const { ana } = await openForm()
    await ana.fill('Your answer', 'one')
    await ana.submit()
    await ana.press('Undo')
    await ana.receives('Taken back.')
    expect(JSON.stringify(ana.modal()?.view['state'])).toContain('"one"')
    await ana.close()
    await ana.receives('First?')
  })

  test('what is wrong with none of its fields is an alert above them, once, and nothing is lost', async () => {
    const { ana, scripted, slack } = await openForm()
    scripted.reply = (i: Interaction) =>
      i.type === 'submit'
        ? { type: 'problems', problems: { gone: 'Not asked any more. Say why it is gone.' } }
        : { type: 'form', card: written('1', 'First?') }
    await ana.fill('Your answer', 'kept')
    for (let times = 0; times < 2; times++) {
      await ana.submit()
      const alerts = objects(ana.modal()?.view['blocks'] ?? null).filter(
        ({ type }) => type === 'alert',
      )
      expect(alerts).toMatchObject([{ level: 'error', text: { type: 'plain_text' } }])
      expect(ana.modal()?.text).toContain('Not asked any more. Say why it is gone.')
    }
    expect(ana.errors()).toEqual({})
    expect(JSON.stringify(ana.modal()?.view['state'])).toContain('kept')
    expect(slack.faults.seen.filter(({ kind }) => kind === 'illegal_ack')).toEqual([])
  })

  test('what is wrong stands under its field and nothing is lost', async () => {
    const { ana, scripted } = await openForm()
    scripted.reply = () => ({
      type: 'problems',
      problems: { answer: 'Write at least 10 characters.' },
    })
    await ana.fill('Your answer', 'short')
    await ana.submit()
    expect(ana.errors()).toEqual({ 'Your answer': 'Write at least 10 characters.' })
    expect(JSON.stringify(ana.modal()?.view['state'])).toContain('short')
  })

  test('a refusal stands above the form; closing it gives back what was typed', async () => {
    const { ana, scripted } = await openForm()
    scripted.reply = () => ({ type: 'notice', text: 'The database cannot be reached right now.' })
    await ana.fill('Your answer', 'a long text')
    await ana.submit()
    expect(ana.modal()?.text).toContain('The database cannot be reached right now.')
    await ana.close()
    expect(JSON.stringify(ana.modal()?.view['state'])).toContain('a long text')
  })

  test('while the database is away a form says so above what was typed, and is taken once it is back', async () => {
    let isAway = false
    const firstSight = async () => {
      if (isAway) throw unavailable('The database')
      return true
    }
    const { ana, heard } = await openForm({ firstSight })
    await ana.fill('Your answer', 'kept')
    const before = heard.length
    isAway = true
    expect(await ana.submit()).toEqual({ ok: true })
    const [first] = objects(ana.modal()?.view['blocks'] ?? null)
    expect(first).toMatchObject({ type: 'alert', level: 'error' })
    expect(ana.errors()).toEqual({})
    expect(heard).toHaveLength(before)
    isAway = false
    await ana.submit()
    expect(heard.at(-1)).toMatchObject({ type: 'submit', values: { answer: 'kept' } })
    expect(ana.modal()?.text).toContain('Second?')
  })

  test('another process reads the form, asking what it was drawn from', async () => {
    const { ana, restart, heard } = await openForm()
    restart()
    await ana.fill('Your answer', 'one')
    await ana.submit()
    expect(heard.at(-1)).toMatchObject({ type: 'submit', values: { answer: 'one' } })
    expect(ana.modal()?.text).toContain('Second?')
  })

  test('a form whose task is gone says so above what was typed', async () => {
    const shown = async () => {
      throw conflict('This task is gone. Type /parley for the next one.')
    }
    const { ana, restart } = await openForm({ findShownForm: shown })
    restart()
    await ana.fill('Your answer', 'one')
    await ana.submit()
    expect(ana.modal()?.text).toContain('This task is gone. Type /parley for the next one.')
    await ana.close()
    expect(JSON.stringify(ana.modal()?.view['state'])).toContain('"one"')
  })

  test('blocks that Slack lost are asked for again, not taken as unanswered', async () => {
    const { ana, slack, heard } = await openForm()
    const view = ana.modal()?.view ?? {}
    const payload = {
      type: 'view_submission',
      team: { id: slack.teamId },
      user: { id: ana.id },
      view: { ...view, state: { values: { 'old:answer': { 'v1:input': { value: 'old' } } } } },
    }
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
    const sent = await slack.sendRaw(body, {
      ...slack.sign(body),
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(sent).toMatchObject({ outcome: 'answered', status: 200 })
    expect(JSON.stringify(sent)).toContain(said.lostInput)
    expect(heard.filter(({ type }) => type === 'submit')).toEqual([])
  })

  test('a window that Slack would not open any more says what to do', async () => {
    const { ana, slack } = await stage(script)
    await ana.command('/parley')
    await ana.receives('First?')
    slack.faults.next('views.open', { error: 'expired_trigger_id' })
    await ana.press('Answer')
    await ana.receives(said.pressAgain)
  })

  test('the guidelines and long texts open above the form, page by page', async () => {
    const { ana, scripted } = await openForm()
    const content = '漢'.repeat(40_000)
    scripted.reply = (i: Interaction) =>
      i.type === 'guidelines'
        ? {
            type: 'reader',
            reader: { assignmentId: '1', title: 'Guidelines', content: 'Be fair.' },
          }
        : { type: 'reader', reader: { assignmentId: '1', title: 'Prompt', content } }
    await ana.press('Guidelines')
    await ana.receives('Be fair.')
    await ana.close()
    scripted.reply = (i) =>
      i.type === 'read'
        ? { type: 'reader', reader: { assignmentId: '1', title: 'Prompt', content } }
        : { type: 'form', card: written('1', content) }
    await ana.close()
    await ana.press('Answer')
    await ana.receives('[Read all of Prompt]')
    await ana.press('Read all of Prompt')
    await ana.receives('Page 1 of 2')
    await ana.press('Next page')
    await ana.receives('Page 2 of 2')
    await ana.press('Previous')
    await ana.receives('Page 1 of 2')
  })
})

describe('refused', () => {
  test('an inside that breaks is answered with words, not with Slack’s error', async () => {
    const { ana, logged } = await stage(() => {
      throw new Error('a bug')
    })
    expect(await ana.command('/parley')).toEqual({ ok: true })
    await ana.receives(said.broken)
    expect(logged).toHaveLength(1)
  })

  test('a person Slack will not let us write to reads why', async () => {
    const { ana, slack } = await stage(() => task(pair('1', 'Why blue?')))
    slack.faults.next('chat.postMessage', { error: 'messages_tab_disabled' })
    await ana.command('/parley')
    await ana.receives('Slack does not let Parley write to this person or channel.')
  })

  test('what is sent to nobody is a refusal of ours, what is down is unavailable', async () => {
    const { adapter, slack } = await stage(() => ({ type: 'nothing' }))
    const to = { platform: 'slack' as const, workspace: slack.teamId, userId: 'U0NOBODY' }
    const reply: Reply = { type: 'notice', text: 'Hello' }
    await expect(adapter.send(to, reply)).rejects.toMatchObject({ code: 'forbidden' })
    slack.faults.next('chat.postMessage', { status: 500 })
    await expect(adapter.send(to, reply)).rejects.toMatchObject({ code: 'unavailable' })
    slack.faults.next('chat.postMessage', { status: 429, retryAfter: 70 })
    await expect(adapter.send(to, reply)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('happy: unprompted messages', () => {
  test('a message can be repainted, and a file comes after its words', async () => {
    const { adapter, slack, ana } = await stage(() => ({ type: 'nothing' }))
    const to = { platform: 'slack' as const, workspace: slack.teamId, userId: ana.id }
    const delivered = await adapter.send(to, { type: 'notice', text: 'Exporting: 10 %' })
    await ana.receives('Exporting: 10 %')
    await adapter.repaint(delivered, { type: 'notice', text: 'Exporting: 90 %' })
    await ana.receives('Exporting: 90 %')
    const path = join(await mkdtemp(join(tmpdir(), 'parley-slack-')), 'prefs.jsonl')
    await writeFile(path, '{"prompt":"漢"}\n')
    await adapter.send(to, { type: 'file', name: 'prefs.jsonl', path, text: '1 row.' })
    await ana.receives('1 row.')
    expect(ana.files().map(({ name, text }) => ({ name, text }))).toEqual([
      { name: 'prefs.jsonl', text: '{"prompt":"漢"}\n' },
    ])
  })

  test('check says who Slack knows us as, or what it refuses', async () => {
    const { adapter, slack } = await stage(() => ({ type: 'nothing' }))
    expect(await adapter.check()).toMatchObject({ ok: true })
    slack.faults.next('auth.test', { error: 'invalid_auth' })
    expect(await adapter.check()).toMatchObject({ ok: false })
  })
})

describe('twice', () => {
  const skipping: Script = (i) =>
    i.type === 'discard'
      ? { ...task(written('2', 'Second?')), notice: 'Skipped', undo: receipt('1', 'Skipped') }
      : i.type === 'open'
        ? { type: 'form', card: written('1', 'First?') }
        : task(written('1', 'First?'))

  test('Skip pressed twice in a window shows the next task once, and no apology', async () => {
    const { ana, slack, logged } = await stage(skipping)
    await ana.command('/parley')
    await ana.receives('First?')
    await ana.press('Answer')
    await ana.receives('[Submit]')
    slack.faults.next('views.update', { error: 'hash_conflict' })
    await Promise.all([ana.press('Skip'), ana.press('Skip')])
    await ana.receives('Second?')
    expect(logged).toEqual([])
  })

  test('a window closed before its next task came: the task waits in the conversation', async () => {
    const { ana, slack } = await stage(skipping)
    await ana.command('/parley')
    await ana.receives('First?')
    await ana.press('Answer')
    await ana.receives('[Submit]')
    slack.faults.next('views.update', { error: 'not_found' })
    await ana.press('Skip')
    await ana.close()
    await ana.receives('Second?')
  })

  test('two quick presses are two gestures; the inside decides that the second changes nothing', async () => {
    let pressed = 0
    const { ana, heard } = await stage((i) => {
      if (i.type !== 'press') return task(pair('1', 'First?'))
      return pressed++ === 0 ? task(pair('2', 'Second?')) : { type: 'nothing' }
    })
    await ana.command('/parley')
    await ana.receives('First?')
    await Promise.all([ana.press('A is better'), ana.press('A is better')])
    await ana.receives('Second?')
    expect(heard.filter(({ type }) => type === 'press')).toHaveLength(2)
  })
})
