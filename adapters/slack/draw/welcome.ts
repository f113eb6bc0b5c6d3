/** The first card a person sees: what Parley is, what it stores, and Start. Pure. */
import { declineId } from '../../../src/chat/port/ids.ts'
import type { Welcome } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { budgets } from '../limits.ts'
import { startId } from '../receive/ids.ts'
import {
  actions,
  button,
  context,
  divider,
  header,
  heading,
  type Message,
  section,
  strongList,
} from './blocks.ts'
import { brief, fallback } from './text.ts'

export function drawWelcome(welcome: Welcome, said: Words, wish: string | undefined): Message {
  const { consentVersion, datasets } = welcome
  const more = datasets.length - budgets.choices
  const titles = datasets.slice(0, budgets.choices).map(({ title }) => brief(title))
  const isFirst = wish !== undefined || datasets.length === 1
  return {
    text: fallback([said.consentTitle, said.consentWhat]),
    blocks: [
      header(said.consentTitle),
      section(said.consentWhat),
      ...(titles.length > 0 ? [heading(said.consentWork), strongList(titles)] : []),
      ...(more > 0 ? [context(said.consentMore(more))] : []),
      heading(said.consentStoredTitle, `\n${said.consentStored('slack')}`),
      heading(said.consentUseTitle, `\n${said.consentUse}`),
      heading(said.consentDeleteTitle, `\n${said.consentDelete}`),
      divider(),
      section(said.consentPress(isFirst)),
      actions(
        button(said.start, startId(consentVersion, wish), 'primary'),
        button(said.decline, declineId),
      ),
    ],
  }
}
