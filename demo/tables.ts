// The demo's tables: movies and flights of vega-datasets, with the access patterns that the page offers.
import { N, openDatabase, S, table } from 'holdfast'

export const Movies = table('Movies', {
  partitionKey: 'genre',
  sortKey: 'id',
  attributes: {
    genre: S(),
    id: S(),
    title: S(),
    released: S().optional(),
    director: S().optional(),
    distributor: S().optional(),
    mpaaRating: S().optional(),
    runningMinutes: N().optional(),
    budget: N().optional(),
    worldwideGross: N().optional(),
    imdbRating: N().optional(),
    imdbVotes: N().optional(),
    rottenTomatoes: N().optional(),
  },
  globalSecondaryIndexes: {
    byDirector: { partitionKey: 'director', sortKey: 'released' },
    byRating: { partitionKey: 'genre', sortKey: 'imdbRating' },
  },
})

export const Flights = table('Flights', {
  partitionKey: 'origin',
  sortKey: 'departure',
  attributes: { origin: S(), departure: S(), destination: S(), delay: N(), distance: N() },
  globalSecondaryIndexes: {
    byDestination: { partitionKey: 'destination', sortKey: 'departure' },
    byDelay: { partitionKey: 'origin', sortKey: 'delay' },
  },
})

export const db = openDatabase('holdfast-demo')
export const movies = db.table(Movies)
export const flights = db.table(Flights)

export type Cell = string | number | undefined
export type Row = { readonly [attribute: string]: Cell }

export interface AccessPath {
  /** Absent: the table itself. */
  readonly index?: string
  readonly partitionKey: string
  readonly sortKey: string
  readonly numeric: boolean
}
export interface TableView {
  readonly name: 'Movies' | 'Flights'
  readonly keys: readonly [partitionKey: string, sortKey: string]
  readonly columns: readonly string[]
  readonly numbers: ReadonlySet<string>
  readonly paths: readonly AccessPath[]
  readonly suggestions: { readonly [partitionKey: string]: readonly string[] }
}

/** What the page knows of each table: columns, ways to query, and values to begin with. */
export const VIEWS: readonly [TableView, TableView] = [
  {
    name: 'Movies',
    keys: ['genre', 'id'],
    columns: ['title', 'genre', 'director', 'released', 'imdbRating', 'imdbVotes', 'rottenTomatoes', 'worldwideGross', 'budget', 'mpaaRating', 'runningMinutes', 'distributor', 'id'],
    numbers: new Set(['imdbRating', 'imdbVotes', 'rottenTomatoes', 'worldwideGross', 'budget', 'runningMinutes']),
    paths: [
      { index: 'byRating', partitionKey: 'genre', sortKey: 'imdbRating', numeric: true },
      { index: 'byDirector', partitionKey: 'director', sortKey: 'released', numeric: false },
      { partitionKey: 'genre', sortKey: 'id', numeric: false },
    ],
    suggestions: {
      genre: ['Drama', 'Comedy', 'Action', 'Adventure', 'Thriller/Suspense', 'Horror', 'Romantic Comedy', 'Musical', 'Documentary', 'Western', 'Black Comedy', 'Concert/Performance', 'Unknown'],
      director: ['Steven Spielberg', 'Martin Scorsese', 'Woody Allen', 'Clint Eastwood', 'Ridley Scott', 'Christopher Nolan'],
    },
  },
  {
    name: 'Flights',
    keys: ['origin', 'departure'],
    columns: ['origin', 'destination', 'departure', 'delay', 'distance'],
    numbers: new Set(['delay', 'distance']),
    paths: [
      { index: 'byDelay', partitionKey: 'origin', sortKey: 'delay', numeric: true },
      { index: 'byDestination', partitionKey: 'destination', sortKey: 'departure', numeric: false },
      { partitionKey: 'origin', sortKey: 'departure', numeric: false },
    ],
    suggestions: {
      origin: ['ORD', 'DFW', 'ATL', 'LAX', 'PHX', 'STL', 'DTW', 'MSP', 'LAS', 'SFO'],
      destination: ['ORD', 'DFW', 'ATL', 'LAX', 'PHX', 'STL', 'DTW', 'MSP', 'LAS', 'SFO'],
    },
  },
]
