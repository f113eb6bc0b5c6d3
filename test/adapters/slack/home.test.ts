/** The Home tab: legal whatever is in it, there whatever fails, made anew at a distance from the work. */
import { webApi } from '@slack/bolt'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { drawHome, drawHomeless, type HomeView } from '../../../adapters/slack/home/draw-home.ts'
import { drawExportForm } from '../../../adapters/slack/home/export-form.ts'
import { homeId, parseHomeId } from '../../../adapters/slack/home/ids.ts'
import { drawImportForm } from '../../../adapters/slack/home/import-form.ts'
import { openHomeTab } from '../../../adapters/slack/home/tab.ts'
import { respondToHomePress } from '../../../adapters/slack/respond/to-home-press.ts'
import { openSlackApi } from '../../../adapters/slack/send/api.ts'
import { clientOptions } from '../../../adapters/slack/send/client.ts'
import { inWorkspace } from '../../../adapters/slack/workspace/current.ts'
import { openSlackStandIn } from '../../../sandbox/slack/server.ts'
import { judgeView } from '../../../sandbox/slack/views.ts'
import type { Home, Interaction, Reply } from '../../../src/chat/port/port.ts'
import { words } from '../../../src/chat/words/words.ts'
import { unavailable } from '../../../src/errors.ts'
import { anyText } from './cards.ts'
import { faultsOfView } from './legal.ts'
import { callsOf, openStandIn } from './stage.ts'

