/**
 * Home: open work, the open task, recent answers, and for admins their datasets, each with its own panel.
 * Pure.
 */
import { nextId } from '../../../../src/chat/port/ids.ts'
import type { AdminDataset, Home } from '../../../../src/chat/port/port.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { budgets } from '../../limits.ts'
import { isDrawable } from '../../receive/ids.ts'
import { type HomeVerb, manageId, menuId, ofId, showId } from '../../receive/page-ids.ts'
import { fits, linesWithin, textWithin } from '../budget.ts'
import {
  bold,
  brief,
  button,
  type Component,
  markdown,
  menu,
  option,
  plain,
  rows,
  section,
  small,
} from '../components.ts'
import { escapeDiscord } from '../escape.ts'
import { drawAnswers } from './answers.ts'
import { drawChoice } from './datasets.ts'
import { drawWelcome } from './welcome.ts'

/** `notice` reports the result of the last press. */
export function drawHome(home: Home, notice: string | undefined, said: Words): Component[] {
  const drawn = [1, 0.5, 0.25].map((share) => compose(home, notice, said, share))
  return drawn.find((one) => fits(one)) ?? compose(home, undefined, said, 0.1)
}

/** What an admin may do with one dataset. */
export function drawPanel(
  { name, title, status, progress }: AdminDataset,
  notice: string | undefined,
  said: Words,
): Component[] {
  const act = (verb: HomeVerb, text: string) => button(text, ofId(verb, name))
  const buttons = [
    act('export', said.exportFile),
    ...(status === 'closed' ? [] : [act('import', said.importFile)]),
    act('preview', said.preview),
    act('stats', said.statistics),
    ...(status === 'ready' ? [act('pause', said.pause)] : []),
    ...(status === 'draft' || status === 'paused' ? [act('publish', said.publish)] : []),
    button(said.back, showId('home')),
  ]
  return [
    ...(notice ? [textWithin(notice, budgets.notice)] : []),
    markdown(`${bold(title)} · ${escapeDiscord(said.status[status])}`),
    textWithin(progress, budgets.notice),
    ...rows(buttons.filter((one) => isDrawable(one.custom_id))),
  ]
}

/** `share` is the fraction of its full size that the text may take. */
function compose(home: Home, notice: string | undefined, said: Words, share: number): Component[] {
  return [
    ...(notice ? [textWithin(notice, budgets.notice * share)] : []),
    ...(home.welcome ? drawWelcome(home.welcome, said, undefined) : drawOwn(home, said, share)),
    ...(home.admin ? drawDatasets(home.admin, said, share) : []),
  ]
}

function drawOwn(home: Home, said: Words, share: number): Component[] {
  const { resume, waiting, recent } = home
  const shown = waiting.slice(0, shownWaiting)
  const guidelines = shown.flatMap(({ name, title, guidelines: version }) =>
    version !== null && isDrawable(ofId('guidelines', name))
      ? [option(title, ofId('guidelines', name), { description: said.guidelinesVersion(version) })]
      : [],
  )
  const more = waiting.slice(shownWaiting).map(({ name }) => name)
  return [
    markdown(bold(said.homeTitle)),
    ...(home.notice ? [textWithin(home.notice, budgets.notice * share)] : []),
    ...(resume
      ? [
          section(
            plain(said.resumeTask(brief(resume.title, 100))),
            button(said.resume, nextId(), 'primary'),
          ),
        ]
      : []),
    ...(waiting.length > 0 ? [markdown(bold(said.homeWaiting))] : []),
    ...shown.map((one) => drawChoice(one, said)),
    ...(more.length > 0 ? [markdown(small(said.moreChoices(more)))] : []),
    ...(guidelines.length > 0 ? [menu(menuId('', 'guides'), said.guidelinesMenu, guidelines)] : []),
    ...(recent.length > 0
      ? [
          markdown(bold(said.recent)),
          ...drawAnswers(recent.slice(0, shownRecent), 1200 * share, said),
        ]
      : []),
  ]
}

/** 5 sections of 3 components each leave room for the rest. */
const shownWaiting = 5
const shownRecent = 8

function drawDatasets(
  { datasets, more }: NonNullable<Home['admin']>,
  said: Words,
  share: number,
): Component[] {
  const lines = datasets.map(
    ({ title, status }) => `• ${escapeDiscord(`${brief(title, 80)} · ${said.status[status]}`)}`,
  )
  const manage = datasets.flatMap(({ name, title, status }) =>
    isDrawable(manageId(name))
      ? [option(title, manageId(name), { description: said.status[status] })]
      : [],
  )
  return [
    markdown(bold(said.homeAdmin)),
    lines.length > 0 ? linesWithin(lines, 1200 * share) : plain(said.homeNoDatasets),
    ...(manage.length > 0 ? [menu(menuId('', 'manage'), said.manageMenu, manage)] : []),
    ...(more > 0 ? [markdown(small(said.moreDatasets(more)))] : []),
  ]
}
