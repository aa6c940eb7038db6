// The calling half of comlink's wire protocol (comlink 4: messages APPLY, RAW, HANDLER proxy and throw), for the page:
// workers keep comlink itself. It has what the page uses, methods of one level and an object to call back, in a fifth of
// the size.
// Test: test/client/page-comlink.test.ts runs it against comlink's `expose`.

/** The part of Worker and MessagePort that is used. */
export interface CallEndpoint {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  start?(): void
}
interface Reply {
  readonly id: string
  readonly name?: string
  readonly value: unknown
}
interface Call {
  readonly id: string
  readonly path?: readonly string[]
  readonly argumentList: readonly { readonly value: unknown }[]
}
type Callable = (...args: unknown[]) => unknown

/** An object whose methods run at the other end; every property is one. Failures come as Error with the other's message. */
export function wrap<T extends object>(endpoint: CallEndpoint): T {
  const waiting = new Map<string, (reply: Reply) => void>()
  let last = 0
  endpoint.addEventListener('message', ({ data }) => {
    const reply = data as Reply
    waiting.get(reply.id)?.(reply)
    waiting.delete(reply.id)
  })
  endpoint.start?.()
  const call = (method: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = String(++last)
      const moved: Transferable[] = []
      waiting.set(id, ({ name, value }) => {
        if (name === 'throw') reject(Object.assign(new Error(), (value as { readonly value: object }).value))
        else resolve(value)
      })
      endpoint.postMessage({ id, type: 'APPLY', path: [method], argumentList: args.map((arg) => toWire(arg, moved)) }, moved)
    })
  return new Proxy({} as T, { get: (_, method) => (...args: unknown[]) => call(String(method), args) })
}

/** Ports move along, other objects stay: their methods run here when they are called there. */
function toWire(value: unknown, moved: Transferable[]): object {
  if (value instanceof MessagePort) moved.push(value)
  else if (Object(value) === value) {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => void serve(value as object, port1, data as Call)
    moved.push(port2)
    return { type: 'HANDLER', name: 'proxy', value: port2 }
  }
  return { type: 'RAW', value }
}

/** Answers a call of the other end. One without a path is RELEASE: the other end has let go. */
async function serve(target: object, port: MessagePort, { id, path, argumentList }: Call): Promise<void> {
  if (path === undefined) {
    port.close()
    return
  }
  const moved: Transferable[] = []
  const method = target[path[0] as never] as Callable
  const answer = toWire(await method(...argumentList.map(({ value }) => value)), moved)
  port.postMessage({ id, ...answer }, moved)
}
