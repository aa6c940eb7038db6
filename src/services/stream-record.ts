// A journal row as a record of a stream, in one of the four views (AWS pages: API_streams_Record, API_streams_StreamRecord).
// SizeBytes is what the record shows: its keys and images, as item sizes count (the page's example: 26, 59, 38).
import type { StreamRow } from '../engine/stream-row.ts'
import type { AttributeMap } from '../model/attribute-value.ts'
import type { Item } from '../model/item.ts'
import { pick } from '../model/keys.ts'
import { itemSize } from '../model/size.ts'
import { keyAttributes, type StreamViewType } from '../model/table.ts'
import { tableArnOf } from '../engine/table-row.ts'
import type { JournalRow } from './journal-reader.ts'
import { sequenceNumberOf } from './sequence-number.ts'

export interface StreamRecord {
  readonly eventID: string
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly eventVersion: '1.1'
  readonly eventSource: 'aws:dynamodb'
  readonly awsRegion: string
  readonly userIdentity?: { readonly Type: string; readonly PrincipalId: string }
  readonly dynamodb: {
    /** Whole seconds since the epoch. */
    readonly ApproximateCreationDateTime: number
    readonly Keys: AttributeMap
    readonly NewImage?: Item
    readonly OldImage?: Item
    readonly SequenceNumber: string
    readonly SizeBytes: number
    readonly StreamViewType: StreamViewType
  }
}

const EVENT_VERSION = '1.1'
const EVENT_SOURCE = 'aws:dynamodb'

export function streamRecordOf(stream: StreamRow, { sequence, entry }: JournalRow): StreamRecord {
  const { committedAt, oldItem, newItem, userIdentity } = entry
  const { viewType } = stream
  const keys = pick((newItem ?? oldItem)?.attributes ?? {}, keyAttributes(stream).map(({ name }) => name))
  const newImage = viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? newItem : undefined
  const oldImage = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? oldItem : undefined
  return {
    eventID: eventIdOf(stream, sequence),
    eventName: oldItem === undefined ? 'INSERT' : newItem === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: EVENT_VERSION,
    eventSource: EVENT_SOURCE,
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(committedAt / 1000),
      Keys: keys,
      ...(newImage === undefined ? {} : { NewImage: newImage }),
      ...(oldImage === undefined ? {} : { OldImage: oldImage }),
      SequenceNumber: sequenceNumberOf(committedAt, sequence),
      SizeBytes: itemSize(keys) + (newImage?.size ?? 0) + (oldImage?.size ?? 0),
      StreamViewType: viewType,
    },
    ...(userIdentity === undefined ? {} : { userIdentity: { Type: userIdentity.type, PrincipalId: userIdentity.principalId } }),
  }
}

const REGION = tableArnOf('').split(':')[3] ?? ''

/** 32 hexadecimal digits, the same whenever the record is read. */
function eventIdOf({ tableId, openedAt }: StreamRow, sequence: number): string {
  return [tableId.toString(16).padStart(8, '0'), (openedAt % 0x100000000).toString(16).padStart(8, '0'), sequence.toString(16).padStart(16, '0')].join('')
}
