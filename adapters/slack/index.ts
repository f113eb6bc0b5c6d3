/**
 * Slack as a ChatAdapter. Each of Bolt's listeners is parse, handle, draw, ack: what a person did is
 * durable before Slack hears that it arrived.
 */
import { App, type AppOptions, type Receiver, webApi } from '@slack/bolt'
import { LRUCache } from 'lru-cache'
import type {
  Channel,
  ChatAdapter,
  Delivered,
  Inside,
  Interaction,
  Person,
  Reply,
  ShownForm,
  TaskCard,
} from '../../src/chat/port/port.ts'
import { postReadingId } from '../../src/chat/port/port.ts'
import type { Time } from '../../src/chat/time.ts'
import { inLocale, localeNow, spoken } from '../../src/chat/words/words.ts'
import type { SlackConfig } from '../../src/config.ts'
import { asParleyError, ParleyError } from '../../src/errors.ts'
import { withAlert } from './draw/alerts.ts'
import type { View } from './draw/blocks.ts'
import { drawMessage, drawText } from './draw/draw.ts'
import { inputId, searchOptions } from './draw/questions.ts'
import { drawSkipForm, readSkipForm, readSkipWhy, skipFormId } from './draw/skip-form.ts'
import { unsupportedBySlack } from './draw/unsupported.ts'
import { openGroups } from './groups.ts'
import { openGivenFile, readFormatChosen } from './home/admin-forms.ts'
import { openHomeTab } from './home/home.ts'
import { cardWindowId } from './home/ids.ts'
import { type OptionalScope, openInstalls } from './install/installations.ts'
import { openScopes } from './install/scopes.ts'
import { budgets } from './limits.ts'
import { fileQuestion, readAnswerFile } from './receive/answer-file.ts'
import { personOf, speaking } from './receive/asker.ts'
import { type Entered, openDrafts, readEntered } from './receive/drafts.ts'
import { formId, type Meta, questionOf, readMeta } from './receive/ids.ts'
import {
  asMessageShortcut,
  clickOfShortcut,
  readOwnMessage,
  useMessageId,
} from './receive/own-message.ts'
import {
  type ActionBody,
  asAction,
  asCommand,
  asSearch,
  asSubmission,
  asView,
  isAboutHidden,
  parseAction,
  parseCommand,
  parseForm,
  parseSubmission,
  placeProblems,
  type SearchBody,
  type SubmissionBody,
  type ViewBody,
} from './receive/parse.ts'
import { openProfiles } from './receive/profile.ts'
import { type Dispatch, HonoReceiver, isLate, openDispatch } from './receive/receiver.ts'
import { socketReceiver } from './receive/socket.ts'
import { eachInWorkspace, here, inWorkspace, workspaceOf } from './receive/workspace.ts'
import { openSlackApi, type Schedule, type Sent } from './send/api.ts'
import type { Urgency } from './send/buckets.ts'
import { clientOptions, sdkLogger } from './send/client.ts'
import { failureOf, refusesFile, retryAfterMs, slackCode } from './send/failures.ts'
import { openLanes } from './send/lanes.ts'
import { type Asked, type Click, openStage, type SubmissionAnswer } from './send/respond.ts'
import { respond } from './send/response-url.ts'

export type SlackSettings = SlackConfig & { publicUrl: string }

