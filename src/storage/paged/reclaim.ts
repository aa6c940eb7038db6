// Winning back the room that dead pages leave in files, a few milliseconds at a time. What earlier openings wrote and
// nobody wants is found once, by looking through the whole directory when the store is idle.
import { firstIdOf, type IdRange, type Reclaiming } from './blocks.ts'
import type { NodeRef } from './directory.ts'
import { type Disk, loadNode } from './disk.ts'

export class Reclaimer {
  #disk: Disk
  #epoch: number
  #device: Reclaiming | undefined

  constructor(disk: Disk, epoch: number) {
    this.#disk = disk
    this.#epoch = epoch
    this.#device = disk.blocks.reclaiming
  }

  isDue(idle: boolean): boolean {
    return this.#device !== undefined && ((idle && this.#device.wantsSweep) || this.#device.hasGarbage)
  }

  async step(): Promise<void> {
    if (this.#device === undefined) return
    if (!this.#device.wantsSweep) return this.#device.collect()
    // Later versions and deletions only take from what is wanted now.
    const { version, heldBlocks } = this.#disk.checkpoint
    const levels = [version.base, ...version.runs.map(({ level }) => level)]
    const wanted = await this.#blocksOf(levels.flatMap(({ nodes }) => nodes), heldBlocks)
    await this.#device.sweep(wanted, firstIdOf(this.#epoch))
  }

  /** All that there is to win: nothing dead stays on the disk. */
  async finish(): Promise<void> {
    while (this.isDue(true)) await this.step()
    this.#device?.beThorough()
    while (this.isDue(true)) await this.step()
  }

  async #blocksOf(nodes: readonly NodeRef[], held: readonly IdRange[]): Promise<ReadonlySet<number>> {
    const ids = new Set<number>()
    for (const node of nodes) {
      ids.add(node.id)
      for (const { id } of await loadNode(this.#disk, node)) ids.add(id)
    }
    for (const { from, to } of held) for (let id = from; id < to; id++) ids.add(id)
    return ids
  }
}
