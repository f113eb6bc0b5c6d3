/**
 * Lines in the shapes of published datasets: their columns as their cards and loaders name them, with
 * texts written for these tests. `prompt` and `outputs` are what the source means by them.
 */
import type { ChatMessage } from '../../src/records/message.ts'

export type PublicShape = {
  name: string
  lines: { [key: string]: unknown }[]
  template: 'comparison' | 'completion' | 'evaluation' | 'labels' | 'thumbs'
  /** Of the first record: the prompt a trainer reads. */
  prompt: ChatMessage[]
  /** Of the first record: `[text, model]`, best first where the file ranks. */
  outputs: [string, string?][]
  /** Ranks of the first record's outputs, in the file's order; 'bad' for none acceptable. */
  ranks?: number[] | 'bad'
  records?: number
}

const user = (content: string): ChatMessage => ({ role: 'user', content })
const bot = (content: string): ChatMessage => ({ role: 'assistant', content })
const system = (content: string): ChatMessage => ({ role: 'system', content })
const bird = [user('Name a bird.')]
const talk = (...texts: string[]) => texts.map((text, at) => (at % 2 ? bot(text) : user(text)))
const shareGpt = (...said: [string, string][]) => said.map(([from, value]) => ({ from, value }))

const battle = {
  question_id: '58210e39b3fd4441a2bd4a518bb44c2d',
  model_a: 'alpha-7b',
  model_b: 'beta-13b',
  winner: 'model_b',
  judge: 'arena_user_1',
  conversation_a: talk('Name a bird.', 'Cod.'),
  conversation_b: talk('Name a bird.', 'Wren.'),
  turn: 1,
  anony: true,
  language: 'English',
  tstamp: 1682351591.1322,
  openai_moderation: { flagged: false },
}
const battled: [string, string?][] = [
  ['Cod.', 'alpha-7b'],
  ['Wren.', 'beta-13b'],
]
const parts = (text: string) => [{ type: 'text', text, image: null, mimeType: null }]

