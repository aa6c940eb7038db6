// The calling half of comlink's wire protocol (comlink 4: messages APPLY, RAW, HANDLER proxy and throw), for the page:
// workers keep comlink itself. It has what the link uses, methods of one level and callbacks, in a fifth of the size.
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

const proxied = new WeakSet<object>()
const transfers = new WeakMap<object, Transferable[]>()

/** Marks an object, or a function, whose calls come back here instead of a copy going there. */
export function proxy<T extends object>(target: T): T {
  proxied.add(target)
  return target
}

/** Moves `list` along with `value`. */
export function transfer<T extends object>(value: T, list: Transferable[]): T {
  transfers.set(value, list)
  return value
}

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

function toWire(value: unknown, moved: Transferable[]): object {
  if (Object(value) !== value) return { type: 'RAW', value }
  if (!proxied.has(value as object)) {
    moved.push(...(transfers.get(value as object) ?? []))
    return { type: 'RAW', value }
  }
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = ({ data }) => void serve(value as object, port1, data as Call)
  moved.push(port2)
  return { type: 'HANDLER', name: 'proxy', value: port2 }
}

/** Answers a call of the other end. One without a path is RELEASE: the other end has let go. */
async function serve(target: object, port: MessagePort, { id, path, argumentList }: Call): Promise<void> {
  if (path === undefined) {
    port.close()
    return
  }
  const method = path[0] === undefined ? target : target[path[0] as never]
  const moved: Transferable[] = []
  const answer = toWire(await (method as Callable)(...argumentList.map(({ value }) => value)), moved)
  port.postMessage({ id, ...answer }, moved)
}
