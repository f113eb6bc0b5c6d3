/**
 * The Home tab and what opens from it: published when it is opened, after each press on it, and
 * lazily after work elsewhere. Nobody who never opened it has one, and nobody waits for it.
 */
import { randomUUID } from 'node:crypto'
import type { App } from '@slack/bolt'
import { LRUCache } from 'lru-cache'
import type { Inside, Interaction, Person, Reply } from '../../../src/chat/port/port.ts'
import { surfaceOf } from '../../../src/chat/port/surfaces.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { ParleyError } from '../../../src/errors.ts'
import { withAlert } from '../draw/alerts.ts'
import type { View } from '../draw/blocks.ts'
import {
  drawDone,
  drawForm,
  drawMessage,
  drawReader,
  drawWindow,
  withFewTaps,
} from '../draw/draw.ts'
import type { HowToAllow } from '../groups.ts'
import { writeMeta } from '../receive/ids.ts'
import { asSubmission, personOf } from '../receive/parse.ts'
import { inWorkspace, workspaceOf } from '../receive/workspace.ts'
import type { SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import type { Asked, Stage } from '../send/respond.ts'
import {
  drawExportForm,
  drawImportForm,
  readDatasetName,
  readExportForm,
  type readFormatChosen,
  readGivenFile,
  underFile,
} from './admin-forms.ts'
import { drawHome, drawHomeless } from './draw-home.ts'
import { cardWindowId, exportFormId, importFormId, shortcutId } from './ids.ts'

type Around = {
  outbox: SlackApi
  stage: Stage
  said: () => Words
  /** Whether a long answer may be given as a file here. */
  takesFiles: () => boolean
  howToAllow: HowToAllow
  log: Inside['log']
  handle: (interaction: Interaction) => Promise<Reply>
  /** Runs what comes after an answer, and tells the person when it fails. */
  after: (to: { by: Person }, work: () => Promise<unknown>) => Promise<void>
  /** How long after the last gesture elsewhere the tab is made anew. */
  laterMs?: number
}

export function openHomeTab(around: Around) {
  const { outbox, stage, said, takesFiles, howToAllow, log, handle, after } = around
  const { laterMs = 15_000 } = around
  // Only who opened the tab sees it; the next opening makes it anew for everybody else.
  const openedBy = new LRUCache<string, Person>({ max: 5000, ttl: 24 * 60 * 60_000 })
  const timers = new Map<string, NodeJS.Timeout>()
  const tails = new Map<string, Promise<void>>()
  const running = new Map<string, { run: Promise<void>; again: boolean }>()
  const keyOf = (by: Person) => `${by.workspace} ${by.userId}`

  const draw = async (by: Person, notice?: string): Promise<void> => {
    const reply = await handle({ by, type: 'home' })
    const view =
      reply.type === 'home'
        ? drawHome(reply.home, notice, said())
        : drawHomeless(reply.type === 'notice' ? reply.text : said().broken)
    await inWorkspace(by.workspace, () => outbox.publishHome(by.userId, view))
  }

  /** One after the other for each person: an older look never covers a newer one. */
  const publish = (by: Person, notice?: string): Promise<void> => {
    const key = keyOf(by)
    const before = tails.get(key) ?? Promise.resolve()
    const run = before.catch(() => {}).then(() => draw(by, notice))
    const tail = run.finally(() => {
      if (tails.get(key) === tail) tails.delete(key)
    })
    tail.catch(() => {})
    tails.set(key, tail)
    return run
  }

  /** What is asked for while it is being made comes once more after it. */
  const publishSoon = (by: Person): void => {
    const key = keyOf(by)
    clearTimeout(timers.get(key))
    timers.delete(key)
    const now = running.get(key)
    if (now) {
      now.again = true
      return
    }
    const run = publish(by)
      .catch((error: unknown) => {
        log.warn({ err: error, code: slackCode(error) }, 'A Home tab could not be shown.')
      })
      .finally(() => {
        const isStale = running.get(key)?.again ?? false
        running.delete(key)
        if (isStale) publishSoon(by)
      })
    running.set(key, { run, again: false })
  }

  const publishLater = (by: Person): void => {
    const key = keyOf(by)
    clearTimeout(timers.get(key))
    timers.set(key, setTimeout(() => publishSoon(by), laterMs).unref())
  }

  /** Opens what a press on the tab led to; words stand at the top of the tab itself. */
  const open = async (at: { by: Person; trigger: string }, reply: Reply, asked: Asked) => {
    const { by, trigger } = at
    switch (reply.type) {
      case 'nothing':
      case 'home':
        return
      case 'task':
      case 'form':
        return outbox.openView(trigger, drawTask(reply, takesFiles(), said()))
      case 'reader':
        return outbox.openView(trigger, drawReader(reply.reader, asked.part ?? null, 0, said()))
      case 'receipt':
        return outbox.openView(trigger, drawDone(reply.saved, reply.notice, null, said()))
      case 'export-form':
        return outbox.openView(trigger, drawExportForm(reply.form, said()))
      case 'import-form':
        return outbox.openView(
          trigger,
          (await mayReadFiles())
            ? drawImportForm(reply.dataset, said())
            : drawWindow(
                drawMessage(
                  { type: 'notice', text: said().importScope(await howToAllow(['files:read'])) },
                  said(),
                ),
                said().importFile,
                said(),
              ),
        )
      case 'file':
        await stage.sendHome(by, reply)
        return
      case 'notice':
        if (!reply.report) return publish(by, reply.text)
        // Counting may take longer than a window may be opened: then it comes as a message.
        return outbox
          .openView(trigger, drawWords(reply, said()))
          .catch(() => stage.sendHome(by, reply))
    }
    const surface = surfaceOf(reply)
    switch (surface) {
      case 'card':
      case 'message':
      case 'overview':
      case 'public':
      case 'notice':
        return outbox.openView(trigger, drawWords(reply, said()))
    }
    surface satisfies never
  }

  const mayReadFiles = async () => (await outbox.scopes()).includes('files:read')

  const listen = (app: App): void => {
    app.event('app_home_opened', async ({ event, body }) => {
      if (event.tab !== 'home') return
      const by: Person = { platform: 'slack', workspace: workspaceOf(body), userId: event.user }
      openedBy.set(keyOf(by), by)
      try {
        await publish(by)
      } catch (error) {
        // Slack sends the event again where that may help.
        if (error instanceof ParleyError && error.code === 'unavailable') throw error
        log.error({ err: error, code: slackCode(error) }, 'A Home tab could not be shown.')
      }
    })

    app.shortcut({ callback_id: shortcutId, type: 'shortcut' }, async ({ body, ack }) => {
      const by = personOf(body)
      const reply = await handle({ by, type: 'next' })
      await ack()
      await after({ by }, async () => {
        if (reply.type === 'task' || reply.type === 'welcome') await stage.sendHome(by, reply)
        else if (reply.type !== 'nothing')
          await outbox.openView(body.trigger_id, drawWords(reply, said()))
      })
    })

    app.view({ callback_id: exportFormId, type: 'view_submission' }, async ({ body, ack }) => {
      const submission = asSubmission(body)
      const by = personOf(submission)
      const asked = readExportForm(submission)
      const reply = await handle({ by, type: 'admin-export', ...asked, inForm: true })
      if (reply.type === 'problems') {
        const errors = placeOptions(submission, reply.problems)
        if (errors) return ack({ response_action: 'errors', errors })
        const why = Object.values(reply.problems).join(' ')
        return ack({ response_action: 'update', view: withAlert(submission, why) })
      }
      const message = drawMessage(reply.type === 'nothing' ? noWords : reply, said())
      return ack({
        response_action: 'update',
        view: drawWindow(message, said().exportFile, said()),
      })
    })

    app.view({ callback_id: importFormId, type: 'view_submission' }, async ({ body, ack }) => {
      const submission = asSubmission(body)
      const by = personOf(submission)
      // Whoever may not import is told so before anything is asked about a file.
      const may = await handle({
        by,
        type: 'admin-import-form',
        dataset: readDatasetName(submission),
      })
      if (may.type !== 'import-form')
        return ack({
          response_action: 'update',
          view: withAlert(submission, may.type === 'notice' ? may.text : said().broken),
        })
      const { dataset } = may
      const read = await readGivenFile(submission, outbox, howToAllow, said())
      if ('problem' in read)
        return ack({ response_action: 'errors', errors: underFile(read.problem) })
      const { file } = read
      const reply = await handle({ by, type: 'admin-import', dataset: dataset.name, file })
      const message = drawMessage(reply.type === 'nothing' ? noWords : reply, said())
      return ack({
        response_action: 'update',
        view: drawWindow(message, said().importFile, said()),
      })
    })
  }

  return {
    listen,

    /** The next card takes the place of the one that was answered in its window by a press. */
    async onCard(
      at: { by: Person; viewId: string; hash: string | undefined },
      reply: Reply & { type: 'task' },
    ): Promise<void> {
      try {
        await outbox.updateView(at.viewId, at.hash, drawTask(reply, takesFiles(), said()))
      } catch (error) {
        const code = slackCode(error)
        // A second press of one button changes nothing; a closed window sends the card home.
        if (code === 'not_found' || code === 'view_not_found') await stage.sendHome(at.by, reply)
        else if (code !== 'hash_conflict') throw error
      }
    },

    /** The form shows the options of the format that was chosen in it. */
    async onFormat(by: Person, chosen: NonNullable<ReturnType<typeof readFormatChosen>>) {
      const { dataset, format, viewId, hash } = chosen
      const reply = await handle({ by, type: 'admin-export-form', dataset })
      if (reply.type !== 'export-form') return
      try {
        await outbox.updateView(viewId, hash, drawExportForm(reply.form, said(), format))
      } catch (error) {
        // Whoever closed the form, or chose once more meanwhile, has what they asked for.
        const code = slackCode(error)
        if (code !== 'hash_conflict' && code !== 'not_found' && code !== 'view_not_found')
          throw error
      }
    },

    /** Shows what a press on the tab led to. */
    async onPress(at: { by: Person; trigger: string }, reply: Reply, asked: Asked): Promise<void> {
      openedBy.set(keyOf(at.by), at.by)
      await open(at, reply, asked)
      if (reply.type !== 'notice' && reply.type !== 'reader' && !reply.type.endsWith('-form'))
        publishSoon(at.by)
    },

    /** Hears every gesture: the tab follows the work at a distance, and at once when it is over. */
    heard({ by, type }: Interaction, reply: Reply): void {
      if (!changing.has(type) || !openedBy.has(keyOf(by))) return
      if (reply.type === 'receipt') publishSoon(by)
      else publishLater(by)
    },

    /** Waits for what is being published. */
    async settle(): Promise<void> {
      while (running.size > 0) await Promise.all([...running.values()].map(({ run }) => run))
    },
  }
}

/** A card that a press or taps answer stands in the window as it is; any other as its form. */
function drawTask(reply: Reply & { type: 'task' | 'form' }, takesFile: boolean, said: Words): View {
  const { card: given, type, ...above } = reply
  const card = withFewTaps(given)
  const { assignmentId, schemaVersion } = card
  const meta = { assignmentId, schemaVersion, nonce: randomUUID() }
  if (type === 'form' || (card.presses.length === 0 && !card.taps))
    return drawForm(card, meta, { ...above, takesFile }, said)
  return {
    ...drawWindow(drawMessage(reply, said), card.dataset.title, said),
    callback_id: cardWindowId,
    private_metadata: writeMeta(meta),
  }
}

/** Words in a window; what is chosen there begins in the same window. */
function drawWords(reply: Exclude<Reply, { type: 'nothing' }>, said: Words): View {
  const view = drawWindow(drawMessage(reply, said), said.appName, said)
  return reply.type === 'choices' ? { ...view, callback_id: cardWindowId } : view
}

/** Gestures after which the tab reads differently. */
const changing = new Set<Interaction['type']>([
  ...(['press', 'rank', 'submit', 'discard', 'undo', 'consent', 'claim-admin'] as const),
])

const noWords: Reply & { type: 'notice' } = { type: 'notice', text: '…' }

/** Each problem under the option it is about; null where one is about none that is shown. */
function placeOptions(
  { view }: ReturnType<typeof asSubmission>,
  problems: Readonly<Record<string, string>>,
): Record<string, string> | null {
  const blocks = (view.blocks ?? []).flatMap(({ type, block_id }) =>
    type === 'input' && block_id ? [block_id] : [],
  )
  return Object.keys(problems).every((name) => blocks.includes(name)) ? { ...problems } : null
}
