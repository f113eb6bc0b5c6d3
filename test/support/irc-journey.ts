/** The whole service with the toy platform alone: what openJourney is for Slack. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { openParley } from '../../src/open.ts'
import { registerPlatform } from '../../src/platforms/registry.ts'
import { openTestDatabase } from './database.ts'
import { openIrc, traits } from './irc.ts'
import { exportLines, journeySecret, makeDataset, publicUrl } from './journey.ts'

export async function openIrcJourney(
  options: { channels?: { [channel: string]: string[] }; admins?: string } = {},
) {
  const database = await openTestDatabase({ max: 4 })
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-irc-'))
  chmodSync(dataDir, 0o755)
  let at = Date.now()
  const clock = {
    advance: (seconds: number) => {
      at += seconds * 1000
    },
  }
  const irc = openIrc(options.channels)
  // Before the configuration is read, so that PARLEY_ADMINS may name its people.
  registerPlatform(traits)
  const config = loadConfig({
    ...{ PUBLIC_URL: publicUrl, DATABASE_URL: database.url, PARLEY_SECRET: journeySecret },
    ...{ PARLEY_DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'fatal' },
    PARLEY_ADMINS: options.admins ?? '',
  })
  const open = await openParley(config, {
    now: () => new Date(at),
    connectors: [irc.connector],
  })
  await open.startWorker()
  await open.startAdapters()
  const { parley } = open
  /** Somebody who takes a second to read before they type. */
  const person = (nick: string) => {
    const says = async (text: string) => {
      clock.advance(1)
      await irc.says(nick, text)
    }
    return {
      says,
      reads: () => irc.reads(nick),
      async joins(dataset: string) {
        await says(`label ${dataset}`)
        if (irc.offers(nick).includes('Start')) await says('Start')
      },
    }
  }
  return {
    parley,
    clock,
    person,
    dataset: (document: string, records: readonly object[]) =>
      makeDataset(parley, document, records),
    raw: (dataset: string) => exportLines(parley, dataset, 'raw'),
    lines: (dataset: string, as: string) => exportLines(parley, dataset, as),
    close: async () => {
      await open.close()
      await database.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
