import { describe, expect, expectTypeOf, test } from 'vitest'
import type { Reply } from '../../src/chat/port/port.ts'
import { type Surface, surfaceOf } from '../../src/chat/port/surfaces.ts'

const types: Record<Surface, readonly Reply['type'][]> = {
  card: ['task', 'welcome'],
  form: ['form'],
  'ask-form': ['ask-form', 'feedback-form'],
  'admin-form': ['export-form', 'import-form'],
  message: [
    ...(['receipt', 'invitation', 'reminder', 'answered', 'preferences', 'my-data'] as const),
    ...(['export-progress', 'import-progress', 'generation-progress'] as const),
  ],
  overview: ['choices', 'history', 'home'],
  public: ['post', 'hub'],
  notice: ['notice', 'problems'],
  reader: ['reader'],
  file: ['file'],
  nothing: ['nothing'],
}

describe('surfaceOf', () => {
  for (const [surface, of] of Object.entries(types))
    test.each(of)(`%s belongs to ${surface}`, (type) => {
      expect(surfaceOf({ type } as Reply)).toBe(surface)
    })

  test('the surfaces of types that were handled before are not possible any more', () => {
    const rest = (
      reply: Exclude<
        Reply,
        { type: 'form' | 'ask-form' | 'feedback-form' | 'file' | 'nothing' | 'reader' }
      >,
    ) => surfaceOf(reply)
    expectTypeOf<ReturnType<typeof rest>>().toEqualTypeOf<
      'card' | 'admin-form' | 'message' | 'overview' | 'public' | 'notice'
    >()
    expectTypeOf<
      typeof surfaceOf<Reply & { type: 'notice' | 'problems' }>
    >().returns.toEqualTypeOf<'notice'>()
    expect(rest({ type: 'notice', text: 'Saved.' })).toBe('notice')
  })
})
