// What Chromium, and it alone, says in `upgradeneeded` where it found an origin's files damaged, deleted all databases and began
// new ones: https://chromium.googlesource.com/chromium/src/+/main/third_party/blink/renderer/modules/indexeddb/idb_version_change_event.idl
// Only the request that made it open the files hears of it: of an origin's databases, the one that is opened first.
interface DataLossEvent extends IDBVersionChangeEvent {
  readonly dataLoss?: 'none' | 'total'
  readonly dataLossMessage?: string
}

/** The browser's words, where everything was lost. */
export function dataLossIn(event: IDBVersionChangeEvent): string | undefined {
  const { dataLoss, dataLossMessage = '' } = event as DataLossEvent
  return dataLoss === 'total' ? dataLossMessage : undefined
}

/** Whether this is Chromium's IndexedDB. */
export function tellsDataLoss(): boolean {
  return 'IDBVersionChangeEvent' in globalThis && 'dataLoss' in IDBVersionChangeEvent.prototype
}
