/** Sets values in a parsed YAML document so that what is the same stays the same node, with its comments. */
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Scalar,
  YAMLMap,
  type YAMLSeq,
} from 'yaml'

/** Puts a value at a path below a node, making maps on the way. */
export function put(document: Document, below: unknown, path: readonly string[], value: unknown) {
  let here = below
  for (const key of path.slice(0, -1)) {
    if (!isMap(here)) return
    const next = here.get(key, true)
    if (isMap(next)) here = next
    else {
      const made = flowMap(document)
      here.set(key, made)
      here = made
    }
  }
  const key = path.at(-1) ?? ''
  if (!isMap(here)) return
  const before = here.get(key, true)
  const after = putInto(document, before, value)
  if (after !== before) here.set(key, after)
  // A text of several lines reads well only in a map of several lines.
  if (typeof value === 'string' && value.includes('\n')) here.flow = false
}

/** A map on one line, as the templates write questions. */
export function flowMap(document: Document): YAMLMap {
  const map = new YAMLMap(document.schema)
  map.flow = true
  return map
}

/** A key without a value yet, where the order of the schema wants it. */
export function insertInOrder(document: Document, key: string, order: readonly string[]): void {
  if (!isMap(document.contents)) return
  const place = order.indexOf(key)
  const items: unknown[] = document.contents.items
  const at = items.findIndex(
    (pair) => isPair(pair) && isScalar(pair.key) && order.indexOf(String(pair.key.value)) > place,
  )
  const pair = document.createPair(key, null)
  const first: unknown = at < 0 ? null : items[at]
  // What is written above the document stays above it.
  if (at === 0 && isPair(first) && isNode(first.key) && first.key.commentBefore) {
    pair.key.commentBefore = first.key.commentBefore
    first.key.commentBefore = null
  }
  items.splice(at < 0 ? items.length : at, 0, pair)
}

function putInto(document: Document, before: unknown, value: unknown): unknown {
  if (isScalar(before) && !isComposite(value)) {
    if (before.value === value) return before
    before.value = value
    delete before.source
    delete before.format
    styleText(before, value)
    return before
  }
  if (isSeq(before) && Array.isArray(value)) return putList(document, before, value)
  if (isMap(before) && isComposite(value) && !Array.isArray(value)) {
    const entries = Object.entries(value)
    for (const pair of [...before.items]) {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key)
      if (!entries.some(([name]) => name === key))
        before.delete(isScalar(pair.key) ? pair.key.value : key)
    }
    for (const [key, one] of entries) {
      const old = before.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)
      if (old) old.value = putInto(document, old.value, one)
      else before.set(key, document.createNode(one))
    }
    return before
  }
  const made = document.createNode(value)
  if (isScalar(made)) styleText(made, value)
  // Short lists and maps stand on one line; options with texts take one each.
  if (isMap(made)) made.flow = true
  if (isSeq(made)) layOut(made)
  return made
}

function putList(document: Document, list: YAMLSeq, value: readonly unknown[]): YAMLSeq {
  const left = [...list.items]
  const items = value.map((one) => {
    const wanted = JSON.stringify(one)
    const at = left.findIndex(
      (item) => isNode(item) && JSON.stringify(item.toJS(document)) === wanted,
    )
    if (at >= 0) return left.splice(at, 1)[0]
    const made = document.createNode(one)
    if (isMap(made)) made.flow = true
    return made
  })
  list.items = items
  if (list.flow && items.some(isMap)) layOut(list)
  return list
}

function layOut(list: YAMLSeq): void {
  list.flow = !list.items.some(isMap)
  for (const item of list.items) if (isMap(item)) item.flow = true
}

function styleText(scalar: Scalar, value: unknown): void {
  const isLong = typeof value === 'string' && value.includes('\n')
  const wasLong = scalar.type === Scalar.BLOCK_LITERAL || scalar.type === Scalar.BLOCK_FOLDED
  if (isLong) scalar.type = Scalar.BLOCK_LITERAL
  else if (wasLong || typeof value !== 'string') delete scalar.type
}

function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
