// ImportTable: checked whole, the table's definition included (lab finding DDB-IMPORT-009); then the bucket is not found,
// because no source can be registered yet.
import { ResourceInUseException, ValidationException } from '../../model/errors.ts'
import { Constraints } from '../constraints.ts'
import { encryptionKeyOf } from '../encryption.ts'
import type { Operation } from '../operation.ts'
import { checkCreateTable } from '../table-definition.ts'
import { shownRow } from '../table-phase.ts'
import type { CreateTableInput } from '../table-shapes.ts'
import { checkBucket, noSuchBucket } from './export-table-to-point-in-time.ts'

export interface ImportTableInput {
  readonly ClientToken?: string
  readonly S3BucketSource: { readonly S3BucketOwner?: string; readonly S3Bucket: string; readonly S3KeyPrefix?: string }
  readonly InputFormat: string
  readonly InputFormatOptions?: { readonly Csv?: { readonly Delimiter?: string; readonly HeaderList?: readonly string[] } }
  readonly InputCompressionType?: string
  readonly TableCreationParameters: CreateTableInput
}

/** AWS page: ImportTable. Throws ValidationException, ResourceInUseException. */
export const importTable: Operation<ImportTableInput, object> = {
  name: 'ImportTable',
  kind: 'write',
  async run(engine, input) {
    checkShape(input)
    if (input.InputFormatOptions?.Csv !== undefined && input.InputFormat !== 'CSV') {
      throw new ValidationException(`Invalid Request: Unsupported InputFormatOptions for the given input format: ${input.InputFormat}.`)
    }
    const definition = input.TableCreationParameters
    checkCreateTable(definition)
    encryptionKeyOf(definition.SSESpecification, engine.options)
    if (shownRow(engine, definition.TableName) !== undefined) throw new ResourceInUseException(`Table already exists: ${definition.TableName}`)
    throw noSuchBucket(input.S3BucketSource.S3Bucket)
  },
}

function checkShape(input: ImportTableInput): void {
  const constraints = new Constraints()
  if (constraints.map('s3BucketSource', input.S3BucketSource)) checkBucket(constraints, 's3BucketSource.s3Bucket', input.S3BucketSource.S3Bucket)
  if (constraints.notNull('inputFormat', input.InputFormat)) constraints.oneOf('inputFormat', input.InputFormat, ['DYNAMODB_JSON', 'ION', 'CSV'])
  const delimiter = input.InputFormatOptions?.Csv?.Delimiter
  if (delimiter !== undefined && !/^[,;:|\t ]$/.test(delimiter)) {
    constraints.fail('inputFormatOptions.csv.delimiter', delimiter, 'Member must satisfy regular expression pattern: [,;:|\\t ]')
    constraints.length('inputFormatOptions.csv.delimiter', delimiter, 1, 1)
  }
  constraints.length('inputFormatOptions.csv.headerList', input.InputFormatOptions?.Csv?.HeaderList, 1, 255)
  constraints.oneOf('inputCompressionType', input.InputCompressionType, ['ZSTD', 'NONE', 'GZIP'])
  constraints.map('tableCreationParameters', input.TableCreationParameters)
  constraints.done()
}
