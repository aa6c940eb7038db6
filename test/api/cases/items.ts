// Single items: put, get, update, delete, their conditions and what they return.
import { fails, includes, invalid, refused, type Case, type Json } from '../case.ts'
import { create, createIndexed, N, put, S } from './tables.ts'

const TableName = 'table'
const key = (id = 'a'): Json => ({ TableName, Key: { id: S(id) } })
const ITEM = { id: S('a'), n: N(1), text: S('b') }
const get = (Item?: Json): readonly ['GetItem', Json, Json] => ['GetItem', key(), Item === undefined ? {} : { Item }]
const FAILED = 'The conditional request failed'

export const items: readonly Case[] = [
  {
    name: 'an item of every type comes back',
    source: 'HowItWorks.NamingRulesDataTypes',
    steps: [
      create,
      put({
        id: S('a'),
        n: N('1.5'),
        b: { B: 'AAECAw==' },
        bool: { BOOL: false },
        nothing: { NULL: true },
        list: { L: [S(''), N(0), { L: [] }] },
        map: { M: { x: { M: {} }, constructor: S('c') } },
        ss: { SS: ['a', 'b'] },
        ns: { NS: ['-1', '2'] },
        bs: { BS: ['AA==', 'AQ=='] },
      }),
      [
        'GetItem',
        key(),
        {
          Item: {
            id: S('a'),
            n: N('1.5'),
            b: { B: 'AAECAw==' },
            bool: { BOOL: false },
            nothing: { NULL: true },
            list: { L: [S(''), N(0), { L: [] }] },
            map: { M: { x: { M: {} }, constructor: S('c') } },
            ss: { SS: ['a', 'b'] },
            ns: { NS: ['-1', '2'] },
            bs: { BS: ['AA==', 'AQ=='] },
          },
        },
      ],
    ],
  },
  { name: 'an item that is not there is no error', source: 'API_GetItem', steps: [create, get()] },
  {
    name: 'numbers are normalised',
    source: 'HowItWorks.NamingRulesDataTypes, Number',
    steps: [
      create,
      put({ id: S('a'), a: N('+3'), b: N('.123'), c: N('0001.2300'), d: N('1e3'), e: N('-0') }),
      get({ id: S('a'), a: N('3'), b: N('0.123'), c: N('1.23'), d: N('1000'), e: N('0') }),
    ],
  },
  {
    name: 'numbers have 38 digits and a range',
    source: 'HowItWorks.NamingRulesDataTypes, Number',
    steps: [
      create,
      ['PutItem', { TableName, Item: { id: S('a'), n: N('1'.repeat(39)) } }, refused('Attempting to store more than 38 significant digits in a Number')],
      ['PutItem', { TableName, Item: { id: S('a'), n: N('1e126') } }, refused('Number overflow. Attempting to store a number with magnitude larger than supported range')],
      ['PutItem', { TableName, Item: { id: S('a'), n: N('1e-131') } }, refused('Number underflow. Attempting to store a number with magnitude smaller than supported range')],
      ['PutItem', { TableName, Item: { id: S('a'), n: N('one') } }, refused('The parameter cannot be converted to a numeric value: one')],
      put({ id: S('a'), n: N('9.9999999999999999999999999999999999999e125') }),
    ],
  },
  {
    name: 'sets are never empty and hold nothing twice',
    source: 'HowItWorks.NamingRulesDataTypes, Sets',
    steps: [
      create,
      ['PutItem', { TableName, Item: { id: S('a'), s: { SS: [] } } }, refused('One or more parameter values were invalid: An string set  may not be empty')],
      ['PutItem', { TableName, Item: { id: S('a'), s: { SS: ['a', 'a'] } } }, refused('One or more parameter values were invalid: Input collection ["a", "a"] contains duplicates.')],
      ['PutItem', { TableName, Item: { id: S('a'), s: { NS: ['1', '1.0'] } } }, refused('One or more parameter values were invalid: Input collection contains duplicates.')],
    ],
  },
  {
    name: 'a value has one type',
    source: 'API_AttributeValue',
    steps: [
      create,
      ['PutItem', { TableName, Item: { id: S('a'), x: {} } }, refused('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')],
    ],
  },
  {
    name: 'the key is in the item, of its type, not empty',
    source: 'API_PutItem, Item',
    steps: [
      create,
      ['PutItem', { TableName, Item: { other: S('a') } }, invalid('One or more parameter values were invalid: Missing the key id in the item')],
      ['PutItem', { TableName, Item: { id: N(1) } }, invalid('One or more parameter values were invalid: Type mismatch for key id expected: S actual: N')],
      [
        'PutItem',
        { TableName, Item: { id: S('') } },
        invalid('One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id'),
      ],
    ],
  },
  {
    name: 'a key has the attributes of the schema, no more and no less',
    source: 'API_GetItem, Key',
    steps: [
      create,
      ['GetItem', { TableName, Key: { id: S('a'), more: S('b') } }, invalid('The provided key element does not match the schema')],
      ['GetItem', { TableName, Key: { other: S('a') } }, invalid('The provided key element does not match the schema')],
      ['DeleteItem', { TableName, Key: { id: N(1) } }, invalid('The provided key element does not match the schema')],
    ],
  },
  {
    name: 'putting replaces the whole item, and tells the old one',
    source: 'API_PutItem, ReturnValues',
    steps: [
      create,
      ['PutItem', { TableName, Item: ITEM, ReturnValues: 'ALL_OLD' }, {}],
      ['PutItem', { TableName, Item: { id: S('a'), more: S('c') }, ReturnValues: 'ALL_OLD' }, { Attributes: ITEM }],
      get({ id: S('a'), more: S('c') }),
      ['PutItem', { TableName, Item: ITEM, ReturnValues: 'ALL_NEW' }, refused('ReturnValues can only be ALL_OLD or NONE')],
    ],
  },
  {
    name: 'a condition that fails writes nothing',
    source: 'Expressions.ConditionExpressions',
    steps: [
      create,
      put(ITEM),
      ['PutItem', { TableName, Item: { id: S('a') }, ConditionExpression: 'attribute_not_exists(id)' }, fails('ConditionalCheckFailedException', FAILED)],
      get(ITEM),
      [
        'DeleteItem',
        { ...key(), ConditionExpression: 'n > :n', ExpressionAttributeValues: { ':n': N(1) }, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
        fails('ConditionalCheckFailedException', FAILED, { Item: ITEM }),
      ],
    ],
  },
  {
    name: 'deleting tells the old item, and is no error for a missing one',
    source: 'API_DeleteItem',
    steps: [
      create,
      put(ITEM),
      ['DeleteItem', { ...key(), ReturnValues: 'ALL_OLD' }, { Attributes: ITEM }],
      ['DeleteItem', { ...key(), ReturnValues: 'ALL_OLD' }, {}],
      get(),
    ],
  },
  {
    name: 'an update makes a missing item',
    source: 'API_UpdateItem',
    steps: [
      create,
      ['UpdateItem', { ...key(), UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': N(1) }, ReturnValues: 'ALL_NEW' }, { Attributes: { id: S('a'), n: N(1) } }],
      ['UpdateItem', { ...key('b') }, {}],
      ['GetItem', key('b'), { Item: { id: S('b') } }],
    ],
  },
  {
    name: 'an update that only removes makes nothing',
    source: 'API_UpdateItem; dynalite test/updateItem.js',
    steps: [create, ['UpdateItem', { ...key(), UpdateExpression: 'REMOVE x' }, {}], get()],
  },
  {
    name: 'an update returns what was asked for',
    source: 'API_UpdateItem, ReturnValues',
    steps: [
      create,
      put(ITEM),
      ['UpdateItem', { ...key(), UpdateExpression: 'SET n = n + :one', ExpressionAttributeValues: { ':one': N(1) }, ReturnValues: 'UPDATED_OLD' }, { Attributes: { n: N(1) } }],
      ['UpdateItem', { ...key(), UpdateExpression: 'SET n = n + :one', ExpressionAttributeValues: { ':one': N(1) }, ReturnValues: 'UPDATED_NEW' }, { Attributes: { n: N(3) } }],
      ['UpdateItem', { ...key(), UpdateExpression: 'REMOVE #t', ExpressionAttributeNames: { '#t': 'text' }, ReturnValues: 'UPDATED_NEW' }, {}],
      ['UpdateItem', { ...key(), UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': N(9) }, ReturnValues: 'ALL_OLD' }, { Attributes: { id: S('a'), n: N(3) } }],
    ],
  },
  {
    name: 'the paths of an update are those of the old item',
    source: 'Expressions.UpdateExpressions; issue 4: original indexes',
    steps: [
      create,
      put({ id: S('a'), l: { L: [N(0), N(1), N(2), N(3)] } }),
      ['UpdateItem', { ...key(), UpdateExpression: 'REMOVE l[1], l[2] SET l[3] = :x, l[9] = :y', ExpressionAttributeValues: { ':x': S('x'), ':y': S('y') }, ReturnValues: 'ALL_NEW' }, { Attributes: { id: S('a'), l: { L: [N(0), S('x'), S('y')] } } }],
    ],
  },
  {
    name: 'ADD counts and gathers, DELETE takes out of sets',
    source: 'Expressions.UpdateExpressions.ADD, .DELETE',
    steps: [
      create,
      ['UpdateItem', { ...key(), UpdateExpression: 'ADD n :n, tags :t', ExpressionAttributeValues: { ':n': N(5), ':t': { SS: ['b', 'a'] } }, ReturnValues: 'ALL_NEW' }, { Attributes: { id: S('a'), n: N(5), tags: { SS: ['a', 'b'] } } }],
      ['UpdateItem', { ...key(), UpdateExpression: 'ADD n :n DELETE tags :t', ExpressionAttributeValues: { ':n': N(-2), ':t': { SS: ['a', 'b'] } }, ReturnValues: 'ALL_NEW' }, { Attributes: { id: S('a'), n: N(3) } }],
    ],
  },
  {
    name: 'functions of updates',
    source: 'Expressions.UpdateExpressions, if_not_exists and list_append',
    steps: [
      create,
      put({ id: S('a'), l: { L: [N(1)] } }),
      [
        'UpdateItem',
        {
          ...key(),
          UpdateExpression: 'SET l = list_append(:l, l), m = if_not_exists(m, :z), k = if_not_exists(l, :z)',
          ExpressionAttributeValues: { ':l': { L: [N(0)] }, ':z': N(0) },
          ReturnValues: 'ALL_NEW',
        },
        { Attributes: { id: S('a'), l: { L: [N(0), N(1)] }, m: N(0), k: { L: [N(1)] } } },
      ],
    ],
  },
  {
    name: 'keys can not be updated',
    source: 'API_UpdateItem',
    steps: [
      create,
      ['UpdateItem', { ...key(), UpdateExpression: 'SET id = :x', ExpressionAttributeValues: { ':x': S('b') } }, invalid('One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key')],
    ],
  },
  {
    name: 'an operand that is not there',
    source: 'Expressions.UpdateExpressions',
    steps: [
      create,
      put({ id: S('a') }),
      ['UpdateItem', { ...key(), UpdateExpression: 'SET n = n + :one', ExpressionAttributeValues: { ':one': N(1) } }, invalid('The provided expression refers to an attribute that does not exist in the item')],
      ['UpdateItem', { ...key(), UpdateExpression: 'SET x.y = :one', ExpressionAttributeValues: { ':one': N(1) } }, invalid('The document path provided in the update expression is invalid for update')],
    ],
  },
  {
    name: 'missing attributes in conditions: equal never, unequal always',
    source: 'Expressions.OperatorsAndFunctions; issue 4: q = z, q <> z',
    steps: [
      create,
      put(ITEM),
      ['PutItem', { TableName, Item: ITEM, ConditionExpression: 'q = z' }, fails('ConditionalCheckFailedException', FAILED)],
      ['PutItem', { TableName, Item: ITEM, ConditionExpression: 'q <> z' }, {}],
    ],
  },
  {
    name: 'equality of sets ignores their order, that of lists does not',
    source: 'Expressions.OperatorsAndFunctions',
    steps: [
      create,
      put({ id: S('a'), s: { SS: ['a', 'b'] }, m: { M: { x: N(1), y: N(2) } }, l: { L: [N(1), N(2)] } }),
      ['DeleteItem', { ...key(), ConditionExpression: 'l = :l', ExpressionAttributeValues: { ':l': { L: [N(2), N(1)] } } }, fails('ConditionalCheckFailedException', FAILED)],
      [
        'DeleteItem',
        {
          ...key(),
          ConditionExpression: 's = :s AND m = :m AND l = :l',
          ExpressionAttributeValues: { ':s': { SS: ['b', 'a'] }, ':m': { M: { y: N(2), x: N('1.0') } }, ':l': { L: [N(1), N(2)] } },
        },
        {},
      ],
    ],
  },
  {
    name: 'functions of conditions',
    source: 'Expressions.OperatorsAndFunctions, functions',
    steps: [
      create,
      put({ id: S('a'), text: S('hello'), l: { L: [N(1), S('x')] }, s: { NS: ['1', '2'] } }),
      [
        'PutItem',
        {
          TableName,
          Item: { id: S('a') },
          ConditionExpression:
            'begins_with(#t, :he) AND contains(#t, :ll) AND contains(l, :x) AND contains(s, :one) AND size(#t) = :five AND ' +
            'attribute_type(l, :L) AND #t BETWEEN :a AND :z AND size(l) IN (:one, :two) AND NOT attribute_exists(q)',
          ExpressionAttributeNames: { '#t': 'text' },
          ExpressionAttributeValues: { ':he': S('he'), ':ll': S('ll'), ':x': S('x'), ':one': N(1), ':two': N(2), ':five': N(5), ':L': S('L'), ':a': S('a'), ':z': S('z') },
        },
        {},
      ],
    ],
  },
  {
    name: 'placeholders are all defined and all used',
    source: 'Expressions.ExpressionAttributeNames',
    steps: [
      create,
      ['PutItem', { TableName, Item: ITEM, ConditionExpression: '#a = :b', ExpressionAttributeValues: { ':b': N(1) } }, refused('Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #a')],
      ['PutItem', { TableName, Item: ITEM, ConditionExpression: 'a = :b' }, refused('Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :b')],
      [
        'PutItem',
        { TableName, Item: ITEM, ConditionExpression: 'a = :b', ExpressionAttributeValues: { ':b': N(1), ':c': N(2) } },
        refused('Value provided in ExpressionAttributeValues unused in expressions: keys: {:c}'),
      ],
      [
        'PutItem',
        { TableName, Item: ITEM, ConditionExpression: 'attribute_exists(a)', ExpressionAttributeNames: { '#c': 'c' } },
        refused('Value provided in ExpressionAttributeNames unused in expressions: keys: {#c}'),
      ],
    ],
  },
  {
    name: 'reserved words and syntax',
    source: 'ReservedWords',
    steps: [
      create,
      ['PutItem', { TableName, Item: ITEM, ConditionExpression: 'attribute_exists(size)' }, refused('Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: size')],
      ['PutItem', { TableName, Item: ITEM, ConditionExpression: '' }, refused('Invalid ConditionExpression: The expression can not be empty;')],
      ['PutItem', { TableName, Item: ITEM, ConditionExpression: 'a = = b' }, refused('Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"')],
    ],
  },
  {
    name: 'projections pick parts',
    source: 'Expressions.ProjectionExpressions',
    steps: [
      create,
      put({ id: S('a'), m: { M: { x: N(1), y: { L: [N(1), N(2)] } } }, n: N(1) }),
      ['GetItem', { ...key(), ProjectionExpression: 'n, m.y[1], #i', ExpressionAttributeNames: { '#i': 'id' } }, { Item: { id: S('a'), n: N(1), m: { M: { y: { L: [N(2)] } } } } }],
      ['GetItem', { ...key(), ProjectionExpression: 'm, m.x' }, invalid('Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, x]')],
      ['GetItem', { ...key(), ProjectionExpression: 'q' }, { Item: {} }],
    ],
  },
  {
    name: 'capacity is told where it is asked for',
    source: 'read-write-operations, CapacityUnitCalculations',
    steps: [
      create,
      ['PutItem', { TableName, Item: { id: S('a'), t: S('x'.repeat(1100)) }, ReturnConsumedCapacity: 'TOTAL' }, { ConsumedCapacity: { TableName, CapacityUnits: 2 } }],
      ['GetItem', { ...key(), ReturnConsumedCapacity: 'TOTAL', ConsistentRead: true, ProjectionExpression: 'id' }, { Item: { id: S('a') }, ConsumedCapacity: { TableName, CapacityUnits: 1 } }],
      ['GetItem', { ...key('none'), ReturnConsumedCapacity: 'TOTAL' }, { ConsumedCapacity: { TableName, CapacityUnits: 0.5 } }],
      ['DeleteItem', { ...key(), ReturnConsumedCapacity: 'INDEXES' }, includes({ ConsumedCapacity: { TableName, CapacityUnits: 2, Table: { CapacityUnits: 2 } } })],
    ],
  },
  {
    name: 'keys of indexes have their types',
    source: 'GSI, API_PutItem',
    steps: [
      createIndexed,
      ['PutItem', { TableName, Item: { p: S('a'), s: N(1), color: N(1) } }, invalid('One or more parameter values were invalid: Type mismatch for Index Key color Expected: S Actual: N IndexName: byColor')],
    ],
  },
  {
    name: 'items have 400 KB',
    source: 'Constraints, item size',
    steps: [
      create,
      ['PutItem', { TableName, Item: { id: S('a'), t: S('x'.repeat(409_600)) } }, invalid('Item size has exceeded the maximum allowed size')],
      put({ id: S('a'), t: S('x'.repeat(409_600 - 4)) }),
      ['UpdateItem', { ...key(), UpdateExpression: 'SET u = :u', ExpressionAttributeValues: { ':u': S('x') } }, invalid('Item size to update has exceeded the maximum allowed size')],
    ],
  },
  {
    name: 'nested paths are set and removed',
    source: 'Expressions.Attributes, nested attributes',
    steps: [
      create,
      put({ id: S('a'), m: { M: { l: { L: [{ M: { x: N(1) } }] } } } }),
      ['UpdateItem', { ...key(), UpdateExpression: 'SET m.l[0].y = m.l[0].x, #d.l[5] = :v REMOVE m.l[0].x', ExpressionAttributeNames: { '#d': 'm' }, ExpressionAttributeValues: { ':v': { NULL: true } }, ReturnValues: 'ALL_NEW' }, { Attributes: { id: S('a'), m: { M: { l: { L: [{ M: { y: N(1) } }, { NULL: true }] } } } } }],
    ],
  },
  {
    name: 'two paths of an update must not overlap',
    source: 'Expressions.UpdateExpressions',
    steps: [
      create,
      ['UpdateItem', { ...key(), UpdateExpression: 'SET m = :v, m.x = :v', ExpressionAttributeValues: { ':v': N(1) } }, refused('Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, x]')],
      ['UpdateItem', { ...key(), UpdateExpression: 'SET x = :v SET y = :v', ExpressionAttributeValues: { ':v': N(1) } }, refused('Invalid UpdateExpression: The "SET" section can only be used once in an update expression;')],
    ],
  },
  {
    name: 'arithmetic is exact',
    source: 'HowItWorks.NamingRulesDataTypes, Number',
    steps: [
      create,
      put({ id: S('a'), n: N('0.1') }),
      ['UpdateItem', { ...key(), UpdateExpression: 'SET n = n + :x', ExpressionAttributeValues: { ':x': N('0.2') }, ReturnValues: 'UPDATED_NEW' }, { Attributes: { n: N('0.3') } }],
      ['UpdateItem', { ...key(), UpdateExpression: 'SET n = :x - n', ExpressionAttributeValues: { ':x': N('12345678901234567890.5') }, ReturnValues: 'UPDATED_NEW' }, { Attributes: { n: N('12345678901234567890.2') } }],
    ],
  },
]
