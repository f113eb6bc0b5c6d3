/** Draws the Home tab: open work, recent answers, help, and the admins' panel. Pure. */

import type { types } from '@slack/bolt'
import { nextId, remindersId } from '../../../src/chat/port/ids.ts'
import type { AdminDataset, HistoryEntry, Home, Waiting } from '../../../src/chat/port/port.ts'
import { escapedCost, shorten } from '../../../src/chat/text.ts'
import { sayWork } from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import {
  actions,
  type Block,
  button,
  context,
  divider,
  header,
  heading,
  label,
  plain,
  section,
} from '../draw/blocks.ts'
import { drawMessage } from '../draw/message.ts'
import { limits } from '../limits.ts'
import { aboutId } from '../receive/ids.ts'
import { type HomeVerb, homeId } from './ids.ts'

export type HomeView = types.HomeView

/** `notice` answers the last press. */
export function drawHome(home: Home, notice: string | undefined, said: Words): HomeView {
  const panel = home.admin ? drawPanel(home.admin, said) : []
  // An admin who never agreed to label came for the panel.
  const line = panel.length > 0 ? [divider()] : []
  const own = drawOwn(home, said)
  const parts = home.welcome ? [panel, line, own] : [own, line, panel]
  return {
    type: 'home',
    blocks: [
      ...(notice ? [...words(notice), divider()] : []),
      ...parts.flat(),
      divider(),
      heading(said.homeHelp),
      ...words(home.help),
    ],
  }
}

/** The tab when its contents are unavailable: why, and what to do. */
export function drawHomeless(text: string): HomeView {
  return { type: 'home', blocks: words(text) }
}

function drawOwn(home: Home, said: Words): Block[] {
  if (home.welcome) return drawMessage({ type: 'welcome', welcome: home.welcome }, said).blocks
  const { resume, waiting, recent } = home
  return [
    header(said.homeTitle),
    ...(home.notice ? words(home.notice) : []),
    ...(resume
      ? [section(said.resumeTask(brief(resume.title)), button(said.resume, nextId(), 'primary'))]
      : []),
    ...(waiting.length > 0 ? [heading(said.homeWaiting)] : []),
    ...waiting.slice(0, shownWaiting).flatMap((one) => drawWaiting(one, said)),
    ...(waiting.length > shownWaiting
      ? [context(said.moreChoices(waiting.slice(shownWaiting).map(({ name }) => name)))]
      : []),
    ...(recent.length > 0 ? [divider(), heading(said.recent)] : []),
    ...recent.map((one) => drawAnswer(one, said)),
    actions(button(said.remindersTitle, remindersId)),
  ]
}

const shownWaiting = 12

function drawWaiting({ name, title, left, minutes, guidelines }: Waiting, said: Words): Block[] {
  const facts = sayWork({ left, minutes }, said)
  return [
    heading(brief(title), facts && ` · ${facts}`),
    actions(
      named(button(said.start, nextId(name), 'primary'), title, said),
      ...(guidelines === null
        ? []
        : [
            named(
              button(said.guidelinesVersion(guidelines), homeId('guidelines', name)),
              title,
              said,
            ),
          ]),
    ),
  ]
}

function drawAnswer({ assignmentId, dataset, summary, canEdit }: HistoryEntry, said: Words): Block {
  const line = shorten(`${summary} · ${dataset.title}`, 300, escapedCost)
  const edit = button(said.edit, aboutId('edit', assignmentId))
  return section(line, canEdit ? named(edit, line, said) : undefined)
}

function drawPanel({ datasets, more }: NonNullable<Home['admin']>, said: Words): Block[] {
  return [
    header(said.homeAdmin),
    ...(datasets.length === 0 ? words(said.homeNoDatasets) : []),
    ...datasets.flatMap((one) => drawDataset(one, said)),
    ...(more > 0 ? [context(said.moreDatasets(more))] : []),
  ]
}

/** Frequent actions as buttons, the rest in a menu. */
function drawDataset({ name, title, status, progress }: AdminDataset, said: Words): Block[] {
  const act = (verb: HomeVerb, text: string) => named(button(text, homeId(verb, name)), title, said)
  const rest: [HomeVerb, string][] = [
    ...(status === 'closed' ? [] : [['import', said.importFile] satisfies [HomeVerb, string]]),
    ['preview', said.preview],
    ['stats', said.statistics],
    ...(status === 'ready' ? [['pause', said.pause] satisfies [HomeVerb, string]] : []),
  ]
  const options = rest.map(([verb, text]) => ({
    text: label(text, limits.optionText),
    value: homeId(verb, name),
  }))
  const fits = options.every(({ value }) => value.length <= limits.optionValue)
  return [
    heading(brief(title), ` · ${said.status[status]}`),
    ...words(progress, 800),
    actions(
      ...(status === 'draft' || status === 'paused' ? [act('publish', said.publish)] : []),
      act('export', said.exportFile),
      ...(fits
        ? [{ type: 'overflow' as const, action_id: 'v1:more', options }]
        : rest.map(([verb, text]) => act(verb, text))),
    ),
  ]
}

/** Many buttons on the page read the same, so screen readers get the dataset too. */
function named(one: types.Button, title: string, said: Words): types.Button {
  const { text } = label(said.buttonFor(one.text.text, title), limits.buttonText)
  return { ...one, accessibility_label: text }
}

function words(text: string, most = 2900): Block[] {
  return [{ type: 'section', text: plain(shorten(text.trim() || '…', most, escapedCost)) }]
}

function brief(text: string): string {
  return shorten(text, 200, escapedCost)
}