/** `time` is the lanes' clock; the bench runs it faster. */
export function slackAdapter(
  settings: SlackSettings,
  inside: Inside,
  options: { time?: Time } = {},
): ChatAdapter {
  const { log } = inside
  const doors = openDoors(settings, inside)
  const lanes = openLanes({ retryAfterMs, ...options })
  const go = (urgency: Urgency): Schedule => {
    return async (call, work) => {
      const workspace = here()
      const since = inside.now()
      try {
        return await lanes.of(workspace)({ ...call, urgency }, work)
      } catch (error) {
        const failure = failureOf(error)
        if (failure.type === 'dead') await leave(workspace, failure.reason, since)
        throw error
      }
    }
  }
  /** No call after this one goes there; what that means is for the inside to say. */
  const leave = async (workspace: string, reason: string, at: Date) => {
    doors.forget(workspace)
    await inside.left?.(workspace, reason, at).catch((error: unknown) => {
      log.error({ err: error, workspace, reason }, 'It could not be noted that Parley was removed.')
    })
  }
  const api = openSlackApi(doors.connect, go('interactive'))
  const background = openSlackApi(doors.connect, go('background'))
  const scopes = openScopes(api, inside)
  const takesFiles = () => scopes.has('files:read')
  const note = ({ channel, ts }: Sent, reply: Reply, isLost?: boolean) => {
    const at = { platform: 'slack', workspace: here(), channel, message: ts } as const
    inside.note?.({ ...at, locale: localeNow() }, reply, isLost)
  }
  const stage = openStage(api, spoken, takesFiles, note)
  const forms = openForms(inside)
  const seen = async (id: string) => (await inside.seen?.(id)) ?? false
  const onFailed = (error: unknown) => log.error({ err: error }, 'A request from Slack failed.')
  const { firstSight } = inside
  /** Whoever made the gesture is answered in their language, whatever it leads to. */
  const inTongue = async <Result>(body: Record<string, unknown>, work: () => Promise<Result>) => {
    const person = personOf(body, here())
    const locale = person ? await inside.localeOf?.(person) : undefined
    return inLocale(locale, work)
  }
  const { dispatch: run, settled } = openDispatch({ late: lateAnswer, firstSight, onFailed })
  const dispatch: Dispatch = (bolt, body, retry) => inTongue(body, () => run(bolt, body, retry))
  const http =
    settings.mode === 'socket'
      ? null
      : new HonoReceiver({
          signingSecret: settings.signingSecret,
          now: inside.now,
          firstSight,
          seen,
          dispatch,
          away: (body, error) => inTongue(body, () => awayAnswer(body, error)),
          onRefused: (reason) =>
            log.warn({ reason }, 'A request to the address for Slack was refused.'),
          onFailed,
        })
  const socket =
    settings.mode === 'socket'
      ? socketReceiver({ ...settings, log, firstSight, seen, dispatch })
      : null
  const app = new App({
    ...receivedBy(http ?? socket),
    // Given here, so that nothing is asked of Slack before the first gesture.
    authorize: async () => ({ botToken: await doors.tokenOf(here()) }),
    clientOptions: clientOptions(settings.apiUrl, log),
    convoStore: false,
    logger: sdkLogger(log),
  })
  app.event('app_uninstalled', ({ body }) => leave(here(), 'uninstalled', sentAt(body)))
  app.event('tokens_revoked', async ({ body, event }) => {
    if (event.tokens.bot?.length) await leave(here(), 'token_revoked', sentAt(body))
  })
  // Without it Bolt only logs a failure: the receiver must see it to answer 500.
  app.error(async (error) => {
    throw error
  })

  const handle = async (interaction: Interaction): Promise<Reply> => {
    const reply = await hear(interaction)
    const isCard = reply.type === 'task' || reply.type === 'form'
    if (isCard && fileQuestion(reply.card.questions) !== null) await scopes.learn()
    return reply
  }

  /** As handle, for what is not going to be shown. */
  const hear = async (interaction: Interaction): Promise<Reply> => {
    try {
      const reply = await inside.handle({ ...interaction, by: speaking(interaction.by) })
      home.heard(interaction, reply)
      if (reply.type === 'task' || reply.type === 'form') forms.remember(interaction.by, reply.card)
      return reply
    } catch (error) {
      log.error({ err: error, gesture: interaction.type }, 'A gesture failed.')
      return { type: 'notice', text: spoken().broken }
    }
  }

  /** What comes after the answer: its failure is told to the person, who already saw a success. */
  const after = async (
    to: { by: Person; responseUrl?: string | undefined },
    work: () => Promise<unknown>,
  ) => {
    try {
      await work()
    } catch (error) {
      log.error({ err: error, code: slackCode(error) }, 'Slack did not take what was drawn.')
      await stage.apologize(to, error).catch((failed: unknown) => {
        log.error({ err: failed }, 'Slack did not take the apology either.')
      })
    }
  }

  const home = openHomeTab({
    ...{ outbox: api, stage, takesFiles, log, handle, after },
    said: spoken,
    howToAllow: doors.howToAllow,
  })
  home.listen(app)

  /** Shows what a press led to, where it was made. */
  const show = (action: ActionBody, reply: Reply, asked: Asked) => {
    const place = placeOf(action)
    if (action.view?.type === 'home')
      return after(place, () =>
        home.onPress({ by: place.by, trigger: action.trigger_id }, reply, asked),
      )
    const { id, hash, callback_id } = action.view ?? {}
    if (id && callback_id === cardWindowId && reply.type === 'task')
      return after(place, () => home.onCard({ by: place.by, viewId: id, hash }, reply))
    return after(place, () =>
      action.view?.id
        ? stage.onInner(
            {
              by: place.by,
              trigger: action.trigger_id,
              viewId: action.view.id,
              hash: action.view.hash,
              meta: readMeta(action.view.private_metadata ?? ''),
            },
            reply,
            asked,
          )
        : stage.onClick(clickOf(place.by, action), reply, asked),
    )
  }

  const awayAnswer = async (body: Record<string, unknown>, error: unknown): Promise<unknown> => {
    const text = asParleyError(error)?.messageIn(localeNow()) ?? spoken().broken
    if (typeof body['command'] === 'string')
      return { ...drawText(text), response_type: 'ephemeral' }
    if (body['type'] === 'view_submission') return aboveForm(asSubmission(body), text)
    if (body['type'] === 'block_actions') await show(asAction(body), notice(text), {})
    return undefined
  }

  app.command(/^\/parley/, async ({ body, ack, context }) => {
    const typed = asCommand(body)
    const command = parseCommand(typed, spoken())
    if (!('gesture' in command)) {
      const help = command.help ? await handle(command.help) : null
      const more = help?.type === 'notice' ? `\n\n${help.text}` : ''
      return ack({ ...drawText(`${command.say}${more}`), response_type: 'ephemeral' })
    }
    const { gesture } = command
    const where = {
      by: gesture.by,
      trigger: typed.trigger_id,
      responseUrl: typed.response_url,
      channel: typed.channel_id,
      ...wishOf(gesture),
    }
    const answer = stage.onCommand(where, await handle(gesture))
    await ack(answer.ack)
    await after(where, async () => {
      await answer.later?.()
      if (answer.ack && isLate(context)) await respond(typed.response_url, answer.ack)
    })
  })

  const drafts = openDrafts({
    find: (by, meta) => forms.find(by, meta, hear),
    handle,
    redraw: (body, _, meta, card) => stage.redraw(body, meta, card),
  })
  /** A draft is the person's insurance: that one could not be kept is nothing to interrupt them for. */
  const keepDraft = async (entered: Entered) => {
    try {
      await drafts.keep(entered)
    } catch (error) {
      log.warn({ err: error, code: slackCode(error) }, 'A draft could not be kept.')
    }
  }

  app.view({ callback_id: formId, type: 'view_closed' }, async ({ body, ack }) => {
    await keepDraft({ body: asSubmission(body), block: null })
    await ack()
  })

  // Buttons of any version: what cannot be read is told, and is never Slack's own error.
  app.action(/^/, async ({ body, ack }) => {
    const action = asAction(body)
    const format = readFormatChosen(body)
    if (format) {
      await ack()
      return home.onFormat(placeOf(action).by, format)
    }
    const entered = readEntered(action)
    if (entered) {
      await ack()
      return keepDraft(entered)
    }
    const skipped = readSkipWhy(action)
    if (skipped !== null) {
      await ack()
      return after(placeOf(action), async () => {
        const view = drawSkipForm(skipped, action, spoken())
        const isInWindow = action.view?.type === 'modal'
        await (isInWindow ? api.pushView : api.openView)(action.trigger_id, view)
      })
    }
    const parsed = parseAction(action)
    if (!parsed) {
      await ack()
      // Typing into a form's inputs may arrive here too; only a press that cannot be read is told.
      if (!isPress(action)) return
      return after(placeOf(action), () =>
        stage.apologize(placeOf(action), new ParleyError('conflict', spoken().oldButton)),
      )
    }
    const { gesture, page, asFile, inPublic } = parsed
    if (gesture.type === 'render' && action.view?.callback_id === formId)
      return showFormAs(action, action.view, gesture, ack)
    const reply = await handle(gesture)
    await ack()
    const asked: Asked = {
      ...wishOf(gesture),
      ...(gesture.type === 'read' ? { part: gesture.part } : {}),
      ...(gesture.type === 'rank' ? { tapped: true } : {}),
      ...(gesture.type === 'consent' ? { starts: true } : {}),
      ...(inPublic ? { inPublic, ballot: gesture.type === 'vote' } : {}),
      ...(page === undefined ? {} : { page }),
      ...(asFile ? { asFile } : {}),
    }
    await show(action, reply, asked)
  })

  app.view({ callback_id: skipFormId, type: 'view_submission' }, async ({ body, ack }) => {
    const skip = readSkipForm(asSubmission(body), spoken())
    if (skip && 'errors' in skip) return ack({ response_action: 'errors', errors: skip.errors })
    const reply = skip ? await handle(skip.gesture) : null
    await ack()
    if (skip && reply) await show(skip.action, reply, {})
  })

  /** The texts in an open form, shown otherwise; what was entered is kept first, and stays. */
  const showFormAs = async (
    action: ActionBody,
    view: ViewBody,
    gesture: Interaction & { type: 'render' },
    ack: () => Promise<void>,
  ) => {
    const meta = readMeta(view.private_metadata ?? '')
    const body = { ...action, view }
    await ack()
    await keepDraft({ body, block: null })
    const reply = await handle(meta?.editing ? { ...gesture, editing: true } : gesture)
    if (reply.type !== 'task' || !meta) return show(action, reply, {})
    await after(placeOf(action), async () => {
      await stage.redraw(body, meta, reply.card)
      // The message below shows the task as well, but for one that is answered.
      if (!meta.editing) await stage.repaintHome(meta, reply)
    })
  }

  app.options<'block_suggestion'>({ action_id: inputId }, async ({ body, ack }) => {
    await ack({ options: await search(asSearch(body)) })
  })

  const search = async (body: SearchBody) => {
    const form = parseForm(body)
    const shown = form ? await forms.find(form.by, form.meta, hear) : null
    const name = form ? questionOf(form.meta.assignmentId, body.block_id) : null
    const question = shown?.questions.find((one) => one.name === name)
    return question ? searchOptions(question, body.value, spoken()) : []
  }

  app.shortcut({ callback_id: useMessageId, type: 'message_action' }, async ({ body, ack }) => {
    const used = asMessageShortcut(body)
    const text = readOwnMessage(used)
    const { by } = placeOf(clickOfShortcut(used))
    const reply =
      text === null ? notice(spoken().notYourMessage) : await handle({ by, type: 'use', text })
    await ack()
    await show(clickOfShortcut(used), reply, {})
  })

  app.view({ callback_id: formId, type: 'view_submission' }, async ({ body, ack, context }) => {
    const submission = asSubmission(body)
    const form = parseForm(submission)
    const answer = form ? await submit(submission, form) : null
    const shown = answer?.answer ?? {
      response_action: 'update' as const,
      view: sameView(submission),
    }
    await ack(shown)
    if (!form) return
    await after({ by: form.by }, async () => {
      if (answer?.reply) await stage.repaintHome(form.meta, answer.reply)
      if (isLate(context) && submission.view.id && shown.response_action !== 'errors')
        await api.updateView(submission.view.id, undefined, shown.view)
    })
  })

  const submit = async (
    submission: SubmissionBody,
    { by, meta }: { by: Person; meta: Meta },
  ): Promise<{ answer: SubmissionAnswer; reply?: Reply }> => {
    const { assignmentId, schemaVersion } = meta
    const shown = await forms.find(by, meta, hear).catch((error: unknown) => {
      log.error({ err: error }, 'A form could not be read back.')
      return asParleyError(error) ?? new ParleyError('unavailable', spoken().broken)
    })
    if (shown === null || shown instanceof ParleyError)
      return {
        answer: stage.onSubmission(
          meta,
          notice(shown?.messageIn(localeNow()) ?? spoken().oldButton),
          {},
        ),
      }
    const { values, lost } = parseSubmission(submission, meta, shown)
    if (lost) {
      const again = await handle({ by, type: meta.editing ? 'edit' : 'open', assignmentId })
      if (again.type === 'form' || again.type === 'task')
        return { answer: stage.onLost(meta, again.card) }
    }
    const file = await readAnswerFile(submission, meta, api, spoken())
    if (file && 'errors' in file) {
      await keepDraft({ body: submission, block: null })
      return { answer: { response_action: 'errors', errors: file.errors } }
    }
    if (file) values[file.question] = file.text
    const reply = await handle({ by, type: 'submit', assignmentId, schemaVersion, values })
    if (reply.type === 'problems' && isAboutHidden(submission, meta, reply.problems)) {
      const again = await handle({ by, type: meta.editing ? 'edit' : 'open', assignmentId })
      const why = Object.values(reply.problems).join(' ')
      if (again.type === 'form') return { answer: stage.onMissing(meta, again.card, why) }
      return { answer: aboveForm(submission, why), reply }
    }
    const errors = reply.type === 'problems' ? placeProblems(submission, meta, reply.problems) : {}
    return { answer: stage.onSubmission(meta, reply, errors), reply }
  }

  return {
    platform: 'slack',
    hasConfiguredToken: settings.mode !== 'oauth',
    mostFileBytes: budgets.fileBytes,
    refusesFile,
    unsupported: unsupportedBySlack,
    ...openGroups(api, inside, doors.howToAllow),
    async send(to: Person | Channel, reply: Reply, attempt): Promise<Delivered> {
      if (reply.type === 'nothing') throw new Error('There is nothing to send.')
      const channel = 'userId' in to ? to.userId : to.channelId
      const locale = 'userId' in to ? await inside.localeOf?.(to) : undefined
      const send = async () => {
        // Into a channel the words go with the file: trying again repeats neither.
        if (reply.type === 'file' && !('userId' in to)) {
          await attempt?.starting()
          await background.upload(channel, reply, reply.text)
          return { channel, ts: '' }
        }
        const posted = await background.post(
          channel,
          drawMessage(reply, spoken()),
          attempt?.starting,
        )
        if (reply.type === 'file') await background.upload(posted.channel, reply)
        return posted
      }
      const sent = await inWorkspace(to.workspace, () => inLocale(locale, send))
      return {
        platform: 'slack',
        workspace: to.workspace,
        channel: sent.channel,
        message: sent.ts,
        locale,
      }
    },
    async repaint(delivered: Delivered, reply: Reply): Promise<void> {
      if (reply.type === 'nothing') return
      const at = { channel: delivered.channel, ts: delivered.message }
      const repaint = async () => {
        await background.update(at, drawMessage(reply, spoken()))
        if (reply.type === 'file') await background.upload(delivered.channel, reply)
      }
      await inWorkspace(delivered.workspace, () => inLocale(delivered.locale, repaint))
    },
    ...openProfiles(background),
    openFile: (by, file) => eachInWorkspace(by.workspace, openGivenFile(background, file)),
    failureOf,
    routes(hono) {
      if (http) hono.post('/slack/events', http.bound, http.handler)
      doors.routes(hono)
    },
    async check() {
      if (settings.mode === 'oauth')
        return { ok: true, detail: `People install Parley at ${settings.publicUrl}/slack/install.` }
      try {
        const me = await api.whoAmI()
        return { ok: true, detail: `Slack knows us as ${me.user} in ${me.team}.` }
      } catch (error) {
        return { ok: false, detail: error instanceof Error ? error.message : String(error) }
      }
    },
    async start() {
      await app.start()
    },
    async settled() {
      await settled()
      await home.settle()
    },
    async stop() {
      await socket?.stop()
      await settled()
      await home.settle()
    },
  }
}

