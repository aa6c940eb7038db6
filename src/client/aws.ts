// `holdfast/aws`: an open database as the configuration of the AWS SDK's DynamoDBClient and DynamoDBStreamsClient, so that the
// document client, ElectroDB, dynamodb-toolbox and all else that stands on them run in the page, offline.
// Their requests go to the engine's worker as the text that the SDK made. The SDK is known by its shapes only: nothing of it is
// in here. Nothing is signed (that costs 0.7 ms a request) and nothing leaves the device: the endpoint is a name.
import { WIRE, type WireAnswerMessage } from '../host/native-protocol.ts'
import { HoldfastException } from '../model/errors.ts'
import type { Database } from './database.ts'

/** A request of Smithy's runtime, as far as it is read. */
export interface SdkRequest {
  readonly headers: { readonly [name: string]: string }
  /** The SDK sends text or a subclass of Uint8Array. */
  readonly body?: unknown
}
export interface SdkResponse {
  readonly statusCode: number
  readonly headers: { readonly [name: string]: string }
  /** Bytes: Smithy's readers know Uint8Array, Blob and ReadableStream, and no text. */
  readonly body: Uint8Array
}
export interface SdkRequestHandler {
  readonly metadata: { readonly handlerProtocol: string }
  /** Rejects with an AbortError, or with the StorageException of a database that can't be used any more. */
  handle(request: SdkRequest, options?: { readonly abortSignal?: unknown }): Promise<{ response: SdkResponse }>
  updateHttpClientConfig(): void
  httpHandlerConfigs(): object
  /** The database stays open. */
  destroy(): void
}
interface Identity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly expiration?: Date
}
export interface ClientConfig {
  readonly endpoint: string
  readonly region: string
  readonly credentials: Identity
  readonly accountIdEndpointMode: 'disabled'
  readonly requestHandler: SdkRequestHandler
  readonly httpAuthSchemes: {
    readonly schemeId: string
    readonly identityProvider: () => () => Promise<Identity>
    readonly signer: { readonly sign: <Request>(request: Request) => Promise<Request> }
  }[]
}

/** `new DynamoDBClient(clientConfig(db))`; more settings may be spread beside it. */
export function clientConfig(db: Pick<Database, 'send'>): ClientConfig {
  const credentials: Identity = { accessKeyId: 'local', secretAccessKey: 'local' }
  return {
    endpoint: 'https://dynamodb.local',
    region: 'local',
    credentials,
    accountIdEndpointMode: 'disabled',
    requestHandler: requestHandler(db),
    httpAuthSchemes: [
      {
        schemeId: 'aws.auth#sigv4',
        identityProvider: () => () => Promise.resolve(credentials),
        signer: { sign: (request) => Promise.resolve(request) },
      },
    ],
  }
}

/** The worker takes any operation's text behind the operation's name, of which `send` knows the types. */
type SendText = (operation: string, input: object, options: { readonly signal?: AbortSignal }) => Promise<WireAnswerMessage>

function requestHandler(db: Pick<Database, 'send'>): SdkRequestHandler {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  const sendText = db.send.bind(db) as unknown as SendText
  const textOf = (body: unknown): string => (typeof body === 'string' ? body : body instanceof Uint8Array ? decoder.decode(body) : '')
  const responseOf = (statusCode: number, text: string): { response: SdkResponse } => ({
    response: { statusCode, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: encoder.encode(text) },
  })
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle({ headers, body }, options) {
      const signal = options?.abortSignal instanceof AbortSignal ? options.abortSignal : undefined
      const target = headers['x-amz-target'] ?? headers['X-Amz-Target'] ?? ''
      const operation = target.slice(target.indexOf('.') + 1)
      try {
        const { Status, Body } = await sendText(operation + WIRE, { Target: target, Body: textOf(body) }, signal === undefined ? {} : { signal })
        return responseOf(Status, Body)
      } catch (error) {
        if (signal?.aborted === true) throw abortError(signal)
        // What may succeed if it is sent again, the SDK sends again.
        if (error instanceof HoldfastException && error.retryable) {
          return responseOf(500, JSON.stringify({ __type: 'InternalServerError', message: error.message }))
        }
        throw error
      }
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  }
}

/** As the SDK's own handlers reject. */
function abortError({ reason }: AbortSignal): Error {
  const error = new Error('Request aborted', { cause: reason })
  error.name = 'AbortError'
  return error
}
