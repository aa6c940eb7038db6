// A table definition as the input of DeclareTable: CreateTable's shape, and what AWS sets by further calls.
// The engine merges it into what exists: definitions only add.
import type { DefinitionData } from './definition.ts'

const listOf = (names: string | readonly string[] | undefined): readonly string[] => [names ?? []].flat()

function keySchema(partitionKey: string | readonly string[], sortKey: string | readonly string[] | undefined): object[] {
  const elements = (names: string | readonly string[] | undefined, KeyType: string): object[] =>
    listOf(names).map((AttributeName) => ({ AttributeName, KeyType }))
  return [...elements(partitionKey, 'HASH'), ...elements(sortKey, 'RANGE')]
}

function projection(names: 'ALL' | 'KEYS_ONLY' | readonly string[] = 'ALL'): object {
  return typeof names === 'string' ? { ProjectionType: names } : { ProjectionType: 'INCLUDE', NonKeyAttributes: names }
}

/** DeclareTable's input. Throws nothing: the engine judges. */
export function declareTableInput(definition: DefinitionData): object {
  const { tableName, partitionKey, sortKey, attributes, timeToLive, streamViewType, pointInTimeRecovery } = definition
  const globals = Object.entries(definition.globalSecondaryIndexes ?? {})
  const locals = Object.entries(definition.localSecondaryIndexes ?? {})
  const keyNames = new Set([
    partitionKey,
    ...listOf(sortKey),
    ...globals.flatMap(([, index]) => [...listOf(index.partitionKey), ...listOf(index.sortKey)]),
    ...locals.map(([, index]) => index.sortKey),
  ])
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...keyNames].map((AttributeName) => ({ AttributeName, AttributeType: attributes[AttributeName]?.type })),
    KeySchema: keySchema(partitionKey, sortKey),
    GlobalSecondaryIndexes: globals.length
      ? globals.map(([IndexName, index]) => ({
          IndexName,
          KeySchema: keySchema(index.partitionKey, index.sortKey),
          Projection: projection(index.projection),
        }))
      : undefined,
    LocalSecondaryIndexes: locals.length
      ? locals.map(([IndexName, index]) => ({
          IndexName,
          KeySchema: keySchema(partitionKey, index.sortKey),
          Projection: projection(index.projection),
        }))
      : undefined,
    StreamSpecification: streamViewType && { StreamEnabled: true, StreamViewType: streamViewType },
    TimeToLiveSpecification: timeToLive && { Enabled: true, AttributeName: timeToLive },
    PointInTimeRecoverySpecification: pointInTimeRecovery && { PointInTimeRecoveryEnabled: true },
  }
}
