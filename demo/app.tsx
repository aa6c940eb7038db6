// The page: status, the dataset's progress, a table to pick, a question to ask, and its live answer.
import { useLive } from 'holdfast/react'
import { useCallback, useEffect, useState } from 'react'
import { loadDataset, type LoadProgress } from './load-dataset.ts'
import { Browser } from './browser.tsx'
import { db, flights, movies, type TableView, VIEWS } from './tables.ts'

const formatBytes = (bytes: number): string => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} KB` : `${(bytes / 1e6).toFixed(1)} MB`)

function Header() {
  const { state } = useLive(db.status)
  const storedBytes = useStoredBytes()
  const online = useOnline()
  const ready = state === 'OPEN'
  return (
    <header className="top">
      <img src="./icon.svg" alt="" width="36" height="36" />
      <div>
        <h1>Holdfast</h1>
        <p className="muted">DynamoDB’s data model, in this browser</p>
      </div>
      <dl className="facts">
        <div>
          <dt>Engine</dt>
          <dd className={ready ? 'good' : 'waiting'} data-testid="state">{state.toLowerCase().replace('_', ' ')}</dd>
        </div>
        <div>
          <dt>Network</dt>
          <dd>{online ? 'online' : 'offline, still working'}</dd>
        </div>
        <div>
          <dt>Stored</dt>
          <dd>{storedBytes === undefined ? '…' : formatBytes(storedBytes)}</dd>
        </div>
      </dl>
    </header>
  )
}

const LOOK_MS = 1000

/** What the database holds. The browser's estimate would leave out what lies in open files. */
function useStoredBytes(): number | undefined {
  const [bytes, setBytes] = useState<number>()
  useEffect(() => {
    const look = (): void => {
      db.send('DescribeStorage', {}).then(({ storedBytes }) => setBytes(storedBytes), () => undefined)
    }
    look()
    const timer = setInterval(look, LOOK_MS)
    return () => clearInterval(timer)
  }, [])
  return bytes
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine)
  useEffect(() => {
    const update = (): void => setOnline(navigator.onLine)
    addEventListener('online', update)
    addEventListener('offline', update)
    return () => {
      removeEventListener('online', update)
      removeEventListener('offline', update)
    }
  }, [])
  return online
}

type Load = { readonly state: 'checking' | 'idle' } | { readonly state: 'loading' | 'done'; readonly progress: LoadProgress } | { readonly state: 'failed'; readonly reason: string }

function Dataset() {
  const [load, setLoad] = useState<Load>({ state: 'checking' })
  const start = useCallback((): void => {
    setLoad({ state: 'loading', progress: { written: 0, total: 1, elapsedMs: 0 } })
    loadDataset((progress) => setLoad({ state: 'loading', progress })).then(
      (progress) => setLoad({ state: 'done', progress }),
      (error: unknown) => setLoad({ state: 'failed', reason: error instanceof Error ? error.message : String(error) }),
    )
  }, [])
  useEffect(() => {
    let wanted = true
    // The first visit fills the tables; later ones find them filled.
    Promise.all([movies.scan().first(), flights.scan().first()]).then(
      ([movie, flight]) => {
        if (!wanted) return
        if (movie === undefined || flight === undefined) start()
        else setLoad({ state: 'idle' })
      },
      (error: unknown) => setLoad({ state: 'failed', reason: error instanceof Error ? error.message : String(error) }),
    )
    return () => {
      wanted = false
    }
  }, [start])
  const progress = load.state === 'loading' || load.state === 'done' ? load.progress : undefined
  return (
    <section className="dataset" aria-label="Dataset" data-testid="dataset" data-state={load.state}>
      <p>
        {load.state === 'checking' && 'Looking into the tables…'}
        {load.state === 'idle' && 'The dataset is on this device: 3,201 movies and 20,000 flights.'}
        {load.state === 'loading' && progress && `Writing ${progress.written.toLocaleString('en')} of ${progress.total.toLocaleString('en')} items…`}
        {load.state === 'done' && progress && `Wrote ${progress.total.toLocaleString('en')} items in ${(progress.elapsedMs / 1000).toFixed(2)} s.`}
        {load.state === 'failed' && <span role="alert">{load.reason}</span>}
      </p>
      {progress && <progress max={progress.total} value={progress.written} aria-label="Items written" />}
      <button type="button" onClick={start} disabled={load.state === 'loading' || load.state === 'checking'}>
        Load the dataset again
      </button>
    </section>
  )
}

export function App() {
  const [view, setView] = useState<TableView>(VIEWS[0])
  return (
    <>
      <Header />
      <main>
        <Dataset />
        <nav className="tables" aria-label="Tables">
          {VIEWS.map((each) => (
            <button key={each.name} type="button" aria-pressed={each === view} onClick={() => setView(each)}>
              {each.name}
            </button>
          ))}
          <p className="muted">Open this page in a second tab: what you change here moves there.</p>
        </nav>
        <Browser key={view.name} view={view} />
      </main>
    </>
  )
}
