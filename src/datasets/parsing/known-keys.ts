/** Which keys may stand where in a dataset document, for "did you mean". */
import { isObject } from '../../json.ts'

import { platformNames } from '../../platforms/registry.ts'
import {
  LabelQuestion,
  MultiLabelQuestion,
  type Question,
  RankingQuestion,
  RatingQuestion,
  SpanQuestion,
  TextQuestion,
} from '../../questions/question.ts'
import { DatasetDocument, Field, Posts } from '../document.ts'
import { type Explained, explainIssues, type Path } from '../explain.ts'
import { Feedback } from '../feedback/feedback.ts'
import { Feed } from '../feeds/feed.ts'
import { Generate } from '../models.ts'
import { traceKeys } from '../traces/rule.ts'

/** The mistyped keys of the document, its questions and its fields. */
export function unknownKeys(document: { [key: string]: unknown }): Explained[] {
  const issues = DatasetDocument.safeParse(document).error?.issues ?? []
  return explainIssues(
    issues.filter(({ code }) => code === 'unrecognized_keys'),
    document,
    (path) => knownKeys(path, document),
  )
}

export function knownKeys(path: Path, document: { [key: string]: unknown }): readonly string[] {
  const [key, at, under] = path
  if (key === undefined) return Object.keys(DatasetDocument.shape)
  if (key === 'fields') return Object.keys(Field.shape)
  if (key === 'questions' && under === 'options') return ['value', 'text', 'description']
  if (key === 'questions' && typeof at === 'number') {
    const questions = document['questions']
    const question: unknown = Array.isArray(questions) ? questions[at] : undefined
    return questionKeys(isObject(question) ? question['type'] : undefined)
  }
  if (key === 'distribution') return ['min_submitted', 'max_discards']
  if (key === 'feeds') return Object.keys(Feed.shape)
  if (key === 'feedback') return feedbackKeys(path)
  if (key === 'access') return platformNames()
  if (key === 'posts') return at === 'roles' ? platformNames() : Object.keys(Posts.shape)
  if (key === 'generate')
    return at === 'limits' ? ['in_flight', 'tokens', 'money'] : Object.keys(Generate.shape)
  if (key === 'traces') return at === 'match' ? traceKeys.match : traceKeys.traces
  return key === 'export' ? ['prompt', 'completion'] : []
}

function feedbackKeys([, at, platform]: Path): readonly string[] {
  if (at !== 'reactions') return Object.keys(Feedback.shape)
  return platform === undefined ? platformNames() : ['channels', 'apps']
}

const questionShapes = {
  text: TextQuestion,
  rating: RatingQuestion,
  label: LabelQuestion,
  multi_label: MultiLabelQuestion,
  ranking: RankingQuestion,
  span: SpanQuestion,
} satisfies { [T in Question['type']]: { shape: object } }

export function questionKeys(type: unknown): readonly string[] {
  for (const [name, { shape }] of Object.entries(questionShapes))
    if (name === type) return Object.keys(shape)
  return []
}
