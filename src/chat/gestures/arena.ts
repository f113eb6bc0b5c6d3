/** Gestures of an arena: asking two models, and opening or closing it in a channel. */
import { type ArenaConsent, askArena } from '../../arena/ask.ts'
import { closeArena, openArena } from '../../arena/open.ts'
import { conflict } from '../../errors.ts'
import { adminActor } from '../../labelers/roles.ts'
import type { Parley } from '../../parley.ts'
import type { Interaction, Reply } from '../port/port.ts'
import { spoken } from '../words/words.ts'
import type { Gestures } from './gesture.ts'
import { channelFor } from './posts.ts'

export const arenaGestures: Gestures<'ask' | 'admin-arena'> = {
  ask: (parley, interaction) => ask(parley, interaction),
  'admin-arena': async (parley, { by, dataset, channel, open }) => {
    const actor = await adminActor(parley, by)
    const to = await channelFor(parley, by, channel)
    const isNew = await (open ? openArena : closeArena)(parley, actor, { dataset, to })
    const said = spoken()
    if (open) return { type: 'notice', text: isNew ? said.arenaOpened(dataset) : said.arenaIsOpen }
    return { type: 'notice', text: isNew ? said.arenaClosed(dataset) : said.arenaIsClosed }
  },
}

async function ask(
  parley: Parley,
  { by, prompt, channel, thread, follows, agreed }: Extract<Interaction, { type: 'ask' }>,
): Promise<Reply> {
  const channelId = channel ?? by.channelId
  if (channelId === undefined) throw conflict('Ask in a channel where an arena is open.')
  const { platform, workspace } = by
  const to = { platform, workspace, channelId, ...(thread === undefined ? {} : { thread }) }
  const asked = await askArena(parley, by, { prompt, to, follows, agreed })
  if (asked.type === 'asked') return { type: 'notice', text: spoken().arenaAsked(asked.battleId) }
  const { title, consent } = asked
  return {
    type: 'ask-form',
    form: {
      ...{ dataset: { title }, channel: channelId, thread: thread ?? null },
      ...{ prompt: prompt ?? '', follows: follows ?? null },
      consent: consent && { key: consent.key, text: sayConsent(by.platform, consent) },
    },
  }
}

/** Names the models and who runs them; for newcomers, what Parley stores of them besides. */
function sayConsent(platform: Interaction['by']['platform'], { models, isNew }: ArenaConsent) {
  const said = spoken()
  const named = models.map(({ name, host }) => `${name} (${host})`).join(', ')
  return [
    said.arenaConsent(named),
    ...(isNew
      ? [
          `${said.consentStoredTitle} ${said.consentStored(platform)}`,
          `${said.consentUseTitle} ${said.consentUse}`,
          `${said.consentDeleteTitle} ${said.consentDelete}`,
        ]
      : []),
  ].join('\n\n')
}