/** The way to each workspace's token: one that is configured, or those of OAuth. */
function openDoors(settings: SlackSettings, inside: Inside) {
  const options = clientOptions(settings.apiUrl, inside.log)
  if (settings.mode !== 'oauth') {
    const client = new webApi.WebClient(settings.botToken, options)
    return {
      connect: async () => client,
      tokenOf: async () => settings.botToken,
      howToAllow: async () => spoken().allowInSettings,
      forget: () => {},
      routes: () => {},
    }
  }
  const installs = openInstalls(settings, inside)
  return {
    ...installs,
    howToAllow: async (scopes: readonly OptionalScope[]) =>
      spoken().allowByLink(await installs.linkFor(here(), scopes)),
    // A client of its own for each token: what one sends never carries another's.
    connect: async () => new webApi.WebClient(await installs.tokenOf(here()), options),
  }
}

/** Bolt names its receiver only where there is one. */
function receivedBy(receiver: Receiver | null): Pick<AppOptions, 'receiver'> {
  return receiver ? { receiver } : {}
}

function sentAt(body: { event_time: number }): Date {
  return new Date(body.event_time * 1000)
}

/**
 * Remembers what forms were drawn from. It never changes for an assignment and a schema version, so
 * any process may remember it; what was forgotten is asked for again.
 */
