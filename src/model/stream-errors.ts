// Exceptions that only DynamoDB Streams has (AWS page: API_streams_GetRecords). Apart from errors.ts, which is in the page's
// budget of 10 KB; importing this file makes `errorFromData` know them.
import { named } from './errors.ts'

/** A shard iterator was used more than 15 minutes after it was made. */
export const ExpiredIteratorException = named('ExpiredIteratorException')
export type ExpiredIteratorException = InstanceType<typeof ExpiredIteratorException>
/** The record is older than 24 hours and gone. */
export const TrimmedDataAccessException = named('TrimmedDataAccessException')
export type TrimmedDataAccessException = InstanceType<typeof TrimmedDataAccessException>
