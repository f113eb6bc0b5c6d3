/** Verbs about posts, hubs and arenas in channels, as the terminal calls them: here, or on a server. */
import type { Parley } from '../../parley.ts'
import { cliActor } from '../actor.ts'
import { part, type Server } from './server.ts'

export type MadePost = { id: string; closesAt: Date }

export type ListedPost = MadePost & {
  state: string
  votes: number
  platform: string
  channelId: string
}

export type ChannelVerbs = {
  createPosts(input: {
    dataset: string
    /** As it is typed: `slack:#evals`, `discord:1234567890`. */
    to: unknown
    records?: number
    closesInHours?: number
    models?: boolean
  }): Promise<MadePost[]>
  listPosts(dataset: string): Promise<ListedPost[]>
  /** Whether it was open until now. */
  closePost(postId: string): Promise<boolean>
  /** Whether it is a new one. */
  putHub(input: { dataset: string; to: unknown }): Promise<boolean>
}

export function channelsHere(parley: Parley): ChannelVerbs {
  const channelOf = async (to: unknown) =>
    (await import('../../chat/find-channel.ts')).findChannel(parley, to)
  return {
    async createPosts({ to, ...input }) {
      const { createPosts } = await import('../../assignments/post.ts')
      return createPosts(parley, cliActor, { ...input, to: await channelOf(to) })
    },
    async listPosts(dataset) {
      const { listPosts } = await import('../../assignments/post.ts')
      return listPosts(parley, dataset)
    },
    async closePost(postId) {
      const { getPost } = await import('../../assignments/post.ts')
      const { wantRepaint } = await import('../../outbound/messages.ts')
      const { closePost } = await import('../../posts/close-post.ts')
      await getPost(parley, postId)
      const closed = await closePost(parley, cliActor, { postId, early: true })
      await wantRepaint(parley, `post:${postId}`, { atOnce: true })
      return closed
    },
    async putHub({ dataset, to }) {
      const { putHub } = await import('../../chat/gestures/posts.ts')
      return putHub(parley, cliActor, { dataset, to: await channelOf(to) })
    },
  }
}

type SentPost = { id: string; closes_at: string }

export function channelsThere(server: Server): ChannelVerbs {
  const at = (dataset: string, act: string) => `/v1/datasets/${part(dataset)}/${act}`
  return {
    async createPosts({ dataset, to = '', closesInHours, ...input }) {
      const json = { ...input, to, closes_in_hours: closesInHours }
      const { data } = await server.call<{ data: SentPost[] }>('POST', at(dataset, 'posts'), {
        json,
      })
      return data.map(({ id, closes_at: at }) => ({ id, closesAt: new Date(at) }))
    },
    async listPosts(dataset) {
      const { data } = await server.call<{
        data: (SentPost & Omit<ListedPost, 'closesAt' | 'channelId'> & { channel: string })[]
      }>('GET', at(dataset, 'posts'))
      return data.map(({ closes_at: closesAt, channel: channelId, ...post }) => ({
        ...{ ...post, channelId, closesAt: new Date(closesAt) },
      }))
    },
    closePost: async (id) =>
      (await server.call<{ closed: boolean }>('POST', `/v1/posts/${part(id)}/close`)).closed,
    putHub: async ({ dataset, to = '' }) =>
      (await server.call<{ created: boolean }>('POST', at(dataset, 'hub'), { json: { to } }))
        .created,
  }
}
