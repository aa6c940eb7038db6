// Names of tables, indexes and key attributes.
import { describe, expect, it } from 'vitest'
import { checkIndexName, checkKeyName, checkTableName } from '../../src/model/names.ts'

const validation = (message: string): unknown => expect.objectContaining({ name: 'ValidationException', message })
const pattern = 'failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'

describe('names', () => {
  it('of tables have 3 to 255 letters, digits, dots, dashes and underscores', () => {
    for (const name of ['abc', 'A.b-c_9', 'a'.repeat(255)]) expect(() => checkTableName(name)).not.toThrow()
    for (const name of ['', 'ab', 'a'.repeat(256)]) {
      expect(() => checkTableName(name)).toThrow(
        validation('TableName must be at least 3 characters long and at most 255 characters long'),
      )
    }
    expect(() => checkTableName('abc;')).toThrow(validation(`1 validation error detected: Value 'abc;' at 'tableName' ${pattern}`))
    expect(() => checkTableName('abc\n')).toThrow(pattern)
    expect(() => checkTableName('a', 'SourceTableName')).toThrow('SourceTableName must be at least 3')
  })

  it('of indexes are bound likewise', () => {
    const path = 'globalSecondaryIndexes.1.member.indexName'
    expect(() => checkIndexName('by.due', path)).not.toThrow()
    expect(() => checkIndexName('ab', path)).toThrow(
      validation(`1 validation error detected: Value 'ab' at '${path}' failed to satisfy constraint: Member must have length greater than or equal to 3`),
    )
    expect(() => checkIndexName('a'.repeat(256))).toThrow('Member must have length less than or equal to 255')
    expect(() => checkIndexName('by due', path)).toThrow(validation(`1 validation error detected: Value 'by due' at '${path}' ${pattern}`))
  })

  it('of key attributes have 1 to 255 bytes', () => {
    const path = 'keySchema.1.member.attributeName'
    expect(() => checkKeyName(`${'é'.repeat(127)}a`, path)).not.toThrow()
    expect(() => checkKeyName('é'.repeat(128), path)).toThrow('Member must have length less than or equal to 255')
    expect(() => checkKeyName('', path)).toThrow(
      validation(`1 validation error detected: Value '' at '${path}' failed to satisfy constraint: Member must have length greater than or equal to 1`),
    )
  })
})
