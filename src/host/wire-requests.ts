// DynamoDB's own JSON between page and worker: the page's SDK adapter sends the SDK's text as it is, and gets text back.
// Invariant: refusals are answers too, but faults of ours are thrown, so that a page may ask the next host; the kept answer of a
// write (T1) is the text that was answered.
import type { RequestContext } from '../engine/operation.ts'
import { HoldfastException } from '../model/errors.ts'
import type { WireAnswerMessage, WireMessage } from './native-protocol.ts'
import { type EngineExecute, operationOfTarget, parseBody, runWireRequest, wireFailure } from './wire-edge.ts'
import { wireOutputText, wireRefusal, type WireAnswer } from './wire-output.ts'

const messageOf = ({ status, body }: WireAnswer): WireAnswerMessage => ({ Status: status, Body: body })

/** Rejects with what is not the client's fault. */
export async function executeWire(execute: EngineExecute, { Target, Body }: WireMessage, context: RequestContext): Promise<WireAnswerMessage> {
  const operation = operationOfTarget(Target)
  if (operation === undefined) return messageOf(wireRefusal('UnknownOperationException'))
  const { settlement } = context
  // The host knows an output by its identity.
  const answers = new Map<object, WireAnswerMessage>()
  const answerOf = (output: object): WireAnswerMessage => {
    const answer = answers.get(output) ?? { Status: 200, Body: wireOutputText(operation, output) }
    answers.set(output, answer)
    return answer
  }
  const own = settlement === undefined ? context : { ...context, settlement: (output: object) => settlement(answerOf(output)) }
  try {
    return answerOf(await runWireRequest(execute, operation, parseBody(Body) ?? {}, own))
  } catch (error) {
    if (error instanceof HoldfastException && error.fault === 'client') return messageOf(wireFailure(operation, error))
    throw error
  }
}
