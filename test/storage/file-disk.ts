// A simulated device with log and pages in simulated files: what outlives its openings, and openings of it.
import { FileBlocks } from '../../src/storage/paged/file-blocks.ts'
import { type Fault, MemoryBlocks, MemoryDevice } from '../../src/storage/paged/memory-blocks.ts'
import { type FileFault, MemoryBlockFolder, MemoryFiles } from './memory-block-folder.ts'

export class FileDisk extends MemoryDevice {
  readonly logs = new MemoryFiles()
  readonly pageFiles = new MemoryFiles()
}

export interface OpeningOptions {
  /** Asked at every call to device and files; `call` counts over both. */
  readonly fault?: (name: string, call: number) => FileFault | undefined
  readonly delay?: () => Promise<void>
  readonly onLost?: (log: string) => void
}

/** `device`: what dies in a crash. */
export function openFileDisk(disk: FileDisk, { fault, delay, onLost }: OpeningOptions = {}): { readonly device: MemoryBlocks; readonly blocks: FileBlocks } {
  let calls = 0
  const at = (name: string): FileFault | undefined => fault?.(name, ++calls)
  const delayed = delay === undefined ? {} : { delay }
  const device = new MemoryBlocks(disk, { fault: (name) => asDeviceFault(at(name)), ...delayed })
  const options = { blocks: device, fault: at, ...delayed }
  const blocks = new FileBlocks({
    blocks: device,
    logs: new MemoryBlockFolder(disk.logs, options),
    pages: new MemoryBlockFolder(disk.pageFiles, options),
    randomUuid: () => crypto.randomUUID(),
    pageFileBytes: 200_000,
    onLost,
  })
  return { device, blocks }
}

function asDeviceFault(fault: FileFault | undefined): Fault | undefined {
  return fault === 'torn' ? 'crash-after' : fault
}
