// The DynamoDB JSON edge: AWS's SerializationExceptions before any validation (dynalite's validations/, which records AWS's
// answers), attribute values both ways, errors in AWS's form, and the table of members against the SDK's own models.
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as streams from '@aws-sdk/client-dynamodb-streams'
import { describe, expect, it } from 'vitest'
import { ConditionalCheckFailedException, InternalServerError, ProvisionedThroughputExceededException, TransactionCanceledException } from '../../src/model/errors.ts'
import { Item } from '../../src/model/item.ts'
import { answerWireRequest, operationOfTarget } from '../../src/host/wire-edge.ts'
import { inputShape, WIRE_OPERATIONS, type WireShape } from '../../src/host/wire-shapes.ts'
import { openEngine, simpleTable } from '../engine/engine-fixture.ts'

type Json = Record<string, unknown>
async function openEdge() {
  const { engine } = await openEngine()
  return async (operation: string, body: object | string): Promise<{ status: number; body: Json }> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await answerWireRequest((name, input, context) => engine.execute(name, input, context), `DynamoDB_20120810.${operation}`, text)
    return { status: answer.status, body: JSON.parse(answer.body) as Json }
  }
}
const failing = async (error: Error) => {
  const execute = async (): Promise<object> => {
    throw error
  }
  const answer = await answerWireRequest(execute, 'DynamoDB_20120810.PutItem', '{}')
  return { status: answer.status, body: JSON.parse(answer.body) as Json }
}
const serialization = (Message?: string) => ({
  status: 400,
  body: { __type: 'com.amazon.coral.service#SerializationException', ...(Message === undefined ? {} : { Message }) },
})

describe('types of members', () => {
  const cases: [operation: string, body: object | string, message?: string][] = [
    ['PutItem', 'hi'],
    ['PutItem', ''],
    ['PutItem', { TableName: 23 }, 'NUMBER_VALUE cannot be converted to String'],
    ['PutItem', { TableName: 2.5 }, 'DECIMAL_VALUE cannot be converted to String'],
    ['PutItem', { TableName: true }, 'TRUE_VALUE cannot be converted to String'],
    ['PutItem', { TableName: [] }, 'Unrecognized collection type class java.lang.String'],
    ['PutItem', { TableName: {} }, 'Start of structure or map found where not expected'],
    ['PutItem', { Item: '23' }, 'Unexpected field type'],
    ['PutItem', { Item: [] }, 'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>'],
    ['PutItem', { Item: { a: true } }, 'Unexpected value type in payload'],
    ['PutItem', { Item: { a: [] } }, 'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue'],
    ['PutItem', { Item: { a: { N: 'x' }, b: { S: 1 } } }, 'NUMBER_VALUE cannot be converted to String'],
    ['PutItem', { Item: { a: { L: [{ N: 'x' }, { M: { b: { B: 'x' } } }] } } }, 'Base64 encoded length is expected a multiple of 4 bytes but found: 1'],
    ['PutItem', { Expected: { a: { Exists: 'maybe' } } }, 'Unexpected token received from parser'],
    ['PutItem', { Expected: { a: { Value: 'maybe' } } }, 'Unexpected field type'],
    ['PutItem', { ExpressionAttributeNames: [] }, 'Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>'],
    ['Query', { Limit: 'a' }, 'STRING_VALUE cannot be converted to Integer'],
    ['Query', { ConsistentRead: 1 }, 'NUMBER_VALUE cannot be converted to Boolean'],
    ['CreateTable', { ProvisionedThroughput: 'a' }, 'Unexpected field type'],
    ['CreateTable', { ProvisionedThroughput: { ReadCapacityUnits: false } }, 'FALSE_VALUE cannot be converted to Long'],
    ['CreateTable', { KeySchema: 'a' }, 'Unexpected field type'],
    ['CreateTable', { KeySchema: ['a'] }, 'Unexpected value type in payload'],
    ['BatchWriteItem', { RequestItems: { a: 'a' } }, "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')"],
    ['BatchWriteItem', { RequestItems: { a: {} } }, 'Start of structure or map found where not expected'],
    ['BatchWriteItem', { RequestItems: { a: [{ PutRequest: 'a' }] } }, 'Unexpected field type'],
    ['BatchWriteItem', { RequestItems: [] }, 'Unrecognized collection type java.util.Map<java.lang.String, java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>'],
  ]
  it.each(cases)('%s %j', async (operation, body, message) => {
    const edge = await openEdge()
    expect(await edge(operation, body)).toEqual(serialization(message))
  })

  it('drops unknown members and nulls, and takes AWS\'s texts for booleans', async () => {
    const edge = await openEdge()
    await edge('CreateTable', simpleTable('table', { BillingMode: 'PAY_PER_REQUEST', Nonsense: 1, GlobalSecondaryIndexes: null }))
    const put = { TableName: 'table', Item: { id: { S: 'a', N: null } }, ReturnValues: null, Whatever: { deep: [] } }
    expect(await edge('PutItem', put)).toEqual({ status: 200, body: {} })
    expect(await edge('GetItem', { TableName: 'table', Key: { id: { S: 'a' } }, ConsistentRead: 'yes' })).toEqual({
      status: 200,
      body: { Item: { id: { S: 'a' } } },
    })
  })
})

