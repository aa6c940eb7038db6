// A table definition as the input of the engine's DeclareTable: CreateTable's shape, and what AWS sets by further calls.
// Throws nothing: the engine judges what it gets.
import type { DefinitionMessage, IndexMessage } from './native-protocol.ts'

type Names = IndexMessage['partitionKey'] | undefined

const elements = (names: Names, KeyType: string): { AttributeName: string; KeyType: string }[] =>
  [names ?? []].flat().map((AttributeName) => ({ AttributeName, KeyType }))

function projection(names: IndexMessage['projection'] = 'ALL'): object {
  return typeof names === 'string' ? { ProjectionType: names } : { ProjectionType: 'INCLUDE', NonKeyAttributes: names }
}

export function declareTableInput(definition: DefinitionMessage): object {
  const { tableName, partitionKey, sortKey, types, timeToLive, streamViewType, pointInTimeRecovery } = definition
  const keyNames = new Set<string>()
  const keySchema = (hash: Names, range: Names): object[] => {
    const schema = [...elements(hash, 'HASH'), ...elements(range, 'RANGE')]
    for (const { AttributeName } of schema) keyNames.add(AttributeName)
    return schema
  }
  const indexes = (defined: { readonly [index: string]: IndexMessage } = {}): object[] =>
    Object.entries(defined).map(([IndexName, index]) => ({
      IndexName,
      KeySchema: keySchema(index.partitionKey ?? partitionKey, index.sortKey),
      Projection: projection(index.projection),
    }))
  const KeySchema = keySchema(partitionKey, sortKey)
  const globals = indexes(definition.globalSecondaryIndexes)
  const locals = indexes(definition.localSecondaryIndexes)
  return {
    TableName: tableName,
    KeySchema,
    AttributeDefinitions: [...keyNames].map((AttributeName) => ({ AttributeName, AttributeType: types[AttributeName] })),
    // AWS refuses empty lists.
    ...(globals.length === 0 ? {} : { GlobalSecondaryIndexes: globals }),
    ...(locals.length === 0 ? {} : { LocalSecondaryIndexes: locals }),
    ...(streamViewType === undefined ? {} : { StreamSpecification: { StreamEnabled: true, StreamViewType: streamViewType } }),
    ...(timeToLive === undefined ? {} : { TimeToLiveSpecification: { Enabled: true, AttributeName: timeToLive } }),
    ...(pointInTimeRecovery === true ? { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } } : {}),
  }
}
