// How the page asks a table that it picked at run time: the typed tables seen as rows of strings and numbers.
import { between, beginsWith, ge, le, type Live, type LiveItems, type Query } from 'holdfast'
import { type AccessPath, type Cell, flights, movies, type Row, type TableView } from './tables.ts'

interface LooseQueries {
  query(key: { readonly [name: string]: unknown }, options: { readonly scanIndexForward: boolean; readonly take: number }): Query<Row, Row>
}
interface LooseTable extends LooseQueries {
  index(name: string): LooseQueries
  put(item: Row): Promise<void>
  delete(key: Row): Promise<void>
}
const TABLES = { Movies: movies as unknown as LooseTable, Flights: flights as unknown as LooseTable }

export type Comparison = 'any' | 'begins with' | 'at least' | 'at most' | 'between'
export interface Question {
  readonly path: AccessPath
  readonly partition: string
  readonly comparison: Comparison
  readonly from: string
  readonly to: string
  readonly forward: boolean
  readonly take: number
}

function sortCondition({ path, comparison, from, to }: Question): unknown {
  const value = (text: string): string | number => (path.numeric ? Number(text) : text)
  if (from === '') return undefined
  if (comparison === 'begins with') return path.numeric ? Number(from) : beginsWith(from)
  if (comparison === 'at least') return ge(value(from))
  if (comparison === 'at most') return le(value(from))
  if (comparison === 'between' && to !== '') return between(value(from), value(to))
  return undefined
}

/** The live answer to a question; equal questions are one query. */
export function ask(view: TableView, question: Question): Live<LiveItems<Row, Row>> {
  const table = TABLES[view.name]
  const source = question.path.index === undefined ? table : table.index(question.path.index)
  const condition = sortCondition(question)
  const key = { [question.path.partitionKey]: question.partition, ...(condition === undefined ? {} : { [question.path.sortKey]: condition }) }
  return source.query(key, { scanIndexForward: question.forward, take: question.take }).live()
}

export const keyOf = (view: TableView, row: Row): Row => Object.fromEntries(view.keys.map((name) => [name, row[name]]))
export const keyText = (view: TableView, row: Row): string => view.keys.map((name) => String(row[name])).join(' / ')
export const putRow = (view: TableView, row: Row): Promise<void> => TABLES[view.name].put(row)
export const deleteRow = (view: TableView, row: Row): Promise<void> => TABLES[view.name].delete(keyOf(view, row))

const LABELS: { readonly [attribute: string]: string } = {
  imdbRating: 'IMDb rating',
  imdbVotes: 'IMDb votes',
  rottenTomatoes: 'Rotten Tomatoes',
  mpaaRating: 'MPAA rating',
  worldwideGross: 'Worldwide gross',
  runningMinutes: 'Minutes',
}
export const labelOf = (attribute: string): string => LABELS[attribute] ?? attribute.charAt(0).toUpperCase() + attribute.slice(1)

const MONEY = new Set(['budget', 'worldwideGross'])
const numberFormat = new Intl.NumberFormat('en')
export function show(attribute: string, cell: Cell): string {
  if (cell === undefined) return '—'
  if (typeof cell === 'string') return cell
  return MONEY.has(attribute) ? `$${numberFormat.format(cell)}` : numberFormat.format(cell)
}
