/** Words to a person: plain, with a table, or as a report with parts. Pure. */
import type { Reply, Report } from '../../../src/chat/port/port.ts'
import { escapedCost, shorten } from '../../../src/chat/text.ts'
import { sayPart } from '../../../src/chat/words/say.ts'
import { budgets, limits } from '../limits.ts'
import { actions, context, header, heading, linkButton, type Message, section } from './blocks.ts'
import { drawTable } from './tables.ts'
import { fallback, sections } from './text.ts'

/** Plain words as a message. */
export function drawText(text: string): Message {
  return { text: fallback([text]), blocks: sections(text) }
}

/** Words, as a report or with a table where the reply has one. */
export function drawNotice(notice: Extract<Reply, { type: 'notice' }>): Message {
  const drawn = drawWords(notice)
  const { link } = notice
  if (!link) return drawn
  return { ...drawn, blocks: [...drawn.blocks, actions(linkButton(link.label, link.url))] }
}

function drawWords({ text, report, table }: Extract<Reply, { type: 'notice' }>): Message {
  if (report) return drawReport(report)
  const drawn = table ? drawTable(table, budgets.messageChars) : null
  const isWhole = drawn && drawn.rows.length > (table?.rows.length ?? 0)
  return isWhole ? { text: fallback([text]), blocks: [drawn] } : drawText(text)
}

/** A heading for each part, with notes below in small print; all within one message. */
function drawReport({ title, lead, parts, notes }: Report): Message {
  // Three blocks for each part, and three around them.
  const shown = parts.slice(0, Math.floor((budgets.messageBlocks - 3) / 3))
  const most = Math.floor(4500 / Math.max(shown.length, 1))
  const within = (text: string, size: number) => shorten(text.trim() || '…', size, escapedCost)
  return {
    text: fallback([title, lead]),
    blocks: [
      header(title),
      section(within(lead, 800)),
      ...shown.flatMap((part) => {
        const table = part.table ? drawTable(part.table, Math.floor(most / 2)) : null
        const text = table ? part.text : sayPart(part)
        const room = Math.min(table ? Math.floor(most / 2) : most, limits.sectionText)
        return [
          heading(within(part.heading, 100)),
          ...(table && text === '' ? [] : [section(within(text, room))]),
          ...(table ? [table] : []),
        ]
      }),
      context(...notes.map((note) => within(note, 900))),
    ],
  }
}
