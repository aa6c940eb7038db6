// The engine worker of the crash test: the real one over a device that announces a chosen storage call on the console
// (`KILL …`) and then waits for ever, so that the runner can kill the browser before or after exactly that call.
// A small log and cache make flushes, merges and directory publications frequent.
import { openHostedEngine } from '../../src/host/engine-host.ts'
import { platformEnvironment } from '../../src/host/platform-environment.ts'
import { exposeTab } from '../../src/host/platform-tab.ts'
import { browserBlocks } from '../../src/storage/indexeddb/open-indexeddb-store.ts'
import type { Blocks } from '../../src/storage/paged/blocks.ts'
import { openPagedStore } from '../../src/storage/paged/paged-store.ts'

type Call = 'takeOver' | 'append' | 'writePages' | 'publish'
/** The worker's name says what to die at: `<call>,<before|after>,<nth>`; empty: never. */
const [wanted, moment, nth] = self.name.split(',')

async function die(call: string): Promise<never> {
  console.log(`KILL ${call} ${moment} ${nth}`)
  return new Promise<never>(() => undefined)
}

function killing(blocks: Blocks): Blocks {
  const seen = { takeOver: 0, append: 0, writePages: 0, publish: 0 }
  const watch = async <T>(call: Call, run: () => Promise<T>): Promise<T> => {
    const isIt = call === wanted && ++seen[call] === Number(nth)
    if (isIt && moment === 'before') return die(call)
    const done = await run()
    return isIt ? die(call) : done
  }
  return {
    takeOver: () => watch('takeOver', () => blocks.takeOver()),
    append: (key, rows, durability) => watch('append', () => blocks.append(key, rows, durability)),
    writePages: (pages) => watch('writePages', () => blocks.writePages(pages)),
    publish: (publication) => watch('publish', () => blocks.publish(publication)),
    readLog: (from) => blocks.readLog(from),
    readPages: (ids) => blocks.readPages(ids),
    readNodes: (ids) => blocks.readNodes(ids),
    verifyLease: () => blocks.verifyLease(),
    isBytewise: blocks.isBytewise === true,
    ...(blocks.reclaiming !== undefined && { reclaiming: blocks.reclaiming }),
    dismissLoss: () => blocks.dismissLoss(),
    onLost: (listener) => blocks.onLost(listener),
    close: () => blocks.close(),
  }
}

exposeTab(async (database) => {
  const environment = platformEnvironment()
  const blocks = killing(browserBlocks({ name: `holdfast:${database}`, environment }))
  return openHostedEngine(await openPagedStore({ blocks, environment, logBytes: 64 * 1024, cacheBytes: 1024 * 1024 }), environment)
})
