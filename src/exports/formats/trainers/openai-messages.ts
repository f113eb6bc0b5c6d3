/** What OpenAI's types (openai 3.57, types/chat/*_message_param.py) take for a message; rows are held against it. */
import { z } from 'zod'

const text = z.strictObject({ type: z.literal('text'), text: z.string() })
const texts = z.union([z.string(), z.array(text).min(1)])
const named = { name: z.string().min(1).optional() }
const called = z.strictObject({ name: z.string().min(1), arguments: z.string() })

const Assistant = z
  .strictObject({
    role: z.literal('assistant'),
    content: z
      .union([
        z.string(),
        z.array(
          z.union([text, z.strictObject({ type: z.literal('refusal'), refusal: z.string() })]),
        ),
        z.null(),
      ])
      .optional(),
    ...named,
    refusal: z.string().optional(),
    function_call: called.optional(),
    tool_calls: z
      .array(
        z.union([
          z.strictObject({ id: z.string().min(1), type: z.literal('function'), function: called }),
          z.strictObject({
            id: z.string().min(1),
            type: z.literal('custom'),
            custom: z.strictObject({ name: z.string().min(1), input: z.string() }),
          }),
        ]),
      )
      .min(1)
      .optional(),
    /** 0 takes a turn out of the loss. */
    weight: z.literal(0).optional(),
  })
  .refine(
    ({ content, tool_calls, function_call, refusal }) =>
      typeof content === 'string' || content || tool_calls || function_call || refusal,
    'says nothing',
  )

export const OpenAiMessage = z.union([
  z.strictObject({ role: z.enum(['system', 'developer']), content: texts, ...named }),
  z.strictObject({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.looseObject({ type: z.string() })).min(1)]),
    ...named,
  }),
  Assistant,
  z.strictObject({ role: z.literal('tool'), tool_call_id: z.string().min(1), content: texts }),
  z.strictObject({ role: z.literal('function'), name: z.string().min(1), content: texts }),
])
export const OpenAiAnswer = z.tuple([Assistant])
const OpenAiTool = z.union([
  z.looseObject({
    type: z.literal('function'),
    function: z.looseObject({ name: z.string().min(1) }),
  }),
  z.looseObject({ type: z.literal('custom'), custom: z.looseObject({ name: z.string().min(1) }) }),
])
export const OpenAiTools = z.array(OpenAiTool)
