// DescribeEndpoints: the address under which this database answers, for clients that ask (endpoint discovery).
// A page has none; the hub gives its own with the engine's options.
import type { Operation } from '../operation.ts'

const DEFAULT_ADDRESS = 'localhost'
const CACHE_MINUTES = 1440

export interface DescribeEndpointsOutput {
  readonly Endpoints: readonly { readonly Address: string; readonly CachePeriodInMinutes: number }[]
}

/** AWS page: DescribeEndpoints. */
export const describeEndpoints: Operation<object, DescribeEndpointsOutput> = {
  name: 'DescribeEndpoints',
  kind: 'read',
  run: (engine) =>
    Promise.resolve({ Endpoints: [{ Address: engine.options.endpointAddress ?? DEFAULT_ADDRESS, CachePeriodInMinutes: CACHE_MINUTES }] }),
}