describe('values', () => {
  it('tells a wrong value after the request\'s own checks, and nothing is written', async () => {
    const edge = await openEdge()
    await edge('CreateTable', simpleTable('table'))
    const wrong = { TableName: 'table', Item: { id: { S: 'a' }, n: { N: 'x' } } }
    expect(await edge('PutItem', { ...wrong, TableName: 'a' })).toMatchObject({ body: { message: expect.stringMatching(/^1 validation error detected: .*tableName/) } })
    expect(await edge('PutItem', wrong)).toEqual({
      status: 400,
      body: { __type: 'com.amazon.coral.validate#ValidationException', message: '1 validation error detected: The parameter cannot be converted to a numeric value: x' },
    })
    expect(await edge('Scan', { TableName: 'table' })).toMatchObject({ body: { Count: 0 } })
  })

  it('names the placeholder of a wrong expression value', async () => {
    const edge = await openEdge()
    await edge('CreateTable', simpleTable('table'))
    const scan = { TableName: 'table', FilterExpression: 'id = :a', ExpressionAttributeValues: { ':a': {} } }
    expect(await edge('Scan', scan)).toMatchObject({
      body: {
        message:
          'ExpressionAttributeValues contains invalid value: ' +
          'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :a',
      },
    })
  })

  it('says of a start key that it is one, but for numbers', async () => {
    const edge = await openEdge()
    await edge('CreateTable', simpleTable('table'))
    const scan = async (id: object) => (await edge('Scan', { TableName: 'table', ExclusiveStartKey: { id } })).body['message']
    expect(await scan({})).toBe('The provided starting key is invalid: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')
    expect(await scan({ N: 'x' })).toBe('The parameter cannot be converted to a numeric value: x')
  })

  it('answers deep and hostile nesting at once', async () => {
    const edge = await openEdge()
    const deep = (open: string, close: string, count: number): string => open.repeat(count) + '{"S":"a"}' + close.repeat(count)
    const started = performance.now()
    const nested = await edge('PutItem', `{"TableName":"table","Item":{"id":${deep('{"L":[', ']}', 100_000)}}}`)
    expect(nested.body['message']).toMatch(/^Nesting Levels have exceeded supported limits/)
    const maps = await edge('PutItem', `{"TableName":"table","Item":{"id":${deep('{"M":{"a":', '}}', 100_000)}}}`)
    expect(maps.body['message']).toMatch(/^Nesting Levels have exceeded supported limits/)
    expect((await edge('PutItem', '['.repeat(1_000_000))).status).toBe(400)
    expect((await edge('PutItem', `{"Foo":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).status).toBe(400)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('keeps a member called __proto__', async () => {
    const edge = await openEdge()
    await edge('CreateTable', simpleTable('table'))
    await edge('PutItem', '{"TableName":"table","Item":{"id":{"S":"a"},"__proto__":{"M":{"__proto__":{"N":"1"}}}}}')
    const { body } = await edge('GetItem', { TableName: 'table', Key: { id: { S: 'a' } } })
    expect(JSON.stringify(body)).toBe('{"Item":{"id":{"S":"a"},"__proto__":{"M":{"__proto__":{"N":"1"}}}}}')
    expect(JSON.stringify((await edge('GetItem', '{"__proto__":{"TableName":"table"}}')).body)).toContain("at 'tableName'")
  })
})

describe('errors', () => {
  it('have AWS\'s prefixes and members', async () => {
    const item = Item.of({ id: 'a', n: 1 })
    const wire = { id: { S: 'a' }, n: { N: '1' } }
    expect(await failing(new ConditionalCheckFailedException(undefined, { item }))).toEqual({
      status: 400,
      body: {
        __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
        message: 'The conditional request failed',
        Item: wire,
      },
    })
    const cancellationReasons = [{ code: 'None' }, { code: 'ConditionalCheckFailed', message: 'The conditional request failed', item }]
    expect(await failing(new TransactionCanceledException(undefined, { cancellationReasons }))).toEqual({
      status: 400,
      body: {
        __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
        Message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
        CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: wire, Message: 'The conditional request failed' }],
      },
    })
    const throttlingReasons = [{ reason: 'TableReadProvisionedThroughputExceeded', resource: 'arn' }]
    expect(await failing(new ProvisionedThroughputExceededException('slow down', { throttlingReasons }))).toEqual({
      status: 400,
      body: {
        __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
        message: 'slow down',
        ThrottlingReasons: throttlingReasons,
      },
    })
    expect(await failing(new InternalServerError('broken'))).toMatchObject({
      status: 500,
      body: { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' },
    })
    expect(await failing(new TypeError('a secret'))).toMatchObject({
      status: 500,
      body: { message: 'The request processing has failed because of an unknown error, exception or failure.' },
    })
  })

  it('knows operations by service', () => {
    expect(operationOfTarget('DynamoDB_20120810.GetItem')).toBe('GetItem')
    expect(operationOfTarget('DynamoDBStreams_20120810.GetRecords')).toBe('GetRecords')
    for (const target of [undefined, '', 'GetItem', 'DynamoDB_20120810.GetRecords', 'DynamoDBStreams_20120810.GetItem', 'DynamoDB_20120810.toString', 'x.GetItem']) {
      expect(operationOfTarget(target)).toBeUndefined()
    }
  })
})

/** Schemas of Smithy's runtime: `[kind, namespace, name, traits, members, schemas]`, functions around what comes later. */
type Schema = number | readonly unknown[] | (() => Schema)
describe('the table of members', () => {
  const exported: unknown[] = [...Object.values(dynamodb), ...Object.values(streams)]
  const operations = exported.filter((each): each is readonly [9, string, string, unknown, () => Schema] => Array.isArray(each) && each[0] === 9)

  function typeText(schema: Schema): string {
    if (typeof schema === 'function') return typeText(schema())
    if (typeof schema === 'number') {
      if ((schema & 64) !== 0) return `[${typeText(schema & ~64)}]`
      if ((schema & 128) !== 0) return `{${typeText(schema & ~128)}}`
      return new Map([[0, 'S'], [1, '#'], [2, 'B'], [4, 'T'], [7, 'T']]).get(schema) ?? '?'
    }
    if (schema.length === 2) return typeText(schema[0] as Schema)
    if (schema[0] === 1) return `[${typeText(schema[4] as Schema)}]`
    if (schema[0] === 2) return `{${typeText(schema[5] as Schema)}}`
    return schema[2] === 'AttributeValue' ? 'V' : structureText(schema)
  }
  function structureText(schema: readonly unknown[]): string {
    const members = (schema[4] ?? []) as string[]
    return `(${members.map((name, at) => `${name} ${typeText((schema[5] as Schema[])[at] as Schema)}`).join(', ')})`
  }
  function shapeText(shape: WireShape): string {
    switch (shape.kind) {
      case 'list':
        return `[${shapeText(shape.element)}]`
      case 'map':
        return `{${shapeText(shape.element)}}`
      case 'structure':
        return `(${shape.members.map(([name, member]) => `${name} ${shapeText(member)}`).join(', ')})`
      default:
        return 'ILD'.includes(shape.kind) ? '#' : shape.kind
    }
  }

  it('is that of the SDK, operation by operation', () => {
    expect(operations.map((each) => each[2]).toSorted()).toEqual(WIRE_OPERATIONS)
    for (const [, , name, , input] of operations) {
      const schema = input()
      const shape = inputShape(name)
      expect(shape && `${name} ${shapeText(shape)}`).toBe(`${name} ${typeText(schema)}`)
    }
  })
})