const said = words(undefined)
const bare: Home = {
  welcome: null,
  notice: null,
  resume: null,
  waiting: [],
  recent: [],
  admin: null,
  help: '/parley: the next task',
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function faultsOfHome(view: HomeView): string[] {
  const judged = judgeView(JSON.parse(JSON.stringify(view)), ['home'])
  const stray = /<[!@#]/.test(JSON.stringify(view.blocks)) ? ['markup that Slack would act on'] : []
  return [...(judged.ok ? [] : [judged.error, ...judged.messages]), ...stray]
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let left = 200; !holds(); left--) {
    if (left === 0) throw new Error(`${what} did not happen.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('happy: what is drawn', () => {
  test('is legal with the most there can be of everything, whatever the texts', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,199}$/)
    const title = anyText.map((text) => text.slice(0, 500) || 'T')
    const filled = fc.record({ name, title, text: anyText, number: fc.nat(2_000_000) })
    fc.assert(
      fc.property(filled, ({ name, title, text, number }) => {
        const dataset = { name, title }
        const home: Home = {
          welcome: null,
          notice: text,
          resume: dataset,
          waiting: Array.from({ length: 30 }, () => ({
            ...dataset,
            left: number,
            minutes: number / 7,
            guidelines: number,
          })),
          recent: Array.from({ length: 10 }, () => ({
            assignmentId: '1-2',
            dataset,
            summary: text,
            canUndo: true,
            canEdit: true,
            at: new Date(0),
          })),
          admin: {
            datasets: Array.from({ length: 10 }, () => ({
              ...dataset,
              status: 'paused' as const,
              progress: text,
            })),
            more: 3,
          },
          help: text,
        }
        expect(faultsOfHome(drawHome(home, text, said))).toEqual([])
        const welcome = { consentVersion: 1, datasets: home.waiting }
        expect(faultsOfHome(drawHome({ ...home, welcome }, undefined, said))).toEqual([])
        expect(faultsOfHome(drawHomeless(text))).toEqual([])
        const options = [
          { name: 'pairs', values: ['all', 'adjacent'], usual: 'all' },
          { name: 'since', values: null, usual: null },
        ]
        const formats = [{ name: 'raw', about: text, options }]
        for (const chosen of [undefined, 'raw'])
          expect(faultsOfView(drawExportForm({ dataset, formats }, said, chosen))).toEqual([])
        expect(faultsOfView(drawImportForm(dataset, said))).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  test('every button of the panel is read back, names with dashes and digits too', () => {
    const types = {
      guidelines: 'dataset-guidelines',
      preview: 'admin-preview',
      publish: 'admin-publish',
      pause: 'admin-pause',
      export: 'admin-export-form',
      import: 'admin-import-form',
    } as const
    for (const verb of Object.keys(types) as (keyof typeof types)[])
      expect(parseHomeId(homeId(verb, 'my_set-2'))).toEqual({
        type: types[verb],
        dataset: 'my_set-2',
      })
    for (const id of ['v2:home:pause:x', 'v1:home:toString:x', 'v1:next:x', ''])
      expect(parseHomeId(id)).toBeNull()
  })
})

describe('happy: when it is made', () => {
  async function openAlone(script: (interaction: Interaction) => Reply) {
    const slack = await openSlackStandIn({ people: [{ name: 'Ana' }, { name: 'Ben' }] })
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    const client = new webApi.WebClient(slack.botToken, clientOptions(slack.apiUrl, log))
    const api = openSlackApi(async () => client)
    const home = openHomeTab({
      ...{ api, log, laterMs: 60 },
      handle: async (interaction) => script(interaction),
    })
    const responder = {
      ...{ api, log, home },
      howToAllow: async () => said.allowInSettings,
      takesFiles: () => false,
      trackMessage: () => {},
    }
    closing.push(() => slack.close())
    const by = {
      platform: 'slack' as const,
      workspace: slack.teamId,
      userId: slack.person('Ana').id,
    }
    const published = () => callsOf(slack, 'views.publish').length
    const press = (reply: Reply) =>
      inWorkspace(by.workspace, () => respondToHomePress(responder, { by, trigger: '' }, reply, {}))
    return { slack, home, by, published, press }
  }
  const notice: Reply = { type: 'notice', text: 'Done.' }
  const receipt: Reply = {
    type: 'receipt',
    saved: {
      assignmentId: '1-1',
      dataset: { name: 'a', title: 'A' },
      summary: 'Saved: A > B',
      canUndo: true,
      canEdit: true,
    },
  }

  test('many answers redraw it once, a while after the last; the end of a session at once', async () => {
    const { home, by, published, press } = await openAlone(() => ({ type: 'home', home: bare }))
    await press(notice)
    expect(published()).toBe(1)
    const answer = { by, type: 'press', assignmentId: '1-1', schemaVersion: 1, press: 0 } as const
    for (let i = 0; i < 20; i++) home.follow(answer, { type: 'nothing' })
    expect(published()).toBe(1)
    await until(() => published() === 2, 'A second publishing')
    home.follow(answer, receipt)
    await home.settle()
    expect(published()).toBe(3)
  })

  test('nobody who never opened it gets one, and looking around changes nothing', async () => {
    const { home, by, published } = await openAlone(() => ({ type: 'home', home: bare }))
    home.follow({ by, type: 'undo', assignmentId: '1-1' }, receipt)
    home.follow({ by, type: 'history' }, notice)
    await home.settle()
    expect(published()).toBe(0)
  })
})

describe('refused', () => {
  test('when Home cannot be made up, it says so and how to go on', async () => {
    const { slack, ana, adapter, scripted, close } = await openStandIn(() => {
      throw new Error('a bug')
    })
    closing.push(close)
    await ana.openHome()
    expect(ana.screen()).toContain('Something broke on our side.')
    scripted.reply = () => ({ type: 'home', home: { ...bare, notice: 'Nothing waits.' } })
    await ana.openHome()
    await adapter.settled?.()
    expect(ana.screen()).toContain('Nothing waits.')
    expect(ana.messages()).toEqual([])
    await ana.openMessages()
    expect(callsOf(slack, 'views.publish')).toHaveLength(2)
  })

  test('when Slack stumbles, the event comes again and the tab is there', async () => {
    const { slack, ana, close } = await openStandIn(() => ({ type: 'home', home: bare }))
    closing.push(close)
    slack.faults.next('views.publish', { status: 503 })
    await ana.openHome()
    await slack.retries.flush()
    expect(ana.screen()).toContain('Your Parley')
  })

  test('a refused press is reported at the top of the tab', async () => {
    const { ana, adapter, scripted, close } = await openStandIn(() => ({
      type: 'home',
      home: { ...bare, waiting: [{ name: 'a', title: 'A', left: 2, minutes: 1, guidelines: 2 }] },
    }))
    closing.push(close)
    await ana.openHome()
    expect(ana.screen()).toContain('2 left · about 1 min each')
    expect(ana.screen()).toContain('[Guidelines (version 2)]')
    const home = scripted.reply
    scripted.reply = (interaction) => {
      if (interaction.type === 'home') return home(interaction)
      return { type: 'notice', text: unavailable('the database').message }
    }
    await ana.press('Start')
    await adapter.settled?.()
    expect(ana.screen()).toContain('The database cannot be reached right now.')
    expect(ana.screen()).toContain('2 left')
  })
})
