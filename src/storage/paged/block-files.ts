// What a device in files needs of a file system: folders of its own whose files are read and written synchronously. The
// origin private file system's access handles fit (indexeddb/opfs-block-files.ts), and so does a simulation's memory.
// Invariant asked for: all openings of a file see each other's writes at once, and what was written outlives the process.

export interface BlockFile {
  /** Bytes. */
  size(): number
  /** Fills `into` from byte `at` on; how many bytes there were. */
  read(into: Uint8Array, at: number): number
  /** All of it, or it throws: QuotaExceededException where there is no room, else StorageException. Part of it may be there then. */
  write(bytes: Uint8Array, at: number): void
  truncate(bytes: number): void
  /** Survives a power loss from here on. */
  flush(): void
  close(): void
}

export interface BlockFolder {
  list(): Promise<readonly string[]>
  /** Makes it where it is missing. */
  open(name: string): Promise<BlockFile>
  /** Rejects where it is open somewhere. */
  remove(name: string): Promise<void>
}
