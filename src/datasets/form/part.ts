/** Fields and questions in the YAML: found or written out, added, renamed, moved and removed. */
import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { isObject } from '../../json.ts'
import { DatasetDocument } from '../document.ts'
import { listParts } from '../parsing/merge-template.ts'
import { flowMap, insertInOrder, put } from './node.ts'
import type { Form, PartKind } from './read-form.ts'

type Items = Pair[]

/** The map that holds a part's own keys; one that only the template brought is written out first. */
export function partNode(document: Document, form: Form, kind: PartKind, place: number): YAMLMap {
  const parts = form[kind]
  const name = parts[place]?.name ?? ''
  if (isBrought(document, kind, name)) writeOut(document, form, kind, place)
  const all = collectionOf(document, kind)
  if (isSeq(all)) {
    const at = all.items.findIndex((item) => nameIn(item) === name)
    const item: unknown = all.items[at]
    if (isMap(item)) return item
    const made = flowMap(document)
    made.set('name', name)
    all.items[at] = made
    return made
  }
  const pair = all.items.find((one) => keyOf(one) === name)
  if (isMap(pair?.value)) return pair.value
  const made = flowMap(document)
  if (isScalar(pair?.value) && typeof pair.value.value === 'string')
    made.set('title', pair.value.value)
  all.set(name, made)
  return made
}

/** Another name; what the template brought under the old one is not asked any more. */
export function renamePart(
  document: Document,
  form: Form,
  kind: PartKind,
  place: number,
  name: string,
): void {
  const before = form[kind][place]?.name ?? ''
  const node = partNode(document, form, kind, place)
  const brought = broughtBy(document, kind, before)
  if (brought) {
    // Its own keys stand above what the template said under its old name.
    for (const [key, value] of Object.entries(brought))
      if (!node.has(key)) put(document, node, [key], value)
    asMap(document, kind)
  }
  const all = collectionOf(document, kind)
  if (isSeq(all)) {
    put(document, node, ['name'], name)
    return
  }
  const at = all.items.findIndex((one) => keyOf(one) === before)
  const pair = all.items[at]
  if (pair && isScalar(pair.key)) pair.key.value = name
  if (brought) all.items.splice(at + 1, 0, document.createPair(before, false))
}

export function addPart(
  document: Document,
  form: Form,
  {
    to,
    question = 'text',
    isOptional = false,
  }: { to: PartKind; question?: string; isOptional?: boolean },
): void {
  const taken = new Set(form[to].map(({ name }) => name))
  const word = to === 'fields' ? 'field' : question
  let name = word
  for (let number = 2; taken.has(name); number++) name = `${word}_${number}`
  const all = collectionOf(document, to)
  const made = flowMap(document)
  if (isSeq(all)) made.set('name', name)
  if (to === 'questions') made.set('type', question)
  if (to === 'questions' && ['label', 'multi_label', 'span'].includes(question))
    put(document, made, ['options'], ['yes', 'no'])
  const [field] = form.fields
  if (question === 'span' && to === 'questions' && field) made.set('field', field.name)
  if (isOptional) made.set('required', false)
  if (isSeq(all)) all.items.push(made)
  else all.set(document.createNode(name), made)
}

export function removePart(document: Document, form: Form, kind: PartKind, place: number): void {
  const name = form[kind][place]?.name ?? ''
  const isOfTemplate = broughtBy(document, kind, name) !== null
  if (isOfTemplate) asMap(document, kind)
  const all = collectionOf(document, kind)
  if (isSeq(all)) all.items = all.items.filter((item) => nameIn(item) !== name)
  else if (isOfTemplate) all.set(name, false)
  else all.items = all.items.filter((one) => keyOf(one) !== name)
  if (all.items.length === 0) document.delete(kind)
}

export function movePart(
  document: Document,
  form: Form,
  kind: PartKind,
  place: number,
  by: -1 | 1,
): void {
  const [one, other] = [form[kind][place], form[kind][place + by]]
  if (!one || !other) return
  writeOut(document, form, kind, 0)
  const all = collectionOf(document, kind)
  const items: unknown[] = all.items
  const placeOf = (name: string) =>
    items.findIndex((item) => (isSeq(all) ? nameIn(item) : keyOf(item)) === name)
  const [from, to] = [placeOf(one.name), placeOf(other.name)]
  if (from < 0 || to < 0) return
  const [moved] = items.splice(from, 1)
  items.splice(to, 0, moved)
}

/** Names the parts that only the template brings, from this place on, so that all keep their order. */
function writeOut(document: Document, form: Form, kind: PartKind, from: number): void {
  const names = form[kind]
    .filter(({ name }, at) => at >= from && isBrought(document, kind, name))
    .map(({ name }) => name)
  const all = collectionOf(document, kind)
  if (isSeq(all)) {
    const made = names.map((name) => {
      const map = flowMap(document)
      map.set('name', name)
      return map
    })
    all.items.unshift(...made)
    return
  }
  const items: Items = names.map((name) => document.createPair(name, flowMap(document)))
  all.items.unshift(...items)
}

/** The list or map of parts; made where there is none yet. */
function collectionOf(document: Document, kind: PartKind): YAMLMap<unknown, unknown> | YAMLSeq {
  const found = document.get(kind, true)
  if (isMap(found) || isSeq(found)) return found
  if (!document.has(kind)) insertInOrder(document, kind, Object.keys(DatasetDocument.shape))
  const made = new YAMLMap(document.schema)
  document.set(kind, made)
  return made
}

/** A list cannot say that a part of the template is left out; a map can. */
function asMap(document: Document, kind: PartKind): void {
  const list = collectionOf(document, kind)
  if (!isSeq(list)) return
  const map = new YAMLMap(document.schema)
  map.commentBefore = list.commentBefore ?? null
  map.comment = list.comment ?? null
  for (const item of list.items) {
    const name = nameIn(item) ?? ''
    const pair = document.createPair(name, null)
    if (isMap(item)) {
      item.delete('name')
      pair.value = item as never
      if (item.commentBefore && isScalar(pair.key)) {
        pair.key.commentBefore = item.commentBefore
        item.commentBefore = null
      }
    }
    map.items.push(pair)
  }
  document.set(kind, map)
}

function isBrought(document: Document, kind: PartKind, name: string): boolean {
  const source: unknown = document.toJS()
  if (!isObject(source)) return false
  const found = listParts(source)[kind].find(({ merged }) => merged['name'] === name)
  return found !== undefined && found.path.length === 1
}

/** What the template says of a part of this name, if it brings one. */
function broughtBy(document: Document, kind: PartKind, name: string) {
  const source: unknown = document.toJS()
  const template = isObject(source) ? listParts(source).template : null
  const parts = template?.[kind] ?? {}
  return Object.hasOwn(parts, name) ? (parts[name] ?? null) : null
}

function nameIn(item: unknown): string | null {
  if (isScalar(item)) return String(item.value)
  const name = isMap(item) ? item.get('name') : null
  return typeof name === 'string' ? name : null
}

function keyOf(pair: unknown): string | null {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : null
}
