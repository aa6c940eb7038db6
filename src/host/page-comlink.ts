// The calling half of comlink's wire protocol (comlink 4: messages APPLY, RAW, HANDLER proxy and throw), for the page:
// workers keep comlink itself. It has what the page uses, methods of one level and an object to call back, in a fifth of
// the size.
// Test: test/client/page-comlink.test.ts runs it against comlink's `expose`.

/** The part of Worker and MessagePort that is used. */
export interface CallEndpoint {
  postMessage(message: unknown, transfer: Transferable[]): void
  onmessage: ((event: MessageEvent) => void) | null
}
interface Reply {
  readonly id: number
  readonly name?: string
  readonly value: unknown
}
interface Call {
  readonly id: string
  readonly path?: readonly string[]
  readonly argumentList: readonly { readonly value: unknown }[]
}
type Callable = (...args: unknown[]) => unknown
type Caller<Api> = <M extends keyof Api>(
  method: M,
  ...args: Api[M] extends (...args: infer Args) => unknown ? Args : never
) => Promise<unknown>

/** Calls methods of the object at the other end, by name. Failures come as Error with the other's message. */
export function callerOf<Api extends object>(endpoint: CallEndpoint): Caller<Api> {
  const waiting = new Map<number, (reply: Reply) => void>()
  let last = 0
  endpoint.onmessage = ({ data }) => {
    const reply = data as Reply
    waiting.get(reply.id)?.(reply)
    waiting.delete(reply.id)
  }
  return (method, ...args) =>
    new Promise((resolve, reject) => {
      const id = ++last
      const moved: Transferable[] = []
      waiting.set(id, ({ name, value }) => {
        if (name === 'throw') reject(Object.assign(new Error(), (value as { readonly value: object }).value))
        else resolve(value)
      })
      endpoint.postMessage({ id, type: 'APPLY', path: [method], argumentList: args.map((arg) => toWire(arg, moved)) }, moved)
    })
}

/** Objects stay: their methods run here when they are called there. */
function toWire(value: unknown, moved: Transferable[]): object {
  if (Object(value) !== value) return { type: 'RAW', value }
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = ({ data }) => void serve(value as object, port1, data as Call)
  moved.push(port2)
  return { type: 'HANDLER', name: 'proxy', value: port2 }
}

/** Answers a call of the other end; a port that is the answer moves there. A call without a path is RELEASE: it has let go. */
async function serve(target: object, port: MessagePort, { id, path, argumentList }: Call): Promise<void> {
  if (path === undefined) {
    port.close()
    return
  }
  const method = target[path[0] as never] as Callable
  const value = await method(...argumentList.map((argument) => argument.value))
  port.postMessage({ id, type: 'RAW', value }, value instanceof MessagePort ? [value] : [])
}
