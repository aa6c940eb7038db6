// The services that every engine runs with: what the host hands to `Engine.open`.
// One line each: the files have the rest.
import type { Service } from '../engine/service.ts'
import { describeStream } from './describe-stream.ts'
import { getRecords } from './get-records.ts'
import { getShardIterator } from './get-shard-iterator.ts'
import { listStreams } from './list-streams.ts'
import { startTimeToLive } from './time-to-live.ts'
import { startTrimming } from './trim-journals.ts'

const streams: Service = { operations: [describeStream, getRecords, getShardIterator, listStreams], start: startTrimming }
const timeToLive: Service = { operations: [], start: startTimeToLive }

export const SERVICES: readonly Service[] = [streams, timeToLive]