function openForms(inside: Inside) {
  const known = new LRUCache<string, ShownForm>({ max: 5000 })
  const keyOf = (by: Person, assignmentId: string, schemaVersion: number) =>
    [by.workspace, by.userId, assignmentId, schemaVersion].join(' ')
  const remember = (by: Person, card: TaskCard): ShownForm => {
    const form = { questions: card.questions, outputs: card.outputs.map((output) => output.id) }
    known.set(keyOf(by, card.assignmentId, card.schemaVersion), form)
    return form
  }
  return {
    remember,
    async find(
      by: Person,
      { assignmentId, schemaVersion }: Meta,
      handle: (interaction: Interaction) => Promise<Reply>,
    ): Promise<ShownForm | null> {
      const key = keyOf(by, assignmentId, schemaVersion)
      const remembered = known.get(key)
      if (remembered) return remembered
      if (inside.shown) {
        const shown = await inside.shown(by, assignmentId, schemaVersion)
        if (shown) known.set(key, shown)
        return shown
      }
      const reply = await handle({ by, type: 'open', assignmentId })
      const isCard = reply.type === 'form' || reply.type === 'task'
      return isCard && reply.card.assignmentId === assignmentId ? remember(by, reply.card) : null
    },
  }
}

/** The window as it was submitted: nothing changes on the screen. */
function sameView({ view }: SubmissionBody): View {
  const { type, callback_id, title, submit, close, blocks, private_metadata } = asView(view)
  return {
    type,
    title,
    blocks,
    notify_on_close: true,
    ...(callback_id ? { callback_id } : {}),
    ...(submit ? { submit } : {}),
    ...(close ? { close } : {}),
    ...(private_metadata ? { private_metadata } : {}),
  }
}

