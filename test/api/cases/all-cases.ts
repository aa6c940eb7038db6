// Every case there is, for the runners.
import type { Case } from '../case.ts'
import { arns } from './arns.ts'
import { batches } from './batches.ts'
import { items } from './items.ts'
import { reads } from './reads.ts'
import { tables } from './tables.ts'
import { wordings } from './wordings.ts'

export const allCases: readonly Case[] = [...tables, ...wordings, ...items, ...reads, ...batches, ...arns]
