// Scan: one page of all items of a table or index, or of one segment of them, in key order. Each page sees one durable
// state, except that a segment's page may take several steps, each of which sees one.
import { ValidationException } from '../../model/errors.ts'
import { MAX_SCAN_SEGMENTS } from '../../model/limits.ts'
import { checkExpressionParameters, type ExpressionInput } from '../../expression/expression-context.ts'
import { Constraints } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import { rangeAfter } from '../key-range.ts'
import { checkConditionalOperator, checkConditionsShape, type LegacyConditions } from '../legacy-parameters.ts'
import {
  canonicalRead,
  checkReadShape,
  checkReadTable,
  checkSelect,
  sourceOf,
  startKeyOf,
  viewOf,
  type ReadInput,
} from '../read-input.ts'
import { isInSegment, readPage, type Page, type PageRequest, type Segment, type Source } from '../read-page.ts'
import type { Operation, RequestContext } from '../operation.ts'
import { refuseInvalidValue, worded } from '../request-checks.ts'
import { answerPage, compileView, contextOf, scanRange, type ReadOutput } from './query.ts'

export interface ScanInput extends ReadInput {
  /** Legacy: instead of FilterExpression. */
  readonly ScanFilter?: LegacyConditions
  readonly Segment?: number
  readonly TotalSegments?: number
}

/** AWS page: Scan. Throws ValidationException, ResourceNotFoundException. */
export const scan: Operation<ScanInput, ReadOutput> = {
  name: 'Scan',
  kind: 'read',
  async run(engine, request, context) {
    const { input, compiled } = worded('older', () => compileRequest(request, context))
    const first = await engine.read((reader) => {
      const bound = bindScan(engine, input, compiled)
      const page = readPage(reader, bound)
      return page.rest === undefined ? answerPage(engine, input, bound.source, page) : { bound, page }
    })
    if (!('bound' in first)) return first
    return finishSegmentPage(engine, input, first.bound, first.page)
  },
}

function compileRequest(request: ScanInput, context: RequestContext) {
  checkReadTable(request)
  const input = canonicalRead(request)
  return { input, compiled: compileScan(input, context) }
}

interface CompiledScan {
  readonly segment: Segment | undefined
  readonly view: ReturnType<typeof compileView>
}

/** Throws ValidationException. */
export function compileScan(input: ScanInput, context: Pick<RequestContext, 'invalidValue'> = {}): CompiledScan {
  checkExpressionParameters(
    input as unknown as ExpressionInput,
    ['ProjectionExpression', 'FilterExpression'],
    ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
  )
  checkConditionalOperator(input.ConditionalOperator, input.ScanFilter)
  const constraints = new Constraints()
  checkReadShape(constraints, input)
  checkConditionsShape(constraints, 'scanFilter', input.ScanFilter)
  constraints.range('totalSegments', input.TotalSegments, 1, MAX_SCAN_SEGMENTS)
  constraints.range('segment', input.Segment, 0, MAX_SCAN_SEGMENTS - 1)
  constraints.range('limit', input.Limit, 1, Number.MAX_SAFE_INTEGER)
  constraints.done()
  refuseInvalidValue(context)
  const segment = segmentOf(input)
  checkSelect('Scan', input)
  const expressions = contextOf(input)
  const view = compileView(expressions, input, input.ScanFilter)
  expressions.finish()
  return { segment, view }
}

function segmentOf({ Segment, TotalSegments }: ScanInput): Segment | undefined {
  const [segment, total] = [Segment ?? undefined, TotalSegments ?? undefined]
  if (segment === undefined && total === undefined) return undefined
  if (total === undefined) {
    throw new ValidationException('The TotalSegments parameter is required but was not present in the request when Segment parameter is present')
  }
  if (segment === undefined) {
    throw new ValidationException('The Segment parameter is required but was not present in the request when parameter TotalSegments is present')
  }
  if (segment < total) return { segment, total }
  throw new ValidationException(
    `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
  )
}

function bindScan(engine: EngineCore, input: ScanInput, { segment, view }: CompiledScan): PageRequest {
  const source = sourceOf('Scan', engine.catalog.mustGetTable(input.TableName), input)
  return {
    ...viewOf('Scan', input, source, view.filter, view.projection),
    source,
    range: startedScan(input, source, segment),
    limit: input.Limit ?? Infinity,
    take: input.Take ?? Infinity,
    collect: input.Select !== 'COUNT',
    segment,
  }
}

function startedScan(input: ScanInput, source: Source, segment: Segment | undefined) {
  const range = scanRange(source, input)
  if (input.ExclusiveStartKey === undefined) return range
  const key = startKeyOf('Scan', source, input.ExclusiveStartKey)
  if (segment !== undefined && !isInSegment(source, segment, key)) {
    throw new ValidationException(
      'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ' +
        `TotalSegments: ${segment.total} Segment: ${segment.segment}`,
    )
  }
  return rangeAfter(range, key)
}

/** Goes on where the first step gave up, until the page is full or the segment ends. */
async function finishSegmentPage(engine: EngineCore, input: ScanInput, bound: PageRequest, first: Page): Promise<ReadOutput> {
  let page = first
  while (page.rest !== undefined) {
    const { rest, scannedCount, count, evaluatedBytes } = page
    const request = { ...bound, range: rest, limit: bound.limit - scannedCount, take: bound.take - count }
    const more = await engine.read((reader) => {
      // A table that was dropped meanwhile must not read as an empty one.
      engine.catalog.mustGetTable(input.TableName)
      return readPage(reader, request, evaluatedBytes)
    })
    page = joinPages(page, more)
  }
  return answerPage(engine, input, bound.source, page)
}

function joinPages(first: Page, second: Page): Page {
  return {
    items: [...first.items, ...second.items],
    keys: [...first.keys, ...second.keys],
    count: first.count + second.count,
    scannedCount: first.scannedCount + second.scannedCount,
    evaluatedBytes: first.evaluatedBytes + second.evaluatedBytes,
    fetchedUnits: first.fetchedUnits + second.fetchedUnits,
    last: second.last,
    rest: second.rest,
  }
}