function notice(text: string): Reply {
  return { type: 'notice', text }
}

function wishOf(gesture: Interaction): { wish?: string } {
  if (gesture.type === 'vote') return { wish: postReadingId(gesture.postId) }
  if (gesture.type !== 'next' && gesture.type !== 'consent') return {}
  return gesture.dataset === undefined ? {} : { wish: gesture.dataset }
}

function isPress(action: ActionBody): boolean {
  const [first] = action.actions
  return first?.value !== undefined || Boolean(first?.selected_option)
}

function placeOf(action: ActionBody): { by: Person; responseUrl?: string } {
  return {
    by: {
      platform: 'slack',
      workspace: workspaceOf(action),
      userId: action.user.id,
    },
    ...(action.response_url ? { responseUrl: action.response_url } : {}),
  }
}

function clickOf(by: Person, action: ActionBody): Click {
  const channel = action.container?.channel_id ?? action.channel?.id
  const ts = action.container?.message_ts ?? action.message?.ts
  return {
    by,
    trigger: action.trigger_id,
    responseUrl: action.response_url,
    message: channel && ts ? { channel, ts } : undefined,
    ephemeral: action.container?.is_ephemeral === true,
  }
}

/** After 2.9 seconds without an answer: words for the person instead of Slack's error. */
function lateAnswer(body: Record<string, unknown>): unknown {
  const said = spoken()
  if (typeof body['command'] === 'string')
    return { ...drawText(said.stillWorking), response_type: 'ephemeral' }
  if (body['type'] !== 'view_submission') return undefined
  return aboveForm(asSubmission(body), said.submitAgain)
}

/** Keeps the form open with everything in it; what is said is about none of its inputs. */
function aboveForm(submission: SubmissionBody, text: string): SubmissionAnswer {
  return { response_action: 'update', view: withAlert(submission, text) }
}
