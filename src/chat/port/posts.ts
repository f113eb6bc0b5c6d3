/** What a whole channel sees: a post with its result, and a hub to start from. */
import type { Content, Passage, Press, ShownOutput } from './task-card.ts'

/** A public call to rank a record's outputs; the message in the channel is a cache of it. */
export type PublicPost = {
  postId: string
  dataset: { name: string; title: string }
  /** What is asked, e.g. "Which answer helps most?". */
  call: string
  /** What the models were asked; the outputs are only on the private ballots. */
  passages: Passage[]
  /** How many outputs there are to rank. */
  outputs: number
  votes: number
  closesAt: Date
  state: 'open' | 'closed' | 'withdrawn'
  /** Null until it is closed. */
  result: PostResult | null
  /** A battle of an arena: everybody reads the outputs here, and votes here by one press. */
  battle?: PublicBattle
}

export type PublicBattle = {
  battleId: string
  outputs: ShownOutput[]
  /** The votes there are, by their places. */
  presses: Pick<Press, 'text' | 'style'>[]
  /** Who wrote what; null while that is a secret. */
  names: { letter: string; model: string }[] | null
  /** From which answers its asker may go on. */
  goesOn: { letter: string; side: 'a' | 'b' }[]
}

/** The form of a question to an arena; it opens for people who typed none, or have to agree first. */
export type AskForm = {
  dataset: { title: string }
  /** Where it will stand, and below which message where there is one. */
  channel: string
  thread: string | null
  /** What was typed so far. */
  prompt: string
  /** The turn it continues. */
  follows: Follows | null
  /** What submitting it agrees to, in words, and the key that comes back with it. */
  consent: { key: string; text: string } | null
}

/** What is asked about a message that somebody sends to Parley. */
export type FeedbackForm = {
  id: string
  /** The message, as it will be kept. */
  text: string
  /** Where it may go; asked where there are several. */
  datasets: { name: string; title: string }[]
  /** What is kept, and of whom. */
  note: string
}

/** A turn of a conversation and the answer that was chosen there. */
export type Follows = { battleId: string; side: 'a' | 'b' }

/** What a post found, best first; equals share a rank. */
export type PostResult = {
  votes: number
  ranking: {
    letter: string
    rank: number
    content: Content
    /** Null unless the post names the models. */
    model: string | null
    /** The share of votes that put it first. */
    share: number | null
  }[]
  /** How far people agreed and how sure the first place is, in a sentence or two. */
  agreement: string
}

/** A public message from which people start. */
export type Hub = {
  dataset: { name: string; title: string }
  guidelines: boolean
  progress: string
  status: 'draft' | 'ready' | 'paused' | 'closed'
}

/** What stands in place of an assignment's id where the texts of a post are read. */
export function postReadingId(postId: string): string {
  return `post.${postId}`
}

/** The post in such an id, or in the wish somebody brought to their consent; else null. */
export function readPostId(text: string): string | null {
  return /^post\.([1-9]\d{0,17})$/.exec(text)?.[1] ?? null
}
