/** Gestures of an arena: asking two models, and opening or closing it in a channel. */
import { type ArenaConsent, askArena } from '../../arena/ask.ts'
import { type Battle, findBattle } from '../../arena/battle.ts'
import { deleteQuestion } from '../../arena/delete.ts'
import { closeArena, openArena } from '../../arena/open.ts'
import { type BattleRun, runBattle } from '../../arena/run.ts'
import { getDatasetById } from '../../datasets/dataset.ts'
import { conflict } from '../../errors.ts'
import { getLabeler } from '../../labelers/labeler.ts'
import { adminActor } from '../../labelers/roles.ts'
import { wantRepaint } from '../../outbound/messages.ts'
import { tellAdmins } from '../../outbound/tell-admins.ts'
import type { Parley } from '../../parley.ts'
import type { Interaction, Reply } from '../port/port.ts'
import { spoken } from '../words/words.ts'
import type { Gestures } from './gesture.ts'
import { channelFor } from './posts.ts'

export const arenaGestures: Gestures<'ask' | 'unask' | 'admin-arena'> = {
  ask: (parley, interaction) => ask(parley, interaction),
  unask: async (parley, { by, question }) => {
    const { platform, workspace, channelId } = by
    if (channelId === undefined) throw conflict((said) => said.typeInChannel)
    const labeler = await getLabeler(parley, by)
    const place = { platform, workspace, channelId }
    const battle = question === undefined ? {} : { battle: question.replace(/^#/, '') }
    const gone = await deleteQuestion(parley, labeler, { ...battle, in: place })
    for (const { battleId, postId } of gone) {
      await wantRepaint(parley, `question:${battleId}`, { atOnce: true })
      if (postId !== null) await wantRepaint(parley, `post:${postId}`, { atOnce: true })
    }
    return { type: 'notice', text: spoken().arenaDeleted(gone.length) }
  },
  'admin-arena': async (parley, { by, dataset, channel, open }) => {
    const actor = await adminActor(parley, by)
    const to = await channelFor(parley, by, channel)
    const isNew = await (open ? openArena : closeArena)(parley, actor, { dataset, to })
    const said = spoken()
    if (open) return { type: 'notice', text: isNew ? said.arenaOpened(dataset) : said.arenaIsOpen }
    return { type: 'notice', text: isNew ? said.arenaClosed(dataset) : said.arenaIsClosed }
  },
}

/** The job: has both models answer. Failures are reported to the arena's admins once a day. */
export async function answerQuestion(
  parley: Parley,
  battleId: string,
  running: BattleRun,
): Promise<void> {
  try {
    await runBattle(parley, battleId, running)
  } finally {
    const battle = await findBattle(parley, battleId)
    if (battle) await wantRepaint(parley, `question:${battleId}`)
    if (battle?.voidReason === 'failed') await tellFailure(parley, battle)
  }
}

async function tellFailure(parley: Parley, battle: Battle): Promise<void> {
  const { id, datasetId, problem } = battle
  const { name } = await getDatasetById(parley, datasetId)
  const day = parley.now().toISOString().slice(0, 10)
  await tellAdmins(parley, {
    key: `arena-failed:${datasetId}:${day}`,
    about: { datasetId },
    text: (said) => said.arenaModelFailed(name, id, said.refusal(problem ?? '')),
  })
}

async function ask(
  parley: Parley,
  { by, prompt, channel, thread, follows, agreed }: Extract<Interaction, { type: 'ask' }>,
): Promise<Reply> {
  const channelId = channel ?? by.channelId
  if (channelId === undefined) throw conflict((said) => said.typeInChannel)
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
