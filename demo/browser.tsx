// One table: the question form, the live rows, the item that is being edited.
import { useLive } from 'holdfast/react'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { ask, type Comparison, keyText, labelOf, type Question, show } from './browse.ts'
import { ItemEditor } from './item-editor.tsx'
import type { Row, TableView } from './tables.ts'

const PAGE = 100

function firstQuestion(view: TableView): Question {
  const [path] = view.paths
  if (path === undefined) throw new Error(`${view.name} has no access path`)
  return { path, partition: view.suggestions[path.partitionKey]?.[0] ?? '', comparison: 'any', from: '', to: '', forward: false, take: PAGE }
}

export function Browser({ view }: { readonly view: TableView }) {
  const [question, setQuestion] = useState(() => firstQuestion(view))
  const [edited, setEdited] = useState<Row>()
  const asked = useDeferredValue(question)
  const live = useMemo(() => ask(view, asked), [view, asked])
  const { items, status, error } = useLive(live)
  const changed = useRecent(live, view)
  return (
    <section aria-label={view.name}>
      <QuestionForm view={view} question={question} onChange={setQuestion} />
      {error && <p role="alert">{error.message}</p>}
      <p className="muted" data-testid="count" aria-live="polite">
        {status === 'PENDING' ? 'Asking…' : `${items.length === question.take ? 'First ' : ''}${items.length.toLocaleString('en')} items, live`}
      </p>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              {view.columns.map((column) => (
                <th key={column} scope="col" className={view.numbers.has(column) ? 'number' : ''}>
                  {labelOf(column)}
                  {column === asked.path.sortKey && <span aria-label={asked.forward ? 'ascending' : 'descending'}>{asked.forward ? ' ↑' : ' ↓'}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((row) => {
              const key = keyText(view, row)
              return (
                <tr key={key} className={changed.has(key) ? 'changed' : ''} onClick={() => setEdited(row)}>
                  {view.columns.map((column, position) => (
                    <td key={column} className={view.numbers.has(column) ? 'number' : ''}>
                      {position === 0 ? <button type="button" className="link">{show(column, row[column])}</button> : show(column, row[column])}
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
        {status === 'ACTIVE' && items.length === 0 && <p className="empty">Nothing under this key. Pick another one above.</p>}
      </div>
      {items.length === question.take && (
        <button type="button" onClick={() => setQuestion({ ...question, take: question.take + PAGE })}>
          Show {PAGE} more
        </button>
      )}
      {edited && <ItemEditor view={view} row={edited} onClose={() => setEdited(undefined)} />}
    </section>
  )
}

const FLASH_MS = 2500

/** Keys that changed a moment ago, to be shown so; none of a first answer. */
function useRecent(live: ReturnType<typeof ask>, view: TableView): ReadonlySet<string> {
  const [recent, setRecent] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const subscription = live.subscribe(({ items, changes }) => {
      if (changes.length === 0 || changes.length >= items.length) return
      setRecent(new Set(changes.map(({ keys }) => keyText(view, keys))))
      clearTimeout(timer)
      timer = setTimeout(() => setRecent(new Set()), FLASH_MS)
    })
    return () => {
      subscription.unsubscribe()
      clearTimeout(timer)
    }
  }, [live, view])
  return recent
}

function QuestionForm({ view, question, onChange }: { readonly view: TableView; readonly question: Question; readonly onChange: (question: Question) => void }) {
  const { path } = question
  const comparisons: readonly Comparison[] = path.numeric ? ['any', 'at least', 'at most', 'between'] : ['any', 'begins with', 'at least', 'at most', 'between']
  const set = (part: Partial<Question>): void => onChange({ ...question, take: PAGE, ...part })
  return (
    <form className="question" onSubmit={(event) => event.preventDefault()}>
      <label>
        Read by
        <select
          value={path.index ?? ''}
          onChange={({ target }) => {
            const next = view.paths.find((each) => (each.index ?? '') === target.value) ?? path
            set({ path: next, comparison: 'any', from: '', to: '', partition: next.partitionKey === path.partitionKey ? question.partition : (view.suggestions[next.partitionKey]?.[0] ?? '') })
          }}
        >
          {view.paths.map(({ index }) => (
            <option key={index ?? ''} value={index ?? ''}>{index ?? 'table'}</option>
          ))}
        </select>
      </label>
      <label className="wide">
        {labelOf(path.partitionKey)} is
        <input list={`${view.name}-${path.partitionKey}`} value={question.partition} onChange={({ target }) => set({ partition: target.value })} />
        <datalist id={`${view.name}-${path.partitionKey}`}>
          {view.suggestions[path.partitionKey]?.map((value) => <option key={value} value={value} />)}
        </datalist>
      </label>
      <label>
        {labelOf(path.sortKey)}
        <select value={question.comparison} onChange={({ target }) => set({ comparison: target.value as Comparison })}>
          {comparisons.map((comparison) => <option key={comparison}>{comparison}</option>)}
        </select>
      </label>
      {question.comparison !== 'any' && (
        <label>
          value
          <input type={path.numeric ? 'number' : 'text'} step="any" value={question.from} onChange={({ target }) => set({ from: target.value })} />
        </label>
      )}
      {question.comparison === 'between' && (
        <label>
          and
          <input type={path.numeric ? 'number' : 'text'} step="any" value={question.to} onChange={({ target }) => set({ to: target.value })} />
        </label>
      )}
      <label>
        Order
        <select value={question.forward ? 'up' : 'down'} onChange={({ target }) => set({ forward: target.value === 'up' })}>
          <option value="up">ascending</option>
          <option value="down">descending</option>
        </select>
      </label>
    </form>
  )
}
