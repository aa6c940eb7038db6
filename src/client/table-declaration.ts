// A table definition as the input of DeclareTable: CreateTable's shape, and what AWS sets by further calls.
// The engine merges it into what exists: definitions only add.
import type { DefinitionData } from './definition.ts'

type Names = string | readonly string[] | undefined
interface AnyIndex {
  readonly partitionKey?: Names
  readonly sortKey?: Names
  readonly projection?: 'ALL' | 'KEYS_ONLY' | readonly string[]
}

const elements = (names: Names, KeyType: string): { AttributeName: string; KeyType: string }[] =>
  [names ?? []].flat().map((AttributeName) => ({ AttributeName, KeyType }))

/** DeclareTable's input. Throws nothing: the engine judges. */
export function declareTableInput(definition: DefinitionData): object {
  const { tableName, partitionKey, sortKey, attributes, timeToLive, streamViewType, pointInTimeRecovery } = definition
  const keyNames = new Set<string>()
  const keySchema = (hash: Names, range: Names): object[] => {
    const schema = [...elements(hash, 'HASH'), ...elements(range, 'RANGE')]
    for (const { AttributeName } of schema) keyNames.add(AttributeName)
    return schema
  }
  const indexes = (defined: { readonly [index: string]: AnyIndex } | undefined): object[] | undefined =>
    defined &&
    Object.entries(defined).map(([IndexName, index]) => ({
      IndexName,
      KeySchema: keySchema(index.partitionKey ?? partitionKey, index.sortKey),
      Projection:
        typeof index.projection === 'object'
          ? { ProjectionType: 'INCLUDE', NonKeyAttributes: index.projection }
          : { ProjectionType: index.projection ?? 'ALL' },
    }))
  return {
    TableName: tableName,
    KeySchema: keySchema(partitionKey, sortKey),
    GlobalSecondaryIndexes: indexes(definition.globalSecondaryIndexes),
    LocalSecondaryIndexes: indexes(definition.localSecondaryIndexes),
    AttributeDefinitions: [...keyNames].map((AttributeName) => ({ AttributeName, AttributeType: attributes[AttributeName]?.type })),
    StreamSpecification: streamViewType && { StreamEnabled: true, StreamViewType: streamViewType },
    TimeToLiveSpecification: timeToLive && { Enabled: true, AttributeName: timeToLive },
    PointInTimeRecoverySpecification: pointInTimeRecovery && { PointInTimeRecoveryEnabled: true },
  }
}
