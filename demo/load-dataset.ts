// Brings the published datasets into the tables: fetched once (the service worker keeps them), reshaped to the tables' keys,
// written in batches with progress.
import type { NewItem } from 'holdfast'
import flightsUrl from '../node_modules/vega-datasets/data/flights-20k.json?url'
import moviesUrl from '../node_modules/vega-datasets/data/movies.json?url'
import { type Flights, flights, type Movies, movies } from './tables.ts'

interface PublishedMovie {
  readonly Title: string | number | null
  readonly Director: string | null
  readonly Distributor: string | null
  readonly 'Major Genre': string | null
  readonly 'MPAA Rating': string | null
  readonly 'Release Date': string | null
  readonly 'Running Time min': number | null
  readonly 'Production Budget': number | null
  readonly 'Worldwide Gross': number | string | null
  readonly 'IMDB Rating': number | null
  readonly 'IMDB Votes': number | null
  readonly 'Rotten Tomatoes Rating': number | null
}
interface PublishedFlight {
  readonly date: string
  readonly delay: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** The dataset ends in 2011; later years are two-digit years read as 20xx. */
const LAST_YEAR = 2011

function toIsoDate(text: string): string | undefined {
  const [month = '', day = '', year = ''] = text.split(' ')
  const index = MONTHS.indexOf(month)
  if (index < 0 || year === '') return undefined
  const fullYear = Number(year) > LAST_YEAR ? Number(year) - 100 : Number(year)
  return `${fullYear}-${String(index + 1).padStart(2, '0')}-${day.padStart(2, '0')}`
}

function toMovie(movie: PublishedMovie, position: number): NewItem<typeof Movies> {
  const title = String(movie.Title ?? 'Untitled')
  return {
    genre: movie['Major Genre'] ?? 'Unknown',
    id: `${title}#${String(position).padStart(4, '0')}`,
    title,
    released: toIsoDate(movie['Release Date'] ?? ''),
    director: movie.Director ?? undefined,
    distributor: movie.Distributor ?? undefined,
    mpaaRating: movie['MPAA Rating'] ?? undefined,
    runningMinutes: movie['Running Time min'] ?? undefined,
    budget: movie['Production Budget'] ?? undefined,
    worldwideGross: typeof movie['Worldwide Gross'] === 'number' ? movie['Worldwide Gross'] : undefined,
    imdbRating: movie['IMDB Rating'] ?? undefined,
    imdbVotes: movie['IMDB Votes'] ?? undefined,
    rottenTomatoes: movie['Rotten Tomatoes Rating'] ?? undefined,
  }
}

function toFlight(flight: PublishedFlight, position: number): NewItem<typeof Flights> {
  const { origin, destination, delay, distance } = flight
  return { origin, departure: `${flight.date.replaceAll('/', '-')} #${String(position).padStart(5, '0')}`, destination, delay, distance }
}

async function fetchJson<T>(url: string): Promise<T> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`)
  return (await response.json()) as T
}

export interface LoadProgress {
  readonly written: number
  readonly total: number
  readonly elapsedMs: number
}

/** Fetches and writes both datasets; resolves when all is durable. */
export async function loadDataset(onProgress: (progress: LoadProgress) => void): Promise<LoadProgress> {
  const [allMovies, allFlights] = await Promise.all([
    fetchJson<PublishedMovie[]>(moviesUrl),
    fetchJson<PublishedFlight[]>(flightsUrl),
  ])
  const began = performance.now()
  const total = allMovies.length + allFlights.length
  const tell = (written: number): LoadProgress => {
    const progress = { written, total, elapsedMs: performance.now() - began }
    onProgress(progress)
    return progress
  }
  tell(0)
  await movies.batchWrite({ put: allMovies.map(toMovie) }, { onProgress: tell })
  await flights.batchWrite({ put: allFlights.map(toFlight) }, { onProgress: (written) => tell(allMovies.length + written) })
  return tell(total)
}
