// How AWS's validator prints requests in its messages: the toString of its Java objects. Only BatchWriteItem still
// shows it (paritysuite/dynamodb-conformance, captures/2026-07-12-validation-and-projection.json).
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { toWire, type WireValue } from '../model/wire.ts'

/** Members of AWS's AttributeValue in its order, and how DynamoDB's JSON calls them. */
const MEMBERS: readonly (readonly [javaName: string, type?: string])[] = [
  ['s', 'S'],
  ['n', 'N'],
  ['b', 'B'],
  ['iNT'],
  ['dECIMAL'],
  ['dOUBLE'],
  ['sS', 'SS'],
  ['nS', 'NS'],
  ['bS', 'BS'],
  ['iNTSET'],
  ['dECIMALSET'],
  ['dOUBLESET'],
  ['m', 'M'],
  ['l', 'L'],
  ['nULL', 'NULL'],
  ['bOOL', 'BOOL'],
]

export interface PrintedWrite {
  readonly PutRequest?: { readonly Item: AttributeMap } | null
  readonly DeleteRequest?: { readonly Key: AttributeMap } | null
}

/** `{table=[WriteRequest(…), …]}`. */
export function javaRequestItems(requests: { readonly [tableName: string]: readonly PrintedWrite[] }): string {
  return javaMap(requests, (list) => `[${list.map(javaWrite).join(', ')}]`)
}

function javaWrite({ PutRequest: put, DeleteRequest: remove }: PrintedWrite): string {
  const putText = put === undefined || put === null ? 'null' : `PutRequest(item=${javaAttributes(put.Item)}, workloadProfileName=null)`
  const removeText = remove === undefined || remove === null ? 'null' : `DeleteRequest(key=${javaAttributes(remove.Key)}, workloadProfileName=null)`
  return `WriteRequest(putRequest=${putText}, deleteRequest=${removeText})`
}

function javaAttributes(map: AttributeMap | undefined): string {
  return map === undefined || map === null ? 'null' : javaMap(map, (value: AttributeValue) => javaValue(toWire(value)))
}

function javaValue(value: WireValue): string {
  const content = value as { readonly [type: string]: unknown }
  const members = MEMBERS.map(([name, type]) => `${name}=${type === undefined ? 'null' : javaContent(content[type])}`)
  return `AttributeValue(${members.join(', ')})`
}

function javaContent(content: unknown): string {
  if (content === undefined) return 'null'
  if (Array.isArray(content)) return `[${content.map((element) => (typeof element === 'string' ? element : javaValue(element as WireValue))).join(', ')}]`
  if (typeof content === 'object') return javaMap(content as { readonly [name: string]: WireValue }, javaValue)
  return typeof content === 'string' ? content : JSON.stringify(content)
}

function javaMap<Value>(map: { readonly [name: string]: Value }, print: (value: Value) => string): string {
  return `{${Object.entries(map).map(([name, value]) => `${name}=${print(value)}`).join(', ')}}`
}
