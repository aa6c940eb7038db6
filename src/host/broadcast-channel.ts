// HostPort calls over a channel that carries no ports: a BroadcastChannel of one tab and its host, where there is no
// SharedWorker. Same texts as over comlink; pushes go the same way. Also what the simulation's ports speak.
// Invariant: calls are answered in any order, by id; what has no known id is dropped.
import type { MessageEndpoint } from './endpoint.ts'
import type { HostPort } from './protocol.ts'

type ToHost =
  | { readonly hello: number; readonly version: number; readonly client: string; readonly attempt: number }
  | { readonly exchange: number; readonly text: string }
type ToPage =
  | { readonly welcome: number; readonly version: number }
  | { readonly answer: number; readonly text: string }
  | { readonly push: string }

/** Answers the calls that come over `endpoint`. */
export function serveOver(endpoint: MessageEndpoint, host: HostPort): void {
  const send = (message: ToPage): void => endpoint.postMessage(message)
  endpoint.addEventListener('message', ({ data }) => {
    const message = data as ToHost
    if ('hello' in message) {
      const push = (text: string): void => send({ push: text })
      const { version, client, attempt } = message
      void host.hello(version, client, attempt, push).then((version) => send({ welcome: message.hello, version }))
    } else if ('exchange' in message) {
      void host.exchange(message.text).then((text) => send({ answer: message.exchange, text }))
    }
  })
  endpoint.start?.()
}

/** The calling side. Calls that are never answered stay pending, as over any port. */
export function portOver(endpoint: MessageEndpoint): HostPort {
  const welcomes = new Map<number, (version: number) => void>()
  const answers = new Map<number, (text: string) => void>()
  let lastId = 0
  let pushed: (text: string) => void = () => undefined
  const send = (message: ToHost): void => endpoint.postMessage(message)
  endpoint.addEventListener('message', ({ data }) => {
    const message = data as ToPage
    if ('push' in message) pushed(message.push)
    else if ('welcome' in message) {
      welcomes.get(message.welcome)?.(message.version)
      welcomes.delete(message.welcome)
    } else if ('answer' in message) {
      answers.get(message.answer)?.(message.text)
      answers.delete(message.answer)
    }
  })
  endpoint.start?.()
  return {
    hello: (version, client, attempt, push) => {
      pushed = push
      const id = ++lastId
      return new Promise((resolve) => {
        welcomes.set(id, resolve)
        send({ hello: id, version, client, attempt })
      })
    },
    exchange: (text) => {
      const id = ++lastId
      return new Promise((resolve) => {
        answers.set(id, resolve)
        send({ exchange: id, text })
      })
    },
  }
}