export const publicShapes: PublicShape[] = [
  {
    name: 'ultrafeedback-binarized',
    lines: [
      {
        prompt: 'Name a bird.',
        prompt_id: 'f0',
        chosen: talk('Name a bird.', 'Wren.'),
        rejected: talk('Name a bird.', 'Cod.'),
        messages: talk('Name a bird.', 'Wren.'),
        score_chosen: 8.5,
        score_rejected: 2,
      },
      {
        prompt: 'Name a fish.',
        prompt_id: 'f1',
        chosen: talk('Name a fish.', 'Cod.', 'Another.', 'Eel.'),
        rejected: talk('Name a fish.', 'Cod.', 'Another.', 'Oak.'),
        messages: [],
        score_chosen: 7,
        score_rejected: 7,
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'argilla-cleaned',
    lines: [
      {
        source: 'evol',
        prompt: 'Name a bird.',
        chosen: talk('Name a bird.', 'Wren.'),
        'chosen-rating': 5,
        'chosen-model': 'large',
        rejected: talk('Name a bird.', 'Cod.'),
        'rejected-rating': 2.5,
        'rejected-model': 'small',
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [
      ['Wren.', 'large'],
      ['Cod.', 'small'],
    ],
    ranks: [1, 2],
  },
  {
    name: 'system-before-the-prompt',
    lines: [
      {
        prompt: 'Name a bird.',
        chosen: [system('Be brief.'), ...talk('Name a bird.', 'Wren.')],
        rejected: [system('Be brief.'), ...talk('Name a bird.', 'Cod.')],
        chosen_model: 'large',
        rejected_model: 'small',
      },
    ],
    template: 'comparison',
    prompt: [system('Be brief.'), ...bird],
    outputs: [
      ['Wren.', 'large'],
      ['Cod.', 'small'],
    ],
    ranks: [1, 2],
  },
  {
    name: 'hh-rlhf',
    lines: [
      {
        chosen: '\n\nHuman: Name a bird.\n\nAssistant: Wren.',
        rejected: '\n\nHuman: Name a bird.\n\nAssistant: Cod.',
      },
      {
        chosen:
          '\n\nHuman: Hi.\n\nAssistant: Hello.\n\nHuman: Bye.\n\nAssistant: See you:\n\n1. soon',
        rejected: '\n\nHuman: Hi.\n\nAssistant: Hello.\n\nHuman: Bye.\n\nAssistant: No.',
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'full-hh-rlhf',
    lines: [
      {
        prompt: '\n\nHuman: Name a bird.\n\nAssistant:',
        response: ' Wren.',
        chosen: ' Wren.',
        rejected: ' Cod.',
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [[' Wren.'], [' Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'nectar',
    lines: [
      {
        prompt: '\n\nHuman: Name a bird. \n\nAssistant: ',
        answers: ['gpt-4', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'].map((model, at) => ({
          answer: `Bird ${at}.`,
          model,
          rank: at + 1,
        })),
        turns: 1,
        num_responses: 7,
        source: ['lmsys-chat-1m'],
        good_natured: true,
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: ['gpt-4', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'].map((model, at) => [
      `Bird ${at}.`,
      model,
    ]),
    ranks: [1, 2, 3, 4, 5, 6, 7],
  },
  {
    name: 'webgpt',
    lines: [
      {
        question: { dataset: 'eli5', id: '7', full_text: 'Name a bird.' },
        quotes_0: { title: ['A'], extract: ['a'] },
        answer_0: 'Cod.',
        tokens_0: { prefix: [1], completion: [2] },
        score_0: -0.5,
        quotes_1: { title: ['B'], extract: ['b'] },
        answer_1: 'Wren.',
        tokens_1: { prefix: [1], completion: [3] },
        score_1: 0.5,
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [['Cod.'], ['Wren.']],
    ranks: [2, 1],
  },
  {
    name: 'ultrafeedback',
    lines: [
      {
        source: 'evol',
        instruction: 'Name a bird.',
        models: ['small', 'large'],
        completions: ['Cod.', 'Wren.'].map((response, at) => ({
          annotations: {
            helpfulness: { Rating: at ? '5' : '1', Rationale: 'r' },
            honesty: { Rating: '3', Rationale: 'r' },
          },
          custom_system_prompt: 'Be kind.',
          model: at ? 'large' : 'small',
          principle: 'helpfulness',
          response,
          critique: 'c',
          overall_score: 10 - at,
          'fine-grained_score': at ? 4 : 2,
        })),
        correct_answers: ['None'],
        incorrect_answers: ['None'],
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [
      ['Cod.', 'small'],
      ['Wren.', 'large'],
    ],
    ranks: [2, 1],
  },
  {
    name: 'helpsteer',
    lines: [
      {
        prompt: 'Name a bird.',
        response: 'Wren.',
        ...{ helpfulness: 4, correctness: 4, coherence: 4, complexity: 0, verbosity: 1 },
      },
    ],
    template: 'evaluation',
    prompt: bird,
    outputs: [['Wren.']],
  },
  {
    name: 'helpsteer2-preference',
    lines: [
      {
        split: 'train',
        prompt: 'Name a bird.',
        response_1: 'Cod.',
        response_2: 'Wren.',
        preference_strength: 3,
        preference_statement: 'The second is a bird.',
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [['Cod.'], ['Wren.']],
    ranks: [2, 1],
  },
  {
    name: 'helpsteer3',
    lines: [
      {
        domain: 'general',
        language: 'english',
        context: talk('Hi.', 'Hello.', 'Name a bird.'),
        response1: 'Wren.',
        response2: 'Cod.',
        overall_preference: -1,
        individual_preference: [{ score: -1, reasoning: 'r', feedback1: 'a', feedback2: 'b' }],
      },
    ],
    template: 'comparison',
    prompt: talk('Hi.', 'Hello.', 'Name a bird.'),
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'shp',
    lines: [
      {
        post_id: 'p',
        domain: 'askbirds_train',
        upvote_ratio: 0.9,
        history: 'Name a bird.',
        c_root_id_A: 'a',
        c_root_id_B: 'b',
        created_at_utc_A: 1,
        created_at_utc_B: 2,
        score_A: 50,
        score_B: 4,
        human_ref_A: 'Wren.',
        human_ref_B: 'Cod.',
        labels: 1,
        seconds_difference: 1,
        score_ratio: 12.5,
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'stack-exchange-paired',
    lines: [
      {
        qid: 1,
        question: 'Name a bird.',
        date: '2020/01/01',
        metadata: ['https://a.example'],
        response_j: 'Wren.',
        response_k: 'Cod.',
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'stack-exchange-preferences',
    lines: [
      {
        qid: 1,
        question: 'Name a bird.',
        answers: [
          { answer_id: 7, author: 'a', pm_score: 1, selected: false, text: 'Cod.' },
          { answer_id: 8, author: 'b', pm_score: 5, selected: true, text: 'Wren.' },
        ],
        date: '2020/01/01',
        metadata: ['https://a.example'],
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [['Cod.'], ['Wren.']],
    ranks: [2, 1],
  },
  {
    name: 'pku-saferlhf',
    lines: [
      {
        prompt: 'Name a bird.',
        response_0: 'Cod.',
        response_1: 'Wren.',
        prompt_source: 'x',
        response_0_source: 'Alpaca-7B',
        response_1_source: 'WizardLM-30B',
        is_response_0_safe: true,
        is_response_1_safe: true,
        response_0_harm_category: { Insult: false },
        response_1_harm_category: { Insult: false },
        response_0_severity_level: 0,
        response_1_severity_level: 0,
        better_response_id: 1,
        safer_response_id: 0,
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [
      ['Cod.', 'Alpaca-7B'],
      ['Wren.', 'WizardLM-30B'],
    ],
    ranks: [2, 1],
  },
  {
    name: 'beavertails',
    lines: [
      { prompt: 'Name a bird.', response: 'Wren.', category: { a: false }, is_safe: true },
      { prompt: 'Name a fish.', response: 'Oak.', category: { a: true }, is_safe: false },
    ],
    template: 'thumbs',
    prompt: bird,
    outputs: [['Wren.']],
  },
  {
    name: 'chatbot-arena',
    lines: [battle, { ...battle, question_id: 'x', winner: 'tie' }],
    template: 'comparison',
    prompt: bird,
    outputs: battled,
    ranks: [2, 1],
  },
  {
    name: 'arena-both-bad',
    lines: [
      { ...battle, winner: 'tie (bothbad)' },
      { ...battle, question_id: 'y', winner: 'both_bad' },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: battled,
    ranks: 'bad',
  },
  {
    name: 'arena-140k',
    lines: [
      {
        id: 'b1',
        model_a: 'alpha-7b',
        model_b: 'beta-13b',
        winner: 'tie',
        evaluation_session_id: 's',
        evaluation_order: 1,
        conversation_a: [
          { role: 'user', content: parts('Name a bird.') },
          { role: 'assistant', content: parts('Cod.') },
        ],
        conversation_b: [
          { role: 'user', content: parts('Name a bird.') },
          { role: 'assistant', content: parts('Wren.') },
        ],
        language: 'en',
        is_code: false,
        timestamp: '2025-07-01 10:00:00',
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: battled,
    ranks: [1, 1],
  },
  {
    name: 'arena-55k',
    lines: [
      {
        id: 30192,
        model_a: 'alpha-7b',
        model_b: 'beta-13b',
        prompt: '["Name a bird."]',
        response_a: '["Cod."]',
        response_b: '["Wren."]',
        winner_model_a: 0,
        winner_model_b: 1,
        winner_tie: 0,
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: battled,
    ranks: [2, 1],
  },
  {
    name: 'mt-bench-human-judgments',
    lines: [
      { ...battle, question_id: 81, judge: 'expert_0', winner: 'model_a' },
      { ...battle, question_id: 81, judge: 'expert_1', winner: 'model_a' },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: battled,
    ranks: [1, 2],
    records: 1,
  },
  {
    name: 'alpaca-eval',
    lines: [
      {
        instruction: 'Name a bird.',
        output_1: 'Cod.',
        generator_1: 'small',
        dataset: 'x',
        output_2: 'Wren.',
        generator_2: 'large',
        annotator: 'human_7',
        preference: 1.98,
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [
      ['Cod.', 'small'],
      ['Wren.', 'large'],
    ],
    ranks: [2, 1],
  },
  {
    name: 'summarize-from-feedback',
    lines: [
      {
        info: {
          id: 't3',
          post: 'Name a bird.',
          title: 't',
          subreddit: 's',
          site: null,
          article: null,
        },
        summaries: [
          { text: 'Cod.', policy: 'sup4', note: null },
          { text: 'Wren.', policy: 'ref', note: null },
        ],
        choice: 1,
        worker: 'w1',
        batch: 'b',
        split: 'train',
        extra: { confidence: null },
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [
      ['Cod.', 'sup4'],
      ['Wren.', 'ref'],
    ],
    ranks: [2, 1],
  },
  {
    name: 'reward-bench-2',
    lines: [
      {
        id: '0',
        prompt: 'Name a bird.',
        chosen: ['Wren.'],
        rejected: ['Cod.', 'Oak.', 'Ash.'],
        models: ['m1', 'm2', 'm3', 'm4'],
        subset: 'Factuality',
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [
      ['Wren.', 'm1'],
      ['Cod.', 'm2'],
      ['Oak.', 'm3'],
      ['Ash.', 'm4'],
    ],
    ranks: [1, 2, 2, 2],
  },
  {
    name: 'open-assistant-trees',
    lines: [
      {
        message_tree_id: 'm1',
        tree_state: 'ready_for_export',
        prompt: {
          message_id: 'm1',
          text: 'Name a bird.',
          role: 'prompter',
          lang: 'en',
          replies: [
            {
              message_id: 'm2',
              parent_id: 'm1',
              text: 'Cod.',
              role: 'assistant',
              rank: 1,
              model_name: 'small',
              replies: [],
            },
            {
              message_id: 'm3',
              parent_id: 'm1',
              text: 'Wren.',
              role: 'assistant',
              rank: 0,
              replies: [
                {
                  message_id: 'm4',
                  parent_id: 'm3',
                  text: 'Another.',
                  role: 'prompter',
                  replies: [
                    { message_id: 'm5', text: 'Robin.', role: 'assistant', rank: 0, replies: [] },
                    { message_id: 'm6', text: 'Eel.', role: 'assistant', rank: 1, replies: [] },
                  ],
                },
              ],
            },
          ],
        },
      },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [['Cod.', 'small'], ['Wren.']],
    ranks: [2, 1],
    records: 2,
  },
  {
    name: 'orca-dpo',
    lines: [
      { system: 'Be brief.', question: 'Name a bird.', chosen: 'Wren.', rejected: 'Cod.' },
      { system: '', question: 'Name a fish.', chosen: 'Cod.', rejected: 'Oak.' },
    ],
    template: 'comparison',
    prompt: [system('Be brief.'), ...bird],
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'system-and-context',
    lines: [
      {
        system: 'Be brief.',
        context: 'A wren sang.',
        question: 'Name the bird.',
        chosen: 'Wren.',
        rejected: 'Cod.',
      },
    ],
    template: 'comparison',
    prompt: [system('Be brief.\n\nA wren sang.'), user('Name the bird.')],
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'open-orca',
    lines: [
      { id: 'niv.1', system_prompt: 'Be brief.', question: 'Name a bird.', response: 'Wren.' },
      { id: 'niv.2', system_prompt: '', question: 'Name a fish.', response: 'Cod.' },
    ],
    template: 'evaluation',
    prompt: [system('Be brief.'), ...bird],
    outputs: [['Wren.']],
  },
  {
    name: 'alpaca-history',
    lines: [
      {
        instruction: 'Name a bird.',
        input: '',
        output: 'Wren.',
        system: 'Be brief.',
        history: [['Hi.', 'Hello.']],
      },
      {
        instruction: 'Name a fish.',
        input: 'A long one.',
        output: 'Eel.',
        system: '',
        history: [],
      },
    ],
    template: 'evaluation',
    prompt: [system('Be brief.'), ...talk('Hi.', 'Hello.', 'Name a bird.')],
    outputs: [['Wren.']],
  },
  {
    name: 'llama-factory-sharegpt',
    lines: [
      {
        conversations: shareGpt(
          ['human', 'Name a bird.'],
          ['function_call', '{"name":"look"}'],
          ['observation', '{"seen":"wren"}'],
          ['gpt', 'Wren.'],
        ),
        system: 'Be brief.',
        tools: '[]',
      },
    ],
    template: 'evaluation',
    prompt: [
      system('Be brief.'),
      ...bird,
      bot('{"name":"look"}'),
      { role: 'tool', content: '{"seen":"wren"}' },
    ],
    outputs: [['Wren.']],
  },
  {
    name: 'llama-factory-preference',
    lines: [
      {
        conversations: shareGpt(['human', 'Name a bird.']),
        chosen: { from: 'gpt', value: 'Wren.' },
        rejected: { from: 'gpt', value: 'Cod.' },
        system: 'Be brief.',
      },
    ],
    template: 'comparison',
    prompt: [system('Be brief.'), ...bird],
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'sharegpt-raw',
    lines: [
      {
        id: 'c1',
        conversations: shareGpt(
          ['user', 'Hi.'],
          ['chatgpt', 'Hello.'],
          ['human', 'Name a bird.'],
          ['bard', 'Wren.'],
        ),
      },
    ],
    template: 'evaluation',
    prompt: talk('Hi.', 'Hello.', 'Name a bird.'),
    outputs: [['Wren.']],
  },
  {
    name: 'capybara',
    lines: [
      {
        source: 'x',
        conversation: [
          { input: 'Hi.', output: 'Hello.' },
          { input: 'Name a bird.', output: 'Wren.' },
        ],
      },
    ],
    template: 'evaluation',
    prompt: talk('Hi.', 'Hello.', 'Name a bird.'),
    outputs: [['Wren.']],
  },
  {
    name: 'lmsys-chat-1m',
    lines: [
      {
        conversation_id: 'c',
        model: 'vicuna-13b',
        conversation: talk('Name a bird.', 'Wren.'),
        turn: 1,
        language: 'English',
        redacted: false,
      },
    ],
    template: 'evaluation',
    prompt: bird,
    outputs: [['Wren.', 'vicuna-13b']],
  },
  {
    name: 'wildchat',
    lines: [
      {
        conversation_hash: 'h',
        model: 'gpt-4',
        conversation: talk('Name a bird.', 'Wren.').map((message) => ({
          ...message,
          language: 'English',
          redacted: false,
          toxic: false,
        })),
        turn: 1,
      },
    ],
    template: 'evaluation',
    prompt: bird,
    outputs: [['Wren.', 'gpt-4']],
  },
  {
    name: 'ultrachat-200k',
    lines: [
      {
        prompt: 'Name a bird.',
        prompt_id: 'p',
        messages: talk('Name a bird.', 'Wren.', 'Another.', 'Robin.'),
      },
    ],
    template: 'evaluation',
    prompt: talk('Name a bird.', 'Wren.', 'Another.'),
    outputs: [['Robin.']],
  },
  {
    name: 'kto-mix',
    lines: [
      { prompt: bird, completion: [bot('Wren.')], label: true },
      { prompt: [user('Name a fish.')], completion: [bot('Oak.')], label: false },
    ],
    template: 'thumbs',
    prompt: bird,
    outputs: [['Wren.']],
  },
  {
    name: 'tulu-3-sft',
    lines: [{ id: 't', messages: talk('Name a bird.', 'Wren.'), source: 's' }],
    template: 'evaluation',
    prompt: bird,
    outputs: [['Wren.']],
  },
  {
    name: 'dolly',
    lines: [
      { instruction: 'Name the bird.', context: 'A wren sang.', response: 'Wren.', category: 'qa' },
      { instruction: 'Sing.', context: '', response: 'La.', category: 'creative' },
    ],
    template: 'evaluation',
    prompt: [system('A wren sang.'), user('Name the bird.')],
    outputs: [['Wren.']],
  },
  {
    name: 'guanaco',
    lines: [{ text: '### Human: Name a bird.### Assistant: Wren.' }],
    template: 'evaluation',
    prompt: bird,
    outputs: [['Wren.']],
  },
  {
    name: 'ms-swift',
    lines: [{ messages: talk('Name a bird.', 'Wren.'), rejected_response: 'Cod.' }],
    template: 'comparison',
    prompt: bird,
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'vertex-preference',
    lines: [
      {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [{ role: 'user', parts: [{ text: 'Name a bird.' }] }],
        completions: [
          { score: 1, completion: { role: 'model', parts: [{ text: 'Wren.' }] } },
          { score: 0, completion: { role: 'model', parts: [{ text: 'Cod.' }] } },
        ],
      },
    ],
    template: 'comparison',
    prompt: [system('Be brief.'), ...bird],
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
  {
    name: 'columns-a-b',
    lines: [
      { id: '1', prompt: 'Name a bird.', answer_a: 'Wren.', answer_b: 'Cod.' },
      { id: '2', prompt: 'Name a fish.', answer_a: 'Oak.', answer_b: 'Cod.' },
    ],
    template: 'comparison',
    prompt: bird,
    outputs: [['Wren.'], ['Cod.']],
  },
  {
    name: 'imdb',
    lines: ['Good.', 'Bad.', 'Fine.', 'Dull.'].map((text, at) => ({ text, label: at % 2 })),
    template: 'labels',
    prompt: [user('Good.')],
    outputs: [],
  },
  {
    name: 'distilabel-orca',
    lines: [
      {
        system: 'Be brief.',
        input: 'Name a bird.',
        chosen: 'Wren.',
        rejected: 'Cod.',
        generations: ['Wren.', 'Cod.'],
        order: ['chosen', 'rejected'],
        rating: [9, 3],
      },
    ],
    template: 'comparison',
    prompt: [system('Be brief.'), ...bird],
    outputs: [['Wren.'], ['Cod.']],
    ranks: [1, 2],
  },
]
