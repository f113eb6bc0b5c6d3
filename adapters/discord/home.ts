/**
 * The workbench: what waits, where one left off, recent answers, and for admins their datasets, each
 * with a panel of its own. Pure.
 */
import type { AdminDataset, Home } from '../../src/chat/port.ts'
import type { Words } from '../../src/chat/words.ts'
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
} from './components.ts'
import { choiceLine, drawAnswers, drawMessage, drawText } from './draw.ts'
import { escapeDiscord } from './escape.ts'
import { type HomeVerb, isDrawable, manageId, menuId, nextId, ofId, showId } from './ids.ts'
import { budgets } from './limits.ts'

/** `notice` is what became of the last press. */
export function drawHome(home: Home, notice: string | undefined, said: Words): Component[] {
  return [
    ...(notice ? drawText(notice, budgets.notice) : []),
    ...(home.welcome
      ? drawMessage({ type: 'welcome', welcome: home.welcome }, said).components
      : drawOwn(home, said)),
    ...(home.admin ? drawDatasets(home.admin, said) : []),
  ]
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
    ...(notice ? drawText(notice, budgets.notice) : []),
    markdown(`${bold(title)} · ${escapeDiscord(said.status[status])}`),
    ...drawText(progress, budgets.notice),
    ...rows(buttons.filter((one) => isDrawable(one.custom_id))),
  ]
}

function drawOwn(home: Home, said: Words): Component[] {
  const { resume, waiting, recent } = home
  const shown = waiting.slice(0, shownWaiting)
  const guidelines = shown.flatMap(({ name, title, guidelines: version }) =>
    version !== null && isDrawable(ofId('guidelines', name))
      ? [option(`${title}: ${said.guidelinesVersion(version)}`, ofId('guidelines', name))]
      : [],
  )
  return [
    markdown(bold(said.homeTitle)),
    ...(home.notice ? drawText(home.notice, budgets.notice) : []),
    ...(resume
      ? [
          section(
            plain(said.resumeTask(brief(resume.title, 100))),
            button(said.resume, nextId(), 'primary'),
          ),
        ]
      : []),
    ...(waiting.length > 0 ? [markdown(bold(said.homeWaiting))] : []),
    ...shown.map((one) =>
      isDrawable(nextId(one.name))
        ? section(markdown(choiceLine(one, said)), button(said.start, nextId(one.name), 'primary'))
        : plain(brief(said.typeNext(one.title, one.name), budgets.line)),
    ),
    ...(waiting.length > shown.length
      ? [markdown(small(said.moreChoices(waiting.length - shown.length)))]
      : []),
    ...(guidelines.length > 0 ? [menu(menuId('', 'guides'), said.guidelinesMenu, guidelines)] : []),
    ...(recent.length > 0
      ? [markdown(bold(said.recent)), ...drawAnswers(recent.slice(0, shownRecent), said)]
      : []),
  ]
}

/** 5 sections of 3 components each leave room for the rest. */
const shownWaiting = 5
const shownRecent = 8

function drawDatasets({ datasets, more }: NonNullable<Home['admin']>, said: Words): Component[] {
  const lines = datasets.map(
    ({ title, status }) => `• ${escapeDiscord(`${brief(title, 80)} · ${said.status[status]}`)}`,
  )
  const manage = datasets.flatMap(({ name, title, status }) =>
    isDrawable(manageId(name))
      ? [option(title, manageId(name), { description: said.status[status] })]
      : [],
  )
  const text = lines.length > 0 ? lines.join('\n') : escapeDiscord(said.homeNoDatasets)
  return [
    markdown(`${bold(said.homeAdmin)}\n${text}`),
    ...(manage.length > 0 ? [menu(menuId('', 'manage'), said.manageMenu, manage)] : []),
    ...(more > 0 ? [markdown(small(said.moreDatasets(more)))] : []),
  ]
}
