/** What Parley keeps in channels: public posts, and the hub of a dataset. */
import { z } from '@hono/zod-openapi'
import { createPosts, getPost, listPosts } from '../../../assignments/post.ts'
import { findChannel } from '../../../chat/find-channel.ts'
import { putHub } from '../../../chat/gestures/posts.ts'
import { getDataset } from '../../../datasets/dataset.ts'
import { ifThere, notFound } from '../../../errors.ts'
import { wantRepaint } from '../../../outbound/messages.ts'
import type { Parley } from '../../../parley.ts'
import { closePost } from '../../../posts/close-post.ts'
import { answer, body, DatasetName, type Door, route } from '../../door/route.ts'

const shared = { tag: 'posts', scopes: ['admin'] as const }
const params = z.object({ dataset: DatasetName })
export const to = z.string().describe('`slack:#evals`, `slack:T1:#evals`, `discord:1234567890`.')

const Post = z.object({ id: z.string(), state: z.string(), closes_at: z.iso.datetime() })
const ListedPost = Post.extend({
  votes: z.int(),
  platform: z.string(),
  channel: z.string(),
}).openapi('Post')

export function postRoutes(door: Door, parley: Parley): void {
  voteRoutes(door, parley)
  channelRoutes(door, parley)
}

function voteRoutes(door: Door, parley: Parley): void {
  const post = route({
    ...{ ...shared, method: 'post', path: '/v1/datasets/{dataset}/posts', id: 'createPosts' },
    summary: 'Post the next records into a channel, for everybody there to vote',
    request: {
      params,
      body: body(
        z.strictObject({
          to,
          records: z.int().min(1).optional(),
          closes_in_hours: z.number().positive().optional(),
          models: z.boolean().optional().describe('Name the models in the result.'),
        }),
      ),
    },
    answers: { 201: answer('The posts.', z.object({ data: z.array(Post) })) },
  })
  door.openapi(post, async (c) => {
    const { to: where, records, closes_in_hours: hours, models } = c.req.valid('json')
    const { dataset } = c.req.valid('param')
    const { actor } = c.var.caller
    await getDataset(parley, dataset, actor)
    const posts = await createPosts(parley, actor, {
      ...{ dataset, to: await findChannel(parley, where) },
      ...(records === undefined ? {} : { records }),
      ...(hours === undefined ? {} : { closesInHours: hours }),
      ...(models === undefined ? {} : { models }),
    })
    const data = posts.map(({ id, state, closesAt }) => ({ id, state, closes_at: closesAt }))
    return c.json({ data }, 201)
  })

  const list = route({
    ...{ ...shared, method: 'get', path: '/v1/datasets/{dataset}/posts', id: 'listPosts' },
    summary: 'List the newest hundred public posts of a dataset',
    request: { params },
    answers: { 200: answer('The posts.', z.object({ data: z.array(ListedPost) })) },
  })
  door.openapi(list, async (c) => {
    const { name } = await getDataset(parley, c.req.valid('param').dataset, c.var.caller.actor)
    const posts = await listPosts(parley, name)
    return c.json({
      data: posts.map(({ channelId, closesAt, ...one }) => ({
        ...{ ...one, channel: channelId, closes_at: closesAt },
      })),
    })
  })

  const close = route({
    ...{ ...shared, method: 'post', path: '/v1/posts/{post}/close', id: 'closePost' },
    summary: 'Close a post now; it shows its result',
    request: { params: z.object({ post: z.string() }) },
    answers: { 200: answer('Whether it was open.', z.object({ closed: z.boolean() })) },
  })
  door.openapi(close, async (c) => {
    const { actor } = c.var.caller
    const { post: id } = c.req.valid('param')
    const found = await ifThere(getPost(parley, id))
    const dataset = found && (await ifThere(getDataset(parley, found.dataset.name, actor)))
    // In the same words whether there is none or its dataset is not theirs.
    if (!found || !dataset) throw notFound('post', id)
    const closed = await closePost(parley, actor, { postId: found.post.id, early: true })
    await wantRepaint(parley, `post:${found.post.id}`, { atOnce: true })
    return c.json({ closed })
  })
}

function channelRoutes(door: Door, parley: Parley): void {
  const hub = route({
    ...{ ...shared, method: 'post', path: '/v1/datasets/{dataset}/hub', id: 'putHub' },
    summary: 'Put the message into a channel that people start from',
    request: { params, body: body(z.strictObject({ to })) },
    answers: { 200: answer('Whether it is a new one.', z.object({ created: z.boolean() })) },
  })
  door.openapi(hub, async (c) => {
    const { dataset } = c.req.valid('param')
    const { actor } = c.var.caller
    await getDataset(parley, dataset, actor)
    const channel = await findChannel(parley, c.req.valid('json').to)
    return c.json({ created: await putHub(parley, actor, { dataset, to: channel }) })
  })
}
